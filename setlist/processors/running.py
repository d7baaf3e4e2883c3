"""How a processor runs: one file, one queue, one function of one JobRun.

    @job("trending_calc")
    def trending_calc(run: JobRun) -> None: ...

Claim, call, done. An exception means another attempt after a delay, or dead after the last one:
at once where it is Hopeless. endings.py says which exceptions are no fault of the job.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from dramatiq.middleware import TimeLimitExceeded
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models.base import Json
from setlist.models.queue import JobState
from setlist.processors import endings
from setlist.queue.aftermath import settle_imports, settle_mails
from setlist.queue.claim import Lease, Wanted, claim, claim_all, renew
from setlist.queue.desk import Desk
from setlist.queue.errors import Cancelled, Handover, Interrupted, LeaseLost, TryAgainAt
from setlist.queue.finish import put_offs
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.names import QueueRule, rule_of
from setlist.queue.weather import is_database_weather

T = TypeVar("T")

log = logging.getLogger(__name__)

AT_DESK = "at the desk"
END_PAUSE = 0.5  # seconds between two tries to write how a run ended


@dataclass(kw_only=True)
class WorkerProcess:
    """What the runs of one process share.

    `keeper` is None where nothing renews leases, `desk` where each run ends for itself: in tests.
    """

    id: str
    lease_seconds: float = 12.0
    keeper: LeaseKeeper | None = None
    desk: Desk | None = None
    stopping: threading.Event = field(default_factory=threading.Event)


INLINE = WorkerProcess(id="inline", lease_seconds=60.0)


@dataclass(kw_only=True)
class JobRun:
    """One attempt at a job, in the hands of its processor."""

    session: Session
    lease: Lease
    stopping: threading.Event
    advanced: bool = False  # it reached a checkpoint in this attempt

    @property
    def args(self) -> Json:
        return self.lease.args

    @property
    def job_id(self) -> int:
        return self.lease.job_id

    @property
    def fence(self) -> int:
        return self.lease.fence

    @property
    def is_last_attempt(self) -> bool:
        return self.lease.is_last

    @property
    def put_offs(self) -> int:
        """How many times in a row this job was put off, getting no further."""
        return put_offs(self.session, self.job_id)

    def commit(self) -> None:
        """The checkpoint: commits what was done, if the lease still holds, and renews it.

        Raises LeaseLost or Cancelled with nothing committed, and Handover after the commit. They pass
        through a processor, which goes on from its checkpoint in another run.
        """
        try:
            renew(self.session, self.lease)
        except Interrupted:
            self.session.rollback()
            raise
        self.session.commit()
        self.advanced = True
        if self.stopping.is_set():
            raise Handover(f"job {self.job_id} stopped at a checkpoint")


class Processor:
    """What @job makes of a function."""

    def __init__(self, queue: str, function: Callable[[JobRun], None]) -> None:
        self.queue = queue
        self.rule: QueueRule = rule_of(queue)
        self._function = function

    def __call__(self, run: JobRun) -> None:
        self._function(run)

    def run_once(self, job_id: int, worker: WorkerProcess = INLINE) -> str | None:
        """Claim and run the job in a session of its own, within an app context.

        The outcome: done, retrying, dead, put_off, handed_back, cancelled, lost; None if not claimed.
        """
        with Session(db.engine) as session:
            lease = self.claim(session, job_id, worker)
            session.commit()
        if lease is None:
            log.debug("job %d of %s is not to be run now", job_id, self.queue)
            return None
        return self.run_claimed(lease, worker)

    def claim(self, session: Session, job_id: int, worker: WorkerProcess) -> Lease | None:
        """For this worker from the caller's commit on; before a job's own first commit, for no other."""
        return claim(session, self.queue, job_id, worker=worker.id, seconds=self.lease_seconds(worker))

    def claim_for(self, worker: WorkerProcess, job_ids: Sequence[int]) -> dict[int, Lease]:
        """In one transaction; kept until they are run. Raises what the database raises."""
        seconds = self.lease_seconds(worker)
        wanted = [Wanted(queue=self.queue, job_id=job_id, seconds=seconds) for job_id in job_ids]
        with Session(db.engine) as session:
            leases = claim_all(session, wanted, worker=worker.id)
            session.commit()
        for lease in leases.values():
            self._hold(lease, worker)
        return leases

    def run_claimed(self, lease: Lease, worker: WorkerProcess) -> str:
        self._hold(lease, worker)
        try:
            with Session(db.engine) as session:
                run = JobRun(session=session, lease=lease, stopping=worker.stopping)
                outcome = self._attempt(run, worker)
        except BaseException:
            self._let_go(lease, worker)
            raise
        if outcome == AT_DESK and worker.desk is not None:
            worker.desk.done(lease, partial(self._let_go, lease, worker, JobState.DONE.value))
            return JobState.DONE.value
        self._let_go(lease, worker, outcome)
        return outcome

    def _let_go(
        self,
        lease: Lease,
        worker: WorkerProcess,
        outcome: str = "unknown",
        refused: Interrupted | None = None,
    ) -> None:
        if worker.keeper is not None:
            worker.keeper.release(lease)
        log.info("job %d of %s: %s", lease.job_id, self.queue, refused or outcome)

    def lease_seconds(self, worker: WorkerProcess) -> float:
        return self.rule.lease or worker.lease_seconds

    def _hold(self, lease: Lease, worker: WorkerProcess) -> None:
        if worker.keeper is not None:
            worker.keeper.hold(lease, longest=self.rule.time_limit + lease.seconds)

    def _attempt(self, run: JobRun, worker: WorkerProcess) -> str:
        """Run it and write how it ended, unless another worker has the job by now."""
        try:
            outcome = self._ended(run, worker)
        except LeaseLost as lost:
            run.session.rollback()
            log.warning("%s", lost)
            return "lost"
        except Cancelled as cancelled:
            run.session.rollback()
            log.info("%s", cancelled)
            return "cancelled"
        if outcome == JobState.DEAD:
            settle_imports(run.session)
            settle_mails(run.session)
            run.session.commit()
        return outcome

    def _ended(self, run: JobRun, worker: WorkerProcess) -> str:
        try:
            self._function(run)
            if worker.desk is not None and not run.session.in_transaction():
                return AT_DESK  # nothing of its own is left to commit
            return _written(run, endings.done)  # with what it wrote last
        except (LeaseLost, Cancelled):
            raise
        except (Exception, TryAgainAt, Handover, TimeLimitExceeded) as error:
            run.session.rollback()
            end = endings.end_of(self._told(error), advanced=run.advanced)
            return _patiently(run.lease, lambda: _written(run, end))

    def _told(self, error: BaseException) -> BaseException:
        if isinstance(error, TimeLimitExceeded):
            return TimeoutError(f"it took longer than {self.rule.time_limit:g} s").with_traceback(
                error.__traceback__
            )
        return error


def job(queue: str) -> Callable[[Callable[[JobRun], None]], Processor]:
    """The function that runs a queue's jobs. Raises UnknownQueue where the table does not have it."""
    rule_of(queue)

    def decorate(function: Callable[[JobRun], None]) -> Processor:
        return Processor(queue, function)

    return decorate


def _written(run: JobRun, end: endings.End) -> str:
    try:
        outcome = end(run.session, run.lease)
        run.session.commit()
    except DBAPIError:
        run.session.rollback()
        raise
    return outcome


def _patiently(lease: Lease, write: Callable[[], T]) -> T:
    """A database that is away for a moment must not make a lost job of one that is over.

    For as long as the lease: then another worker may have it.
    """
    deadline = time.monotonic() + lease.seconds
    while True:
        try:
            return write()
        except DBAPIError as error:
            if not is_database_weather(error) or time.monotonic() > deadline:
                raise
            log.warning("how job %d ended is not written yet: %s", lease.job_id, error.orig)
            time.sleep(END_PAUSE)
