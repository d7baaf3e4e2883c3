"""The events of one import: first those in the table, then new ones as they are written.

1. Subscribe to the import's channel, so that nothing written from now on is missed.
2. Read the rows after the last one sent, on a connection that goes back to the pool at once; the streams of
   one import that are woken together share what one of them reads.
3. Wait for a message (it only wakes; the row is what counts), or look again after a while.
"""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import redis
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import OperationalError

from setlist.api.looks import Looks
from setlist.api.wake import Wake
from setlist.models import SyncJob, SyncProgress
from setlist.models.base import Json
from setlist.models.sync import progress_channel
from setlist.web.progress import FINISHED, Estimate, pace

log = logging.getLogger(__name__)

RECONNECT_MILLISECONDS = 3000
HEARTBEAT_SECONDS = 15.0  # a peer that is gone is only noticed by writing to it
LONGEST_SECONDS = 300.0  # then the client comes again, with the id of the last event it saw
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class ImportEvents:
    engine: Engine
    redis: redis.Redis | None
    sync_id: int
    after: int
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    longest_seconds: float = LONGEST_SECONDS

    def stream(self) -> Iterator[str]:
        yield f"retry: {RECONNECT_MILLISECONDS}\n\n"
        clock = _Clock(longest=self.longest_seconds, heartbeat=self.heartbeat_seconds)
        last, look = self.after, _LOOKS.of(id(self.engine), self.sync_id)
        with Wake(self.redis, progress_channel(self.sync_id)) as wake:
            while not clock.is_over():
                news = look.after(last, self._look)
                for last, text in news.texts:  # noqa: B007 - the next look begins there
                    yield text
                if news.is_last:
                    yield _formatted(last, "end", news.ending())
                    return
                if news.events:
                    clock.wrote()
                elif clock.is_silent():
                    clock.wrote()
                    yield ": still here\n\n"
                wake.wait(clock.until_heartbeat())

    def _look(self, last: int) -> "_News":
        try:
            with self.engine.connect() as connection:
                return self._read(connection, last)
        except OperationalError as error:  # a browser would not come back to the 503 of a new stream
            log.info("an event stream waits for the database: %s", error.orig)
            return _News(job=None, events=(), is_last=False)

    def _read(self, connection: Connection, last: int) -> "_News":
        """The import first, then its events: once it has ended, all of them are there."""
        job = connection.execute(_JOB.where(SyncJob.id == self.sync_id)).one_or_none()
        events = connection.execute(
            _EVENTS.where(SyncProgress.sync_job_id == self.sync_id, SyncProgress.id > last)
        ).all()
        has_ended = job is None or job.state in FINISHED
        return _News(job=job, events=events, is_last=has_ended and len(events) < BATCH)


_JOB = select(
    SyncJob.state,
    SyncJob.phase,
    SyncJob.percent,
    SyncJob.counts,
    SyncJob.left_seconds,
    SyncJob.started_at,
    SyncJob.finished_at,
)
_EVENTS = (
    select(
        SyncProgress.id,
        SyncProgress.at,
        SyncProgress.state,
        SyncProgress.phase,
        SyncProgress.percent,
        SyncProgress.counts,
        SyncProgress.left_seconds,
    )
    .order_by(SyncProgress.id)
    .limit(BATCH)
)


@dataclass(frozen=True, kw_only=True)
class _News:
    job: Any  # a row of _JOB; None: deleted with its artist
    events: Sequence[Any]
    is_last: bool

    @cached_property
    def texts(self) -> list[tuple[int, str]]:
        """Each event's id, and what is sent of it."""
        return [(event.id, _formatted(event.id, "progress", self.told(event))) for event in self.events]

    def told(self, event: Any) -> Json:
        return _told(event, started_at=self.job.started_at if self.job else None, now=event.at)

    def ending(self) -> Json:
        if self.job is None:
            return {"state": "deleted"}
        return _told(self.job, started_at=self.job.started_at, now=self.job.finished_at or datetime.now(UTC))


_LOOKS = Looks[_News]()  # of this process


def _told(row: Any, *, started_at: datetime | None, now: datetime) -> Json:
    return {
        "state": row.state,
        "phase": row.phase,
        "percent": row.percent,
        "counts": row.counts,
        **asdict(
            pace(
                state=row.state,
                started_at=started_at,
                now=now,
                told=Estimate(left_seconds=row.left_seconds, at=now),  # of this very event
            )
        ),
    }


def _formatted(event_id: int, name: str, data: Json) -> str:
    return f"id: {event_id}\nevent: {name}\ndata: {json.dumps(data)}\n\n"


@dataclass
class _Clock:
    """When to say something although nothing happened, and when to stop."""

    longest: float
    heartbeat: float
    started: float = field(default_factory=time.monotonic)
    last_write: float = field(default_factory=time.monotonic)

    def is_over(self) -> bool:
        return time.monotonic() - self.started > self.longest

    def wrote(self) -> None:
        self.last_write = time.monotonic()

    def until_heartbeat(self) -> float:
        return max(0.0, self.last_write + self.heartbeat - time.monotonic())

    def is_silent(self) -> bool:
        return self.until_heartbeat() <= 0
