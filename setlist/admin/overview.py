"""What the dashboard shows, read in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session, joinedload

from setlist.admin.troubles import Trouble, provider_troubles, troubles
from setlist.models import CronLog, SyncJob, Worker
from setlist.models.sync import SyncKind, SyncState
from setlist.providers.sources import Providers
from setlist.providers.standing import Standing, standings
from setlist.queue.stats import CAP, QueueStats, queue_stats
from setlist.services.cache import NamespaceStats
from setlist.web.health import Health
from setlist.web.progress import Pace, pace

ACTIVE = (SyncState.QUEUED, SyncState.RUNNING)
# A follow-up that waits for its provider's time is not under way; its queue counts it as due later.
UNDER_WAY = (SyncJob.state == SyncState.RUNNING) | (
    (SyncJob.state == SyncState.QUEUED) & (SyncJob.kind == SyncKind.IMPORT.value)
)
MOST_RUNNING = 20
MOST_RECENT = 12
WORKERS_SINCE = timedelta(hours=1)  # gone ones are still worth seeing for a while

# From one name to the next in the index over (name, due_at): as many steps as the timetable has entries,
# however many runs each of them had.
_LATEST_RUNS = text("""
WITH RECURSIVE names AS (
    (SELECT name FROM cron_logs ORDER BY name LIMIT 1)
    UNION ALL
    SELECT (SELECT cron_logs.name FROM cron_logs WHERE cron_logs.name > names.name ORDER BY name LIMIT 1)
    FROM names WHERE names.name IS NOT NULL
)
SELECT latest.*
FROM names CROSS JOIN LATERAL (
    SELECT * FROM cron_logs WHERE cron_logs.name = names.name ORDER BY due_at DESC LIMIT 1) AS latest
ORDER BY latest.name
""")


@dataclass(frozen=True, kw_only=True)
class Import:
    sync: SyncJob
    pace: Pace
    ago_seconds: float | None  # since it ended

    @property
    def may_be_retried(self) -> bool:
        return self.sync.state in {SyncState.FAILED, SyncState.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class WorkerLine:
    worker: Worker
    silent_seconds: float
    state: str  # ok, stopped, silent


@dataclass(frozen=True, kw_only=True)
class CronLine:
    run: CronLog
    ago_seconds: float
    took_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    health: Health
    troubles: Sequence[Trouble]
    running: Sequence[Import]
    recent: Sequence[Import]
    queues: Sequence[QueueStats]
    count_cap: int
    workers: Sequence[WorkerLine]
    cron: Sequence[CronLine]
    providers: Sequence[Standing]
    cache: Sequence[NamespaceStats] | None  # of today; None: nobody knows


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is not in the tables."""

    health: Health
    providers: Providers
    cache: Sequence[NamespaceStats] | None


def overview(session: Session, known: Known, *, now: datetime, alive_seconds: float) -> Overview:
    health = known.health
    sources = standings(known.providers, session, now=now)
    queues = queue_stats(session)
    cron = _cron(session, now)
    recent = _imports(session, now, SyncJob.state.not_in(ACTIVE), MOST_RECENT)
    return Overview(
        health=health,
        troubles=[
            *troubles(health, queues, [line.run for line in cron], [line.sync for line in recent], now),
            *provider_troubles(sources),
        ],
        running=_imports(session, now, UNDER_WAY, MOST_RUNNING),
        recent=recent,
        queues=queues,
        count_cap=CAP,
        workers=_workers(session, now, alive_seconds),
        cron=cron,
        providers=sources,
        cache=known.cache,
    )


def _imports(session: Session, now: datetime, which: ColumnElement[bool], limit: int) -> list[Import]:
    statement = (
        select(SyncJob)
        .options(joinedload(SyncJob.artist))
        .where(which)
        .order_by(SyncJob.id.desc())
        .limit(limit)
    )
    return [_import(sync, now) for sync in session.scalars(statement)]


def _import(sync: SyncJob, now: datetime) -> Import:
    ended = sync.finished_at
    return Import(
        sync=sync,
        pace=pace(state=sync.state, percent=sync.percent, started_at=sync.started_at, now=ended or now),
        ago_seconds=(now - ended).total_seconds() if ended else None,
    )


def _workers(session: Session, now: datetime, alive_seconds: float) -> list[WorkerLine]:
    statement = (
        select(Worker)
        .where(Worker.heartbeat_at > now - WORKERS_SINCE)
        .order_by(Worker.stopped_at.isnot(None), Worker.host, Worker.started_at)
    )
    return [_worker(worker, now, alive_seconds) for worker in session.scalars(statement)]


def _worker(worker: Worker, now: datetime, alive_seconds: float) -> WorkerLine:
    silent = (now - worker.heartbeat_at).total_seconds()
    state = "stopped" if worker.stopped_at else "ok" if silent <= alive_seconds else "silent"
    return WorkerLine(worker=worker, silent_seconds=silent, state=state)


def _cron(session: Session, now: datetime) -> list[CronLine]:
    """The latest run of each entry of the timetable that ever ran."""
    statement = select(CronLog).from_statement(_LATEST_RUNS)
    return [
        CronLine(
            run=run,
            ago_seconds=(now - run.started_at).total_seconds(),
            took_seconds=(run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
        )
        for run in session.scalars(statement)
    ]
