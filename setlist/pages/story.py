"""An import as a story: what it has found so far, what it does now, how long it may still take."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased, joinedload

from setlist.models import QueueJob, SyncJob, SyncMark
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.import_figures import usual_error
from setlist.pipeline.marks import PROVIDERS
from setlist.pipeline.postponed import Entry, entries_of
from setlist.pipeline.scope import PHASES, is_sync, scope_of
from setlist.pipeline.steering import is_being_cancelled
from setlist.services.freshness import Listing
from setlist.web.filters import plural, seconds_in_words, short_day, time_of_day
from setlist.web.progress import pace_of
from setlist.web.waiting import said_to_fans, wait_of

# phase -> what it finds, and how the story names it: (count's key, one, many)
FINDS = {
    "shows": ("shows", "show"),
    "catalogue": ("songs", "song"),
    "setlists": ("setlists", "past setlist"),
}
WAITS = {"identify": "who they are", "shows": "shows", "catalogue": "songs", "setlists": "past setlists"}
ACTIVE = (SyncState.QUEUED, SyncState.RUNNING)
IS_IMPORT = SyncJob.kind == SyncKind.IMPORT.value  # a follow-up is part of its import's story
IS_FOLLOW_UP = SyncJob.kind == SyncKind.FOLLOW_UP.value
TOLD_AS = {**WAITS, "ballots": "getting ready to vote"}  # with how long each took
UNKNOWN_YET = "time left unknown yet"
WORST_TOLD = 0.95  # an error beyond this is no help to anybody


@dataclass(frozen=True, kw_only=True)
class Step:
    words: str
    state: str  # done, now, ahead


@dataclass(frozen=True, kw_only=True)
class Story:
    sync: SyncJob
    steps: tuple[Step, ...]
    headline: str
    elapsed: str
    left: str
    trouble: str
    why: str  # it failed
    follows: tuple[str, ...] = ()  # what it did without, and when that comes
    usually: str = ""  # how far off the time left usually is
    timings: tuple[str, ...] = ()  # how long each part took so far

    @property
    def is_running(self) -> bool:
        return self.sync.state in ACTIVE

    @property
    def has_failed(self) -> bool:
        return self.sync.state in {SyncState.FAILED, SyncState.CANCELLED}

    @property
    def seen(self) -> str:
        """What the page shows of it, so that a poll can tell whether there is more."""
        counts = self.sync.counts
        return "-".join(str(counts.get(key, 0)) for key, _ in FINDS.values()) + f"-{self.sync.state}"


def story_of(session: Session, sync: SyncJob, now: datetime) -> Story:
    trouble = _trouble(session, sync, now)
    return Story(
        sync=sync,
        steps=_steps(sync),
        headline=_headline(sync),
        elapsed=_elapsed(sync, now),
        left="" if trouble or sync.finished_at is not None else time_left(sync, now),
        trouble=trouble,
        why=_why(sync),
        follows=_follows(session, sync, now),
    )


def detailed(session: Session, story: Story) -> Story:
    """For the page of one import: with how long its parts took, and how well its time left is known."""
    is_estimated = story.left not in {"", UNKNOWN_YET}
    error = usual_error(session, story.sync.kind) if is_estimated else None
    is_told = error is not None and error <= WORST_TOLD
    return replace(
        story,
        usually=f"usually within {max(5, ceil(error * 20) * 5)} %" if error is not None and is_told else "",
        timings=_timings(story.sync),
    )


def latest_story(session: Session, artist_id: int, now: datetime) -> Story | None:
    statement = (
        select(SyncJob)
        .where(SyncJob.artist_id == artist_id, IS_IMPORT)
        .options(joinedload(SyncJob.artist))
        .order_by(SyncJob.id.desc())
        .limit(1)
    )
    sync = session.scalars(statement).first()
    return detailed(session, story_of(session, sync, now)) if sync else None


def running_imports(session: Session, now: datetime, *, limit: int) -> list[Story]:
    return _stories(session, now, IS_IMPORT & SyncJob.state.in_(ACTIVE), limit)


def finished_imports(
    session: Session, now: datetime, *, limit: int, before: int | None = None
) -> list[Story]:
    """The newest first; `before` an import's id goes on with older ones."""
    which = IS_IMPORT & (SyncJob.state == SyncState.DONE)
    return _stories(session, now, which if before is None else which & (SyncJob.id < before), limit)


def failed_imports(session: Session, now: datetime, *, limit: int) -> list[Story]:
    """Those that nobody has tried again since, the last one first."""
    later = aliased(SyncJob)
    statement = (
        select(SyncJob)
        .where(
            IS_IMPORT,
            SyncJob.state == SyncState.FAILED,
            SyncJob.finished_at.is_not(None),
            ~select(later.id)
            .where(
                later.artist_id == SyncJob.artist_id,
                later.id > SyncJob.id,
                later.kind == SyncKind.IMPORT.value,
            )
            .exists(),
        )
        .options(joinedload(SyncJob.artist))
        .order_by(SyncJob.finished_at.desc())
        .limit(limit)
    )
    return [story_of(session, sync, now) for sync in session.scalars(statement)]


