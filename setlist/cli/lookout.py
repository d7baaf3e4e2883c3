"""What the dashboard of `setlist workers` shows, read from the tables once a second by a thread of its own.

The loop that watches the processes must not wait for a database that is away.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from setlist.providers.sources import Providers
from setlist.providers.standing import Standing, standings
from setlist.queue.history import Sums, sums
from setlist.queue.names import QUEUES
from setlist.queue.registry import WorkerLine, workers
from setlist.queue.stats import QueueStats, queue_stats

EVERY_SECONDS = 1.0
RATE_SECONDS = 10

_DONE_LATELY = text("""
SELECT queue, count(*) AS done FROM (
    SELECT queue FROM queue_jobs
    WHERE state = 'done' AND finished_at > statement_timestamp() - make_interval(secs => :seconds)
    LIMIT 100000) AS lately
GROUP BY queue
""")


@dataclass(frozen=True, kw_only=True)
class Sight:
    at: datetime
    queues: Sequence[QueueStats]
    per_second: Mapping[str, float]  # jobs done, over the last seconds
    hour: Mapping[str, Sums]
    workers: Sequence[WorkerLine]
    providers: Sequence[Standing]


class Lookout:
    """`seen` is the latest sight, None before the first one; `trouble` why there is no newer one."""

    def __init__(self, app: Flask, engine: Engine, settings: Settings) -> None:
        self._providers: Providers = app.extensions["providers"]
        self._engine = engine
        self._alive_seconds = settings.job_lease_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
        self.seen: Sight | None = None
        self.trouble = ""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> None:
        try:
            with Session(self._engine) as session:
                self.seen, self.trouble = self._sight(session), ""
        except (SQLAlchemyError, ConnectionError) as error:
            self.trouble = str(error).partition("\n")[0]

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(EVERY_SECONDS)

    def _sight(self, session: Session) -> Sight:
        now = datetime.now(UTC)
        done = session.execute(_DONE_LATELY, {"seconds": RATE_SECONDS})
        return Sight(
            at=now,
            queues=queue_stats(session),
            per_second=dict.fromkeys(QUEUES, 0.0) | {row.queue: row.done / RATE_SECONDS for row in done},
            hour=sums(session, now, 60),
            workers=workers(session, now, self._alive_seconds),
            providers=standings(self._providers, session, now=now),
        )
