"""Asking for a call: from the account in Redis, else from the one in the rows, else from the process's own.

Whoever finds that Redis knows nothing (it was flushed, or is new) tells it what the rows know; so does a
process that had to do without Redis for a while, since the rows counted on meanwhile.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import redis
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.services import budget_rows
from setlist.services.budget import (
    LONGEST_HOLD,
    SHARES,
    Account,
    BudgetRule,
    NoBudgetError,
    Purpose,
    Share,
    Verdict,
    decide,
)
from setlist.services.budget_redis import RedisAccount
from setlist.services.budget_rows import Stretch
from setlist.services.ledger import Ledger

log = logging.getLogger(__name__)


class Budget:
    """What one provider allows, for all threads of a process."""

    def __init__(
        self,
        provider: str,
        rule: BudgetRule,
        *,
        connection: redis.Redis | None = None,
        ledger: Ledger | None = None,
        open_session: Callable[[], Session] | None = None,
    ) -> None:
        self.provider = provider
        self.rule = rule
        self.ledger = ledger or Ledger(None)
        self._open_session = open_session
        self._redis = RedisAccount(connection, provider, rule) if connection is not None else None
        self._own = _OwnAccount(rule)
        self._was_away = False

    @property
    def longest_wait(self) -> float:
        return self.rule.longest_wait

    def reserve(self, purpose: Purpose, *, count: bool = True) -> float:
        """Seconds until a call may be sent; it counts as spent, unless it is a call's second slot.

        Raises NoBudgetError, with nothing spent, where that is not soon.
        """
        verdict = self._from_redis(purpose, count=count)
        if verdict is not None:
            if verdict.refusal is None and count:
                self.ledger.called(self.stretch(purpose, wait=verdict.wait))
        else:
            verdict = self._without_redis(purpose, count=count)
        if verdict.refusal is not None:
            raise NoBudgetError(verdict.refusal, verdict.until or datetime.now(UTC))
        return verdict.wait

    def give_back(self, purpose: Purpose) -> None:
        """A call that was counted and then not sent. Without Redis it stays counted, to be safe."""
        try:
            if self._redis is not None and not self._was_away:
                self._redis.give_back(SHARES[purpose])
                self.ledger.called(self.stretch(purpose), -1)
        except redis.RedisError as error:
            self._lose(error)

    def hold(self, seconds: float, because: str) -> None:
        """No calls for so long: the provider asked for it. Kept in the rows too, for hours outlive Redis."""
        length = min(max(seconds, 0.0), LONGEST_HOLD)
        until = datetime.now(UTC) + timedelta(seconds=length)
        self._own.hold(until)
        try:
            if self._redis is not None:
                until = self._redis.hold(length)
        except redis.RedisError as error:
            self._lose(error)
        self.ledger.learned(self.provider, held_until=until, held_because=because)

    def learn(self, left: int, resets_at: datetime) -> None:
        """What the provider says of its own quota."""
        self._own.learn(left, resets_at)
        try:
            if self._redis is not None:
                self._redis.learn(left, resets_at)
        except redis.RedisError as error:
            self._lose(error)
        self.ledger.learned(self.provider, quota_left=left, quota_resets_at=resets_at)

    def stretch(self, purpose: Purpose, *, wait: float = 0.0) -> Stretch:
        """What a call is counted under that is sent after so many seconds."""
        slices = self.rule.slices
        since = slices.begin_of(slices.arrival_slice(datetime.now(UTC) + timedelta(seconds=wait)))
        return Stretch(provider=self.provider, since=since, purpose=purpose.value)

    def account(self) -> Account:
        """What is known now, to look at. Raises SQLAlchemyError where only the rows could tell."""
        try:
            known = self._redis.account() if self._redis is not None else None
        except redis.RedisError:
            known = None
        if known is not None:
            return known
        if self._open_session is None:
            return self._own.account
        with self._open_session() as session:
            return budget_rows.read_account(session, self.provider, self.rule)

    def _from_redis(self, purpose: Purpose, *, count: bool) -> Verdict | None:
        if self._redis is None:
            return None
        try:
            if self._was_away:
                self._redis.forget()
            verdict = self._redis.reserve(SHARES[purpose], count=count)
            if verdict is None:
                self._redis.seed(self._rows_account())
                verdict = self._redis.reserve(SHARES[purpose], count=count)
        except redis.RedisError as error:
            self._lose(error)
            return None
        self._was_away = False
        return verdict

    def _without_redis(self, purpose: Purpose, *, count: bool) -> Verdict:
        if self._open_session is not None:
            try:
                with self._open_session() as session:
                    verdict = budget_rows.reserve(session, self.provider, self.rule, purpose, count=count)
                    session.commit()
                    return verdict
            except SQLAlchemyError as error:
                log.warning("%s: this process counts its calls alone: %s", self.provider, error)
        return self._own.reserve(SHARES[purpose], count=count)

    def _rows_account(self) -> Account:
        """What the rows know, with what this process has not yet written down."""
        if self._open_session is None:
            return self._own.account
        self.ledger.flush()
        try:
            with self._open_session() as session:
                return budget_rows.read_account(session, self.provider, self.rule)
        except SQLAlchemyError as error:
            log.warning("%s: calls made before are not known: %s", self.provider, error)
            return self._own.account

    def _lose(self, error: redis.RedisError) -> None:
        if not self._was_away:
            log.warning("%s: budget without Redis (%s)", self.provider, type(error).__name__)
        self._was_away = True


class _OwnAccount:
    """For a process that has neither Redis nor a database."""

    def __init__(self, rule: BudgetRule) -> None:
        self._rule = rule
        self._lock = threading.Lock()
        self.account = Account()

    def reserve(self, share: Share, *, count: bool) -> Verdict:
        with self._lock:
            now = datetime.now(UTC)
            verdict = decide(self.account, self._rule, share, now)
            if verdict.slot is not None:
                after = verdict.slot + timedelta(seconds=self._rule.interval)
                self.account = replace(self.account, next_slot_at=after)
                if count:
                    self._count(self._rule.slices.arrival_slice(verdict.slot), share)
            return verdict

    def _count(self, number: int, share: Share) -> None:
        used, left = self.account.used, self.account.quota_left
        self.account = replace(
            self.account,
            used={**used, (number, share): used.get((number, share), 0) + 1},
            quota_left=None if left is None else left - 1,
        )

    def hold(self, until: datetime) -> None:
        with self._lock:
            self.account = replace(self.account, held_until=max(until, self.account.held_until or until))

    def learn(self, left: int, resets_at: datetime) -> None:
        with self._lock:
            self.account = replace(self.account, quota_left=left, quota_resets_at=resets_at)