def time_left(sync: SyncJob, now: datetime) -> str:
    """As estimated at its latest step; nothing is said of what has not begun."""
    if sync.started_at is None:
        return ""
    left = pace_of(sync, now).left_seconds
    return UNKNOWN_YET if left is None else f"about {seconds_in_words(left)} left"


def _stories(session: Session, now: datetime, which: ColumnElement[bool], limit: int) -> list[Story]:
    statement = (
        select(SyncJob)
        .where(which)
        .options(joinedload(SyncJob.artist))
        .order_by(SyncJob.id.desc())
        .limit(limit)
    )
    return [story_of(session, sync, now) for sync in session.scalars(statement)]


def _steps(sync: SyncJob) -> tuple[Step, ...]:
    phases = scope_of(sync.kind).phases
    at = phases.index(sync.phase) if sync.phase in phases else 0
    if sync.state == SyncState.DONE:
        at = len(phases)
    return tuple(_step(sync, phase, place - at) for place, phase in enumerate(phases))


def _step(sync: SyncJob, phase: str, ahead: int) -> Step:
    state = "done" if ahead < 0 else "now" if ahead == 0 else "ahead"
    if phase == "identify":
        return Step(words="found them" if state == "done" else "finding them", state=state)
    if phase == "ballots":
        return Step(words="ready", state=state)
    key, one = FINDS[phase]
    found = int(sync.counts.get(key, 0))
    is_told = state == "done" or (state == "now" and found)
    return Step(words=plural(found, one) if is_told else WAITS[phase], state=state)


def _headline(sync: SyncJob) -> str:
    name = sync.artist.name
    if is_sync(sync.kind) and sync.state == SyncState.RUNNING:
        return f"Looking for what is new of {name}"
    return {
        SyncState.QUEUED: f"{name} is next in line",
        SyncState.RUNNING: f"Bringing in {name}",
        SyncState.DONE: f"{name} is all here",
        SyncState.FAILED: f"The import of {name} stopped",
        SyncState.CANCELLED: f"The import of {name} was called off",
    }[SyncState(sync.state)]


def _timings(sync: SyncJob) -> tuple[str, ...]:
    """shows: 9 seconds"""
    return tuple(
        f"{TOLD_AS[phase]}: {seconds_in_words(sync.phase_seconds[phase])}"
        for phase in PHASES
        if phase in sync.phase_seconds
    )


def _elapsed(sync: SyncJob, now: datetime) -> str:
    if sync.started_at is None:
        return ""
    return seconds_in_words(((sync.finished_at or now) - sync.started_at).total_seconds())


def _why(sync: SyncJob) -> str:
    return said_to_fans(sync.error) if sync.state == SyncState.FAILED else ""


def _trouble(session: Session, sync: SyncJob, now: datetime) -> str:
    """Why an import stands still, if its job waits for a time to come."""
    if sync.state not in ACTIVE or sync.queue_job_id is None:
        return ""
    job = session.get(QueueJob, sync.queue_job_id)
    if is_being_cancelled(sync, job.state if job else None):
        return "It is being called off: it stops at its next step."
    wait = wait_of(job, now)
    if wait is None:
        return ""
    when = _moment(wait.until.astimezone(UTC), now.astimezone(UTC))
    if wait.source:
        return f"It waits for {wait.source} until {when}."
    return f"{wait.fault} It goes on at {when}.".strip()


def _follows(session: Session, sync: SyncJob, now: datetime) -> tuple[str, ...]:
    """By the latest sync that still has something to bring, and is to run; and what comes by and by."""
    if sync.state != SyncState.DONE:
        return ()
    words = [_follow(entry, now) for entry in _still_to_come(session, sync)]
    if _has_backlog(session, sync.artist_id):
        words.append("Older past setlists follow over the next days.")
    return tuple(dict.fromkeys(words))


def _still_to_come(session: Session, sync: SyncJob) -> list[Entry]:
    if not sync.postponed:
        return []
    latest = session.scalars(
        select(SyncJob)
        .where(SyncJob.artist_id == sync.artist_id, SyncJob.id > sync.id, IS_FOLLOW_UP)
        .order_by(SyncJob.id.desc())
        .limit(1)
    ).first()
    return entries_of(latest) if latest is not None and latest.state in ACTIVE else []


def _has_backlog(session: Session, artist_id: int) -> bool:
    """Whether a first import left older setlists for later (pipeline/backlog.py)."""
    mark = session.get(SyncMark, (artist_id, PROVIDERS[Listing.BACKLOG], Listing.BACKLOG.value))
    return mark is not None and mark.seen.get("cursor") is not None


def _follow(entry: Entry, now: datetime) -> str:
    what = f"{entry.part.words.capitalize()} from {entry.label}"
    if entry.until <= now:
        return f"{what} follow shortly."
    return f"{what} follow after {_moment(entry.until.astimezone(UTC), now.astimezone(UTC))}."


def _moment(moment: datetime, now: datetime) -> str:
    day = "" if moment.date() == now.date() else f" on {short_day(moment)}"
    return f"{time_of_day(moment)} UTC{day}"
