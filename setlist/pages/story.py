"""An import as a story: what it has found so far, what it does now, how long it may still take."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased, joinedload

from setlist.models import QueueJob, SyncJob
from setlist.models.queue import JobState
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.postponed import Entry, entries_of
from setlist.providers.errors import (
    LABELS,
    BadAnswer,
    Misconfigured,
    NotFound,
    NotOffered,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from setlist.web.filters import plural, seconds_in_words, short_day, time_of_day

# phase -> what it finds, and how the story names it: (count's key, one, many)
PHASES = ("identify", "shows", "catalogue", "setlists", "ballots")
FINDS = {
    "shows": ("shows", "show"),
    "catalogue": ("songs", "song"),
    "setlists": ("setlists", "past setlist"),
}
WAITS = {"identify": "who they are", "shows": "shows", "catalogue": "songs", "setlists": "past setlists"}
ACTIVE = (SyncState.QUEUED, SyncState.RUNNING)
IS_IMPORT = SyncJob.kind == SyncKind.IMPORT.value  # a follow-up is part of its import's story
TOO_EARLY_PERCENT = 4  # before this, the share done says nothing about the time left
TOO_EARLY_SECONDS = 2
WAITING = (JobState.QUEUED, JobState.RETRYING)
# A job's error begins with its class. Any other one's text may hold SQL and what was in it.
FOR_FANS = {
    kind.__name__
    for kind in (NotFound, RateLimited, Unavailable, TimedOut, BadAnswer, Refused, Misconfigured, NotOffered)
}
OUR_FAULT = "Something went wrong on our side."


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
        left="" if trouble else time_left(sync, now),
        trouble=trouble,
        why=_why(sync),
        follows=_follows(session, sync, now),
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
    return story_of(session, sync, now) if sync else None


def running_imports(session: Session, now: datetime, *, limit: int) -> list[Story]:
    return _stories(session, now, IS_IMPORT & SyncJob.state.in_(ACTIVE), limit)


def finished_imports(session: Session, now: datetime, *, limit: int) -> list[Story]:
    return _stories(session, now, IS_IMPORT & (SyncJob.state == SyncState.DONE), limit)


def failed_imports(session: Session, now: datetime, *, limit: int) -> list[Story]:
    """Those that nobody has tried again since, the last one first."""
    later = aliased(SyncJob)
    statement = (
        select(SyncJob)
        .where(
            IS_IMPORT,
            SyncJob.state == SyncState.FAILED,
            SyncJob.finished_at.is_not(None),
            ~select(later.id).where(later.artist_id == SyncJob.artist_id, later.id > SyncJob.id).exists(),
        )
        .options(joinedload(SyncJob.artist))
        .order_by(SyncJob.finished_at.desc())
        .limit(limit)
    )
    return [story_of(session, sync, now) for sync in session.scalars(statement)]


def time_left(sync: SyncJob, now: datetime) -> str:
    """From the share done so far; unknown while that is too small to say anything."""
    if sync.started_at is None or sync.finished_at is not None:
        return ""
    elapsed = (now - sync.started_at).total_seconds()
    if sync.percent < TOO_EARLY_PERCENT or elapsed < TOO_EARLY_SECONDS:
        return "time left unknown yet"
    return f"about {seconds_in_words(elapsed * (100 - sync.percent) / sync.percent)} left"


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
    at = PHASES.index(sync.phase) if sync.phase in PHASES else 0
    if sync.state == SyncState.DONE:
        at = len(PHASES)
    return tuple(_step(sync, place, at) for place in range(len(PHASES)))


def _step(sync: SyncJob, place: int, at: int) -> Step:
    phase = PHASES[place]
    state = "done" if place < at else "now" if place == at else "ahead"
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
    return {
        SyncState.QUEUED: f"{name} is next in line",
        SyncState.RUNNING: f"Bringing in {name}",
        SyncState.DONE: f"{name} is all here",
        SyncState.FAILED: f"The import of {name} stopped",
        SyncState.CANCELLED: f"The import of {name} was called off",
    }[SyncState(sync.state)]


def _elapsed(sync: SyncJob, now: datetime) -> str:
    if sync.started_at is None:
        return ""
    return seconds_in_words(((sync.finished_at or now) - sync.started_at).total_seconds())


def _why(sync: SyncJob) -> str:
    if sync.state != SyncState.FAILED:
        return ""
    kind, _, sentence = (sync.error or "").partition(": ")
    return sentence if kind in FOR_FANS and sentence else OUR_FAULT


def _trouble(session: Session, sync: SyncJob, now: datetime) -> str:
    """Why an import stands still, if its job waits for a time to come."""
    if sync.state not in ACTIVE or sync.queue_job_id is None:
        return ""
    job = session.get(QueueJob, sync.queue_job_id)
    if job is None or job.state not in WAITING or job.run_at <= now:
        return ""
    when = _moment(job.run_at.astimezone(UTC), now.astimezone(UTC))
    source = _source_in(job.error or "")
    if source:
        return f"It waits for {source} until {when}."
    return f"{OUR_FAULT} It goes on at {when}." if job.error else f"It goes on at {when}."


def _follows(session: Session, sync: SyncJob, now: datetime) -> tuple[str, ...]:
    """By the latest sync that still has something to bring."""
    if sync.state != SyncState.DONE or not sync.postponed:
        return ()
    latest = session.scalars(
        select(SyncJob)
        .where(SyncJob.artist_id == sync.artist_id, SyncJob.id > sync.id, ~IS_IMPORT)
        .order_by(SyncJob.id.desc())
        .limit(1)
    ).first()
    entries = entries_of(latest) if latest is not None else []
    return tuple(dict.fromkeys(_follow(entry, now) for entry in entries))


def _follow(entry: Entry, now: datetime) -> str:
    what = f"{entry.part.words.capitalize()} from {entry.label}"
    if entry.until <= now:
        return f"{what} follow shortly."
    return f"{what} follow after {_moment(entry.until.astimezone(UTC), now.astimezone(UTC))}."


def _source_in(error: str) -> str:
    """The provider that an error's sentence begins with, whether or not its class stands before it."""
    kind, _, sentence = error.partition(": ")
    said = sentence if kind in FOR_FANS else error
    return next((label for label in LABELS.values() if said.startswith(f"{label} ")), "")


def _moment(moment: datetime, now: datetime) -> str:
    day = "" if moment.date() == now.date() else f" on {short_day(moment)}"
    return f"{time_of_day(moment)} UTC{day}"
