"""Where the record of a breaker is kept: in Redis for all processes, in each for the time that Redis is away.

A write replaces exactly the record that its writer has read; whoever comes second reads again. So a change
is made by one process, and only that one announces it.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from setlist.services.breaker_record import (
    BreakerChange,
    BreakerRule,
    Record,
    Step,
    change_between,
    decode,
    encode,
    restored,
)
from setlist.services.breaker_redis import Reach, RedisRecord, Sight

LOG = logging.getLogger(__name__)
MOST_TRIES = 200  # of a write that others outrun: one of them succeeds each time

OnChange = Callable[[BreakerChange], None]
Restore = Callable[[str], BreakerChange | None]


class Known(NamedTuple):
    record: Record
    sight: Sight


class OwnRecord:
    """The process' own: what Redis said last, and what was done since without it. By Redis' clock too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._raw = ""
        self._heard = ""
        self._ahead = 0
        self._counts: Counter[str] = Counter()

    def look(self) -> Sight:
        return Sight(self._raw, _own_clock() + self._ahead, shared=False)

    def swap(self, old: str, new: str, count: str) -> bool:
        with self._lock:
            if self._raw != old:
                return False
            self._raw = new
            self._counts.update([count] if count else [])
            return True

    def counts(self) -> Mapping[str, int]:
        return dict(self._counts)

    def hear(self, sight: Sight) -> None:
        with self._lock:
            self._ahead = sight.now - _own_clock()
            if not self._is_news_for(sight.raw):
                self._raw = self._heard = sight.raw

    def news_for(self, raw: str) -> str | None:
        """What was done here without Redis, if Redis still has what it had before."""
        with self._lock:
            return self._raw if self._is_news_for(raw) else None

    def _is_news_for(self, raw: str) -> bool:
        return self._raw != self._heard == raw


class Board:
    def __init__(
        self,
        name: str,
        rule: BreakerRule,
        shared: tuple[RedisRecord, Reach] | None,
        on_change: OnChange | None,
        restore: Restore | None,
    ) -> None:
        self.name = name
        self._rule = rule
        self._shared = shared
        self._own = OwnRecord()
        self._on_change = on_change
        self._restore = restore
        self._made: BreakerChange | None = None  # the latest change by this process

    def look(self) -> Known:
        while True:
            sight = self._sight()
            record = decode(sight.raw)
            if record is not None:
                return Known(record, sight)
            self._swap(sight, encode(restored(self._kept(), self._rule, sight.now)), "")

    def update(self, step: Step) -> tuple[Known, bool]:
        """Take the step. What is known then, and whether the step was taken."""
        known = self.look()
        for _ in range(MOST_TRIES):
            new = step(known.record, known.sight.now)
            if new is None:
                return known, False
            change = change_between(self.name, known.record, new, known.sight.now)
            raw = encode(new)
            if self._swap(known.sight, raw, change.new_state if change else ""):
                self._announce(change)
                return Known(new, known.sight._replace(raw=raw)), True
            known = self.look()
        LOG.error("breaker %s: %d writes in a row were outrun, the last is given up", self.name, MOST_TRIES)
        return known, False

    def counts(self) -> Mapping[str, int]:
        """Changes by their new state."""
        if self._shared is not None and self._sight().shared:
            record, reach = self._shared
            counts = reach.ask(record.counts)
            if counts is not None:
                return counts
        return self._own.counts()

    def _sight(self) -> Sight:
        if self._shared is None:
            return self._own.look()
        record, reach = self._shared
        sight = reach.ask(lambda: self._told(record))
        if sight is None:
            return self._own.look()
        self._own.hear(sight)
        return sight

    def _told(self, record: RedisRecord) -> Sight:
        """What Redis says, after it was told what it missed."""
        sight = record.look()
        news = self._own.news_for(sight.raw)
        if news is not None and record.swap(sight.raw, news, ""):
            return sight._replace(raw=news)
        return sight

    def _swap(self, sight: Sight, raw: str, count: str) -> bool:
        if self._shared is not None and sight.shared:
            record, reach = self._shared
            done = reach.ask(lambda: record.swap(sight.raw, raw, count))
            if done:
                self._own.hear(sight._replace(raw=raw))
            if done is not None:
                return done
        return self._own.swap(sight.raw, raw, count)

    def _kept(self) -> BreakerChange | None:
        """The latest change that is remembered: ours may not be written down yet."""
        found = self._asked()
        if found is None or self._made is None:
            return found or self._made
        return max(found, self._made, key=lambda change: change.at)

    def _asked(self) -> BreakerChange | None:
        if self._restore is None:
            return None
        try:
            return self._restore(self.name)
        except Exception:
            LOG.exception("breaker %s: what was written down of it cannot be read", self.name)
            return None

    def _announce(self, change: BreakerChange | None) -> None:
        if change is None:
            return
        self._made = change
        LOG.warning("breaker %s: %s -> %s, %s", self.name, change.old_state, change.new_state, change.reason)
        if self._on_change is None:
            return
        try:
            self._on_change(change)
        except Exception:
            LOG.exception("breaker %s: a change could not be passed on", self.name)


def _own_clock() -> int:
    return time.time_ns() // 1000
