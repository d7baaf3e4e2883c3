"""What is wrong, the worst first: rules over what was read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from setlist.models import CronLog, SyncJob
from setlist.models.sync import SyncState
from setlist.providers.standing import Standing
from setlist.queue.stats import QueueStats
from setlist.web.health import Health, State

LATELY = timedelta(hours=24)
BAD_RUNS = {"failed": "failed", "missed": "was missed", "lost": "was lost with its clock"}
REMEDIES = {
    "redis": "Start Redis, or check REDIS_URL.",
    "migrations": "Run `flask db upgrade`.",
    "workers": "Start a worker process.",
    "clock": "Start a clock process.",
    "queues": "Start more workers, or look for a job that blocks the others.",
    "database": "Check DATABASE_URL and the server.",
}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    state: str  # failed before degraded
    what: str
    remedy: str = ""
    section: str = ""  # the id on the page to look at


def troubles(
    health: Health,
    queues: Sequence[QueueStats],
    runs: Iterable[CronLog],
    imports: Iterable[SyncJob],
    now: datetime,
) -> list[Trouble]:
    found = [*_parts(health), *_queues(queues), *_runs(runs), *_imports(imports, now)]
    return sorted(found, key=lambda trouble: trouble.state != State.FAILED)


def provider_troubles(standings: Iterable[Standing]) -> Iterator[Trouble]:
    """Sources that are not asked for now, although they are on."""
    for standing in standings:
        if standing.breaker.state != "closed":
            what = f"{standing.label} is left alone: its breaker is {standing.breaker.state}"
            yield Trouble(
                state=State.DEGRADED, what=what, remedy=standing.breaker.reason, section="providers"
            )
        if standing.held_until is not None:
            what = f"{standing.label} is not asked before {standing.held_until:%d %b %H:%M} UTC"
            yield Trouble(state=State.DEGRADED, what=what, remedy=standing.held_because, section="providers")
        elif standing.left == 0:
            what = f"{standing.label}: the calls of 24 hours are spent"
            yield Trouble(state=State.DEGRADED, what=what, section="providers")


def _parts(health: Health) -> Iterator[Trouble]:
    for name, part in health.parts.items():
        if part.state not in {State.OK, State.OFF}:
            what = f"{name}: {part.detail}" if part.detail else f"{name}: {part.state}"
            yield Trouble(state=part.state, what=what, remedy=REMEDIES.get(name, ""), section="parts")


def _queues(queues: Sequence[QueueStats]) -> Iterator[Trouble]:
    for queue in queues:
        if queue.dead:
            noun = "job is" if queue.dead == 1 else "jobs are"
            what = f"{queue.queue}: {queue.dead} {noun} dead"
            yield Trouble(state=State.DEGRADED, what=what, section="queues")
        if queue.paused:
            yield Trouble(state=State.DEGRADED, what=f"{queue.queue} is paused", section="queues")


def _runs(runs: Iterable[CronLog]) -> Iterator[Trouble]:
    for run in runs:
        if run.outcome in BAD_RUNS:
            what = f"{run.name}: its last run {BAD_RUNS[run.outcome]}"
            yield Trouble(state=State.DEGRADED, what=what, remedy=run.message, section="cron")


def _imports(imports: Iterable[SyncJob], now: datetime) -> Iterator[Trouble]:
    """An artist's latest import that failed lately: one that was repeated with success is no trouble."""
    seen: set[int] = set()
    for sync in imports:
        is_latest = sync.artist_id not in seen
        seen.add(sync.artist_id)
        ended = sync.finished_at or sync.created_at
        if is_latest and sync.state == SyncState.FAILED and now - ended < LATELY:
            what = f"the import of {sync.artist.name} failed"
            yield Trouble(state=State.DEGRADED, what=what, remedy=sync.error or "", section="imports")
