"""Lists of jobs, a page at a time and at a bounded cost, however many rows there are.

What is over comes newest first, what waits or runs in the order of its time, and all states together by id.
Words, and a queue among all states, are looked for in the next MOST_SEARCHED rows of that order: a page may
be empty and yet say where to go on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from setlist.models.base import LARGEST_ID
from setlist.models.queue import ACTIVE, JobState, QueueJob
from setlist.queue.names import QUEUES
from setlist.queue.states import IS_WAITING, state_is

PAGE = 50
MOST_SEARCHED = 5_000
DUE, LATER = "waiting", "scheduled"  # as the figures of queues call them: of those that wait, by their time
STATES = (DUE, LATER, *(state.value for state in JobState))
Rows = Select[*tuple[Any, ...]]  # of jobs, each with the time that it is ordered by
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,17}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """After which job a page begins: its id, and its time where that is the order."""

    id: int
    at: datetime | None = None

    def __str__(self) -> str:
        if self.at is None:
            return str(self.id)
        return f"{self.id}-{(self.at - _EPOCH) // timedelta(microseconds=1)}"

    @classmethod
    def read(cls, written: str) -> "Place":
        """Raises ValueError for what no page wrote."""
        found = _PLACE.fullmatch(written)
        if found is None:
            raise ValueError(f"no place in a list: {written!r}")
        at = _EPOCH + timedelta(microseconds=int(found[2])) if found[2] else None
        return cls(id=int(found[1]), at=at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which jobs. `state` is one of STATES or empty, `words` stand in the error or the arguments."""

    queue: str = ""
    state: str = ""
    words: str = ""
    after: Place | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    jobs: Sequence[QueueJob]
    next: Place | None  # None: that was all


def find_job(session: Session, job_id: int) -> QueueJob | None:
    return session.get(QueueJob, job_id) if 0 < job_id <= LARGEST_ID else None


def find_jobs(session: Session, wanted: Wanted, *, size: int = PAGE) -> Page:
    order = _order_of(wanted)
    searches = bool(wanted.words) or (bool(wanted.queue) and not wanted.state)
    reach = MOST_SEARCHED if searches else size + 1
    rows = order.rows(wanted, reach).limit(reach).subquery()
    job = aliased(QueueJob, rows)
    found = select(job).where(*_within(wanted, job))
    jobs = session.scalars(found.order_by(*order.by(rows.c)).limit(size + 1)).all()
    if len(jobs) > size:
        return Page(jobs=jobs[:size], next=order.place(jobs[size - 1]))
    if not searches:
        return Page(jobs=jobs, next=None)
    last = session.execute(select(rows.c.id, rows.c.at).order_by(*order.by(rows.c)).offset(reach - 1)).first()
    return Page(jobs=jobs, next=Place(id=last.id, at=last.at) if last else None)


class _ById:
    """All states: the newest first."""

    def rows(self, wanted: Wanted, reach: int) -> Rows:
        older = [QueueJob.id < wanted.after.id] if wanted.after else []
        return select(QueueJob, null().label("at")).where(*older).order_by(QueueJob.id.desc())

    def by(self, columns: Any) -> Sequence[Any]:
        return [columns.id.desc()]

    def place(self, job: QueueJob) -> Place:
        return Place(id=job.id)


class _ByEnd:
    """One state in which jobs are over: the latest first."""

    def rows(self, wanted: Wanted, reach: int) -> Rows:
        chosen = [state_is(JobState(wanted.state))]
        if wanted.queue:
            chosen.append(QueueJob.queue == wanted.queue)
        if wanted.after and wanted.after.at:
            at = literal(wanted.after.at)
            # The first condition is what the index can be entered by.
            chosen.append(QueueJob.finished_at <= at)
            chosen.append(or_(QueueJob.finished_at < at, QueueJob.id < wanted.after.id))
        columns = select(QueueJob, QueueJob.finished_at.label("at")).where(*chosen)
        return columns.order_by(QueueJob.finished_at.desc(), QueueJob.id.desc())

    def by(self, columns: Any) -> Sequence[Any]:
        return [columns.at.desc(), columns.id.desc()]

    def place(self, job: QueueJob) -> Place:
        return Place(id=job.id, at=job.finished_at)


class _ByTime:
    """What waits or runs: by when it is due. A branch for each queue, since the index begins with it."""

    def rows(self, wanted: Wanted, reach: int) -> Rows:
        queues = [wanted.queue] if wanted.queue else QUEUES
        branches = [self._branch(wanted, queue, reach) for queue in queues]
        merged = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
        return select(merged).order_by(merged.c.at, merged.c.id)

    def _branch(self, wanted: Wanted, queue: str, reach: int) -> Rows:
        chosen = [QueueJob.queue == queue, _is_active_as(wanted.state)]
        if wanted.after and wanted.after.at:
            chosen.append(tuple_(QueueJob.run_at, QueueJob.id) > (wanted.after.at, wanted.after.id))
        columns = select(QueueJob, QueueJob.run_at.label("at")).where(*chosen)
        return columns.order_by(QueueJob.run_at, QueueJob.id).limit(reach)

    def by(self, columns: Any) -> Sequence[Any]:
        return [columns.at, columns.id]

    def place(self, job: QueueJob) -> Place:
        return Place(id=job.id, at=job.run_at)


def _order_of(wanted: Wanted) -> _ById | _ByEnd | _ByTime:
    if not wanted.state:
        return _ById()
    return _ByTime() if wanted.state in {DUE, LATER, *ACTIVE} else _ByEnd()


def _is_active_as(state: str) -> ColumnElement[bool]:
    if state == DUE:
        return and_(IS_WAITING, QueueJob.run_at <= func.now())
    if state == LATER:
        return and_(IS_WAITING, QueueJob.run_at > func.now())
    if state == JobState.RUNNING:
        return state_is(JobState.RUNNING)
    return and_(IS_WAITING, state_is(JobState(state)))  # the first is what the partial index goes by


def _within(wanted: Wanted, job: type[QueueJob]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.queue:
        conditions.append(job.queue == wanted.queue)
    if wanted.words:
        conditions.append(
            or_(
                job.error.icontains(wanted.words, autoescape=True),
                cast(job.args, Text).icontains(wanted.words, autoescape=True),
            )
        )
    return conditions
