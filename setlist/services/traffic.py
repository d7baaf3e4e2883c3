"""Requests by the minute: counted in the process, written behind, added up over all processes."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.models import Traffic
from setlist.services.write_behind import WriteBehind

log = logging.getLogger(__name__)

MOST_MINUTES = 240  # by kind, kept while the database is away


class RequestKind(StrEnum):
    """What was asked for. Files are not counted: a proxy or a browser keeps them."""

    PAGE = "page"
    VOTE = "vote"
    API = "api"
    ADMIN = "admin"


class TrafficCounter:
    """Of a process. A request is never slower or worse for being counted."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open_session = open_session
        self._lock = threading.Lock()
        self._counts: dict[tuple[datetime, RequestKind], list[int]] = defaultdict(lambda: [0, 0])
        self._behind = WriteBehind(self.flush)
        self._is_away = False

    def note(self, kind: RequestKind, *, failed: bool, at: datetime | None = None) -> None:
        minute = (at or datetime.now(UTC)).replace(second=0, microsecond=0)
        with self._lock:
            counts = self._counts[minute, kind]
            counts[0] += 1
            counts[1] += int(failed)
        self._behind.soon()

    def flush(self) -> None:
        """Write what was counted. While the database is away it is kept, but not for ever."""
        with self._lock:
            counts, self._counts = self._counts, defaultdict(lambda: [0, 0])
        if not counts:
            return
        try:
            with self._open_session() as session:
                add(session, {key: (requests, failures) for key, (requests, failures) in counts.items()})
                session.commit()
            self._is_away = False
        except SQLAlchemyError as error:
            self._keep(counts, error)

    def close(self) -> None:
        self._behind.close()

    def _keep(self, counts: Mapping[tuple[datetime, RequestKind], list[int]], error: SQLAlchemyError) -> None:
        if not self._is_away:
            log.warning("requests are counted and not written down for now: %s", error)
        self._is_away = True
        with self._lock:
            for key, (requests, failures) in counts.items():
                self._counts[key][0] += requests
                self._counts[key][1] += failures
            for key in sorted(self._counts)[:-MOST_MINUTES]:
                del self._counts[key]


def add(session: Session, counts: Mapping[tuple[datetime, RequestKind], tuple[int, int]]) -> None:
    """To what other processes counted in these minutes. One order, so that two writers cannot deadlock."""
    rows: list[dict[str, Any]] = [
        {"minute": minute, "kind": kind.value, "requests": requests, "failures": failures}
        for (minute, kind), (requests, failures) in sorted(counts.items())
    ]
    statement = insert(Traffic).values(rows)
    more = {
        name: getattr(Traffic, name) + getattr(statement.excluded, name) for name in ("requests", "failures")
    }
    keys = [Traffic.minute, Traffic.kind]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=more))
