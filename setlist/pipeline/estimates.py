"""The time that an import may still take, written with each of its steps, and its error at the end."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.estimate_error import estimate_error
from setlist.domain.time_left import LISTINGS, History, Past, Reading, Standing, learn, seconds_left
from setlist.models import SyncJob, SyncProgress
from setlist.models.base import Json
from setlist.models.sync import SyncState
from setlist.pipeline.run import REST, ImportRun
from setlist.services.freshness import Listing

RECENT = 40  # imports that are learned from
MOST_EVENTS = 5_000
OF_THE_MOMENT = frozenset({"ready", "writing", "written", "writing_for", "fetching_for"})
ADDED_UP = (
    "pages",
    "entries",
    "write_seconds",
    "calls",
    "fetched_pages",
    "fetched_entries",
    "fetch_seconds",
)
KEPT = frozenset(one.name for one in fields(Reading)) - OF_THE_MOMENT
DUE_AS = {
    "shows": {Listing.DATED, Listing.UNDATED},
    "recordings": {Listing.RECORDINGS},
    "albums": {Listing.ALBUMS},
    "setlists": {Listing.SETLISTS},
}


class Estimates:
    """Of one run. What past imports say, and what earlier runs of this one did, is read once."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._before = readings_in(run.sync.work)
        self._history = history_of(run.session, run.sync.kind)

    def write(self) -> None:
        """Into the import's row. Flushes nothing; the caller commits."""
        run, sync = self._run, self._run.sync
        readings = self._readings()
        sync.work = {name: _as_json(reading) for name, reading in readings.items()}
        sync.left_seconds, sync.left_at = self._left(readings), run.now()
        if sync.state == SyncState.DONE:
            sync.estimate_error = error_of(run.session, sync)

    def _left(self, readings: Mapping[str, Reading]) -> float | None:
        run, sync = self._run, self._run.sync
        if sync.state == SyncState.DONE:
            return 0.0
        phases = [phase for phase in run.remaining_phases() if phase != REST]
        if run.postponed and not phases:
            return None  # what its provider cannot answer now takes as long as that
        started_at = sync.started_at or run.now()
        standing = Standing(
            phases=phases,
            phase_for=sync.phase_seconds.get(phases[0], 0.0) if phases else 0.0,
            phase_share=run.share,
            readings=readings,
            awaited=self._awaited(phases),
            percent=sync.percent,
            elapsed=(run.now() - started_at).total_seconds(),
        )
        left = seconds_left(standing, self._history)
        return None if left is None else round(left, 2)

    def _awaited(self, phases: list[str]) -> frozenset[str]:
        """Until it is known who the artist is, nothing is asked for (pipeline/listings.py)."""
        if self._run.has_asked:
            return frozenset()
        names = {name for phase in phases for name in LISTINGS.get(phase, ())}
        return frozenset(name for name in names if DUE_AS[name] & self._run.due)

    def _readings(self) -> dict[str, Reading]:
        present = {name: self._so_far(name, one) for name, one in self._run.streams.readings().items()}
        names = dict.fromkeys([*self._before, *present])
        return {name: _with(self._before.get(name), present.get(name)) for name in names}

    def _so_far(self, name: str, reading: Reading) -> Reading:
        """Of the page in the writer's hand, what the present step has written: of shows a part, else all."""
        written = min(self._run.done_of_page, reading.writing) if name == "shows" else reading.writing
        return replace(reading, written=written)


def history_of(session: Session, kind: str) -> History:
    """What the recent imports took, or the syncs of one kind. Those that had nothing to read tell nothing."""
    statement = (
        select(SyncJob.work, SyncJob.phase_seconds)
        .where(SyncJob.kind == kind, SyncJob.state == SyncState.DONE, SyncJob.finished_at.is_not(None))
        .order_by(SyncJob.finished_at.desc())
        .limit(RECENT)
    )
    return learn(
        [
            Past(readings=readings_in(work), phase_seconds=seconds)
            for work, seconds in session.execute(statement)
            if work
        ]
    )


def readings_in(work: Json) -> dict[str, Reading]:
    """As kept in a row, by this version or another one."""
    return {
        name: Reading(**{key: value for key, value in kept.items() if key in KEPT})
        for name, kept in work.items()
    }


def error_of(session: Session, sync: SyncJob) -> float | None:
    """From the events. An import that had ended before and was resumed could not foresee that."""
    if sync.started_at is None or sync.finished_at is None:
        return None
    rows = session.execute(
        select(SyncProgress.at, SyncProgress.left_seconds, SyncProgress.state)
        .where(SyncProgress.sync_job_id == sync.id)
        .order_by(SyncProgress.id)
        .limit(MOST_EVENTS)
    ).all()
    if any(row.state != SyncState.RUNNING for row in rows):
        return None
    told = [((row.at - sync.started_at).total_seconds(), row.left_seconds) for row in rows]
    error = estimate_error(told, (sync.finished_at - sync.started_at).total_seconds())
    return None if error is None else round(error, 4)


def _as_json(reading: Reading) -> Json:
    """Over only with what was fetched written: a run that goes on asks for the rest again."""
    is_over = reading.is_over and not reading.ready and not reading.writing
    return {key: value for key, value in asdict(replace(reading, is_over=is_over)).items() if key in KEPT}


def _with(before: Reading | None, present: Reading | None) -> Reading:
    if before is None or present is None:
        return before or present or Reading()
    return replace(
        present,
        total=present.total if present.total is not None else before.total,
        page_entries=max(before.page_entries, present.page_entries),
        call_seconds=present.call_seconds if present.call_seconds is not None else before.call_seconds,
        page_seconds=present.page_seconds if present.page_seconds is not None else before.page_seconds,
        **{name: getattr(before, name) + getattr(present, name) for name in ADDED_UP},
    )
