"""What is known of a breaker, and how it changes. Pure: `now` is an argument, microseconds of Redis' clock.

A record is written as a whole, and only over the record that its writer has read (breaker_board.py), so that
what two processes decide at once cannot mix.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN

FORCED = "forced open by "  # how the reason of such a change begins
ASK_AGAIN_SECONDS = 1.0  # while another process makes the trial


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerRule:
    points: int = 10  # failures' weights in a row (a success starts anew) until it opens
    rest_seconds: float = 20.0  # how long it stays open before the first trial
    longest_rest: float = 300.0  # each failed trial doubles the rest, up to this
    trial_seconds: float = 45.0  # a trial whose process died is given up after so long


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerChange:
    name: str
    old_state: str
    new_state: str
    reason: str
    at: datetime
    until: datetime | None  # when an open one tries again; None: when a person resets it


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    state: str = STATE_CLOSED
    points: int = 0
    until: int | None = None  # as in BreakerChange
    rest: float = 0.0  # seconds, the present length
    forced: bool = False
    trial: str = ""  # the token of who makes it
    trial_until: int = 0
    reason: str = ""  # of the latest change
    era: str = ""  # of the latest change: a call that began in another says nothing about this one
    stamp: str = ""  # of the latest write: no two records are equal

    def refused_until(self, now: int, rule: BreakerRule) -> int | None:
        """When to ask again; None: a call may be made now, which is a trial unless the state is closed."""
        if self.state == STATE_CLOSED:
            return None
        if self.state == STATE_HALF_OPEN:
            return min(self.trial_until, now + _micro(ASK_AGAIN_SECONDS)) if self.trial_until > now else None
        if self.until is None:
            return now + _micro(rule.longest_rest)
        return self.until if self.until > now else None


Step = Callable[[Record, int], Record | None]  # the record after it; None: nothing is to be done


def scored(record: Record, weight: int) -> Record:
    return _written(record, points=record.points + weight)


def cleared(record: Record) -> Record:
    return _written(record, points=0)


def opened(record: Record, rule: BreakerRule, now: int, *, because: str) -> Record:
    """Open after failures in a row, or again after a trial that failed."""
    again = record.state == STATE_HALF_OPEN
    rest = min(record.rest * 2, rule.longest_rest) if again else rule.rest_seconds
    kept = {"points": record.points, "rest": rest, "until": now + _micro(rest)}
    return _changed(STATE_OPEN, f"{because}; rests for {rest:g} s", **kept)


def tried(record: Record, rule: BreakerRule, now: int, *, token: str) -> Record | None:
    """With the lease of the one trial; None: it may not be made."""
    if record.state == STATE_CLOSED or record.refused_until(now, rule) is not None:
        return None
    lease = {"trial": token, "trial_until": now + _micro(rule.trial_seconds)}
    if record.state == STATE_HALF_OPEN:  # the trial before was interrupted, or its process died
        return _written(record, **lease)
    kept = {"points": record.points, "rest": record.rest}
    return _changed(STATE_HALF_OPEN, "its rest is over: one trial", **lease, **kept)


def released(record: Record) -> Record:
    """Without its trial, which is given up: somebody else may make one."""
    return _written(record, trial="", trial_until=0)


def closed(*, because: str) -> Record:
    return _changed(STATE_CLOSED, because)


def forced_open(rule: BreakerRule, until: datetime | None, *, by: str) -> Record:
    last = None if until is None else microseconds(until)
    return _changed(STATE_OPEN, f"{FORCED}{by}", forced=True, until=last, rest=rule.rest_seconds)


def restored(change: BreakerChange | None, rule: BreakerRule, now: int) -> Record:
    """The record after what was kept of it elsewhere. An end that has passed is as good as closed."""
    if change is None or change.new_state == STATE_CLOSED:
        return closed(because="")
    if change.new_state == STATE_HALF_OPEN:  # a trial was wanted, and its end is unknown
        return _changed(STATE_OPEN, change.reason, until=now, rest=rule.rest_seconds)
    if change.until is None:
        return _changed(STATE_OPEN, change.reason, forced=True, rest=rule.rest_seconds)
    if microseconds(change.until) <= now:
        return closed(because="")
    forced = change.reason.startswith(FORCED)
    rested = 0.0 if forced else (change.until - change.at).total_seconds()
    rest = min(max(rested, rule.rest_seconds), rule.longest_rest)
    return _changed(STATE_OPEN, change.reason, forced=forced, until=microseconds(change.until), rest=rest)


def change_between(name: str, old: Record, new: Record, now: int) -> BreakerChange | None:
    if old.era == new.era:
        return None
    return BreakerChange(
        name=name,
        old_state=old.state,
        new_state=new.state,
        reason=new.reason,
        at=instant(now),
        until=None if new.until is None else instant(new.until),
    )


def encode(record: Record) -> str:
    return json.dumps(asdict(record))


def decode(raw: str) -> Record | None:
    """None: nothing, or nothing that this release understands."""
    try:
        return Record(**json.loads(raw))
    except (ValueError, TypeError):
        return None


def instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


def microseconds(when: datetime) -> int:
    return (when - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _written(record: Record, **fields: Any) -> Record:
    return replace(record, stamp=secrets.token_hex(6), **fields)


def _changed(state: str, reason: str, **fields: Any) -> Record:
    stamp = secrets.token_hex(6)
    return Record(state=state, reason=reason, era=stamp, stamp=stamp, **fields)


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)
