"""What the dashboard shows, read in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session, joinedload

from setlist.admin.troubles import Trouble, provider_troubles, troubles
from setlist.domain.mail_list import failed_lately
from setlist.models import CronLog, FreshnessCount, QueueJob, SyncJob
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.burst_list import open_bursts
from setlist.pipeline.doubt_list import open_doubts
from setlist.pipeline.freshness_counts import last_counts
from setlist.pipeline.steering import Action, is_being_cancelled, may
from setlist.providers.sources import Providers
from setlist.providers.standing import Standing, standings
from setlist.queue.registry import WorkerLine, workers
from setlist.queue.stats import CAP, QueueStats, queue_stats
from setlist.services.cache import NamespaceStats
from setlist.web.health import Health
from setlist.web.progress import Pace, pace_of

ACTIVE = (SyncState.QUEUED, SyncState.RUNNING)
# A follow-up that waits for its provider's time is not under way; its queue counts it as due later.
UNDER_WAY = (SyncJob.state == SyncState.RUNNING) | (
    (SyncJob.state == SyncState.QUEUED) & (SyncJob.kind == SyncKind.IMPORT.value)
)
# A sync that went well is told on the page of syncs.
WORTH_A_LOOK = (SyncJob.state != SyncState.DONE) | SyncJob.kind.in_(
    [SyncKind.IMPORT.value, SyncKind.FOLLOW_UP.value]
)
MOST_RUNNING = 20
MOST_RECENT = 12

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
    is_being_cancelled: bool

    @property
    def actions(self) -> Sequence[Action]:
        return may(self.sync, is_being_cancelled=self.is_being_cancelled)


@dataclass(frozen=True, kw_only=True)
class CronLine:
    run: CronLog
    ago_seconds: float
    took_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class FreshnessLine:
    row: FreshnessCount
    ago_seconds: float  # since it was counted


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
    freshness: Sequence[FreshnessLine]
    doubts: int  # that wait for a person
    bursts: int  # of votes, that do too
    failed_mails: int  # of the last day


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
    recent = _imports(session, now, SyncJob.state.not_in(ACTIVE) & WORTH_A_LOOK, MOST_RECENT)
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
        workers=workers(session, now, alive_seconds),
        cron=cron,
        providers=sources,
        cache=known.cache,
        freshness=_freshness(session, now),
        doubts=sum(open_doubts(session).values()),
        bursts=open_bursts(session),
        failed_mails=failed_lately(session, now),
    )


def _freshness(session: Session, now: datetime) -> list[FreshnessLine]:
    counted = last_counts(session)
    return [FreshnessLine(row=row, ago_seconds=(now - row.counted_at).total_seconds()) for row in counted]


def _imports(session: Session, now: datetime, which: ColumnElement[bool], limit: int) -> list[Import]:
    statement = (
        select(SyncJob, QueueJob.state)
        .outerjoin(QueueJob, QueueJob.id == SyncJob.queue_job_id)
        .options(joinedload(SyncJob.artist))
        .where(which)
        .order_by(SyncJob.id.desc())
        .limit(limit)
    )
    return [_import(sync, job_state, now) for sync, job_state in session.execute(statement)]


def _import(sync: SyncJob, job_state: str | None, now: datetime) -> Import:
    ended = sync.finished_at
    return Import(
        sync=sync,
        pace=pace_of(sync, now),
        ago_seconds=(now - ended).total_seconds() if ended else None,
        is_being_cancelled=is_being_cancelled(sync, job_state),
    )


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
