"""Writes down what the gate saw: calls, failures, holds, quotas and breakers, in rows that outlive Redis.

A call must not wait for a transaction of its own, so it is noted in memory, and a thread writes all notes
every second. What was noted in the last second is lost with its process; Redis has counted it.
"""

import atexit
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.services import budget_rows
from setlist.services.breaker import BreakerChange
from setlist.services.breaker_history import record_change
from setlist.services.budget_rows import LONGEST_ERROR, Stretch, Tally

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
MOST_CHANGES = 1_000  # of breakers, kept while the database is away


class Ledger:
    """Of a process. `open_session` is None where there is no database: then nothing is written."""

    def __init__(self, open_session: Callable[[], Session] | None) -> None:
        self._open_session = open_session
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._notes = _Notes()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._away = False

    def called(self, stretch: Stretch, calls: int = 1) -> None:
        with self._noting() as notes:
            notes.tally(stretch).calls += calls

    def failed(self, stretch: Stretch, error: str, *, throttled: bool) -> None:
        with self._noting() as notes:
            tally = notes.tally(stretch)
            tally.failures += 1
            tally.throttles += int(throttled)
            notes.state(stretch.provider).update(
                last_error=error[:LONGEST_ERROR], last_error_at=datetime.now(UTC)
            )

    def learned(self, provider: str, **values: Any) -> None:
        """Columns of the provider's row: a hold, a quota."""
        with self._noting() as notes:
            notes.state(provider).update(values)

    def changed(self, change: BreakerChange) -> None:
        with self._noting() as notes:
            if len(notes.changes) < MOST_CHANGES:
                notes.changes.append(change)

    def flush(self) -> None:
        """Write what was noted. While the database is away it is kept for the next time."""
        if self._open_session is None:
            return
        with self._writing:
            with self._lock:
                notes, self._notes = self._notes, _Notes()
            if notes.is_empty():
                return
            try:
                with self._open_session() as session:
                    notes.write(session)
                    session.commit()
            except SQLAlchemyError as error:
                self._put_back(notes, error)
            else:
                self._away = False

    def close(self) -> None:
        self._closed.set()
        if self._thread is not None:
            self._thread.join(EVERY_SECONDS * 5)
            atexit.unregister(self.close)
        self.flush()

    @contextmanager
    def _noting(self) -> Iterator["_Notes"]:
        with self._lock:
            self._start()
            yield self._notes

    def _start(self) -> None:
        """With the first note: most processes never call a provider."""
        if self._thread is None and self._open_session is not None and not self._closed.is_set():
            self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            self._thread.start()
            atexit.register(self.close)

    def _run(self) -> None:
        while not self._closed.wait(EVERY_SECONDS):
            self.flush()

    def _put_back(self, notes: "_Notes", error: SQLAlchemyError) -> None:
        with self._lock:
            self._notes = notes.followed_by(self._notes)
        if not self._away:
            log.warning("calls to providers are not written down for now: %s", error)
        self._away = True


class _Notes:
    def __init__(self) -> None:
        self.tallies: dict[Stretch, Tally] = {}
        self.states: dict[str, dict[str, Any]] = {}
        self.changes: list[BreakerChange] = []

    def tally(self, stretch: Stretch) -> Tally:
        return self.tallies.setdefault(stretch, Tally())

    def state(self, provider: str) -> dict[str, Any]:
        return self.states.setdefault(provider, {})

    def is_empty(self) -> bool:
        return not (self.tallies or self.states or self.changes)

    def write(self, session: Session) -> None:
        for provider in sorted(self.states):
            budget_rows.keep(session, provider, self.states[provider])
        budget_rows.add_usage(session, self.tallies)
        for change in self.changes:
            record_change(session, change)

    def followed_by(self, later: "_Notes") -> "_Notes":
        for stretch, tally in later.tallies.items():
            mine = self.tally(stretch)
            mine.calls += tally.calls
            mine.failures += tally.failures
            mine.throttles += tally.throttles
        for provider, values in later.states.items():
            self.state(provider).update(values)
        self.changes += later.changes
        return self
