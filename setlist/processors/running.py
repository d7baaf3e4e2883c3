"""How a processor runs: one file, one queue, one function of one JobRun.

    @job("trending_calc")
    def trending_calc(run: JobRun) -> None: ...

Claim, call, done. An exception means another attempt after a delay, or dead after the last one:
at once where it is Hopeless. A provider's weather is no fault of the job: it is put off, until the
provider's own time or for longer and longer, and no attempt is spent.
"""

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models.base import Json
from setlist.models.queue import JobState
from setlist.providers.errors import ProviderError
from setlist.queue.aftermath import settle_imports
from setlist.queue.claim import Lease, claim, renew
from setlist.queue.dispatch import send_again
from setlist.queue.errors import Cancelled, Handover, Hopeless, Interrupted, LeaseLost, TryAgainAt
from setlist.queue.finish import (
    MOST_PUT_OFFS,
    PUT_OFF,
    Failure,
    done,
    failed,
    hand_back,
    put_off,
    put_offs,
)
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.names import QueueRule, rule_of

log = logging.getLogger(__name__)

SPREAD = 0.05  # of a wait
LONGEST_SPREAD = 60.0
_JITTER = SystemRandom()


@dataclass(kw_only=True)
class WorkerProcess:
    """What the runs of one process share. `keeper` is None where nothing renews leases: in tests."""

    id: str
    lease_seconds: float = 12.0
    keeper: LeaseKeeper | None = None
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
        if worker.stopping.is_set():
            self._leave_to_others(job_id)
            return None
        with Session(db.engine) as session:
            lease = claim(session, self.queue, job_id, worker=worker.id, seconds=self._lease_seconds(worker))
            session.commit()
            if lease is None:
                log.debug("job %d of %s is not to be run now", job_id, self.queue)
                return None
            if worker.keeper is not None:
                worker.keeper.hold(lease)
            try:
                outcome = self._attempt(JobRun(session=session, lease=lease, stopping=worker.stopping))
            finally:
                if worker.keeper is not None:
                    worker.keeper.release(lease)
        log.info("job %d of %s: %s", job_id, self.queue, outcome)
        return outcome

    def _leave_to_others(self, job_id: int) -> None:
        """Dramatiq fetches for up to a second more, and drops each message when we return."""
        with Session(db.engine) as session:
            send_again(session, self.queue, job_id)
            session.commit()

    def _lease_seconds(self, worker: WorkerProcess) -> float:
        return self.rule.lease or worker.lease_seconds

    def _attempt(self, run: JobRun) -> str:
        """Run it and write how it ended, unless another worker has the job by now."""
        try:
            end = self._ended(run)
            outcome = end(run.session, run.lease)
            run.session.commit()
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
            run.session.commit()
        return outcome

    def _ended(self, run: JobRun) -> "_End":
        try:
            self._function(run)
        except TryAgainAt as later:
            run.session.rollback()
            return _PutOff(later.when, str(later), run.advanced)
        except Handover:
            run.session.rollback()
            return _handed_back
        except Exception as error:
            run.session.rollback()
            return _after(error, run)
        return _done


_End = Callable[[Session, Lease], str]


def job(queue: str) -> Callable[[Callable[[JobRun], None]], Processor]:
    """The function that runs a queue's jobs. Raises UnknownQueue where the table does not have it."""
    rule_of(queue)

    def decorate(function: Callable[[JobRun], None]) -> Processor:
        return Processor(queue, function)

    return decorate


def _after(error: Exception, run: JobRun) -> _End:
    """Weather is waited for, until when it says or else for longer each time; other errors are failures."""
    if isinstance(error, ProviderError) and error.is_weather and run.put_offs < MOST_PUT_OFFS:
        until: datetime | None = getattr(error, "until", None)
        return _PutOff(until and _spread(until), str(error), run.advanced)
    log.error("a job failed", exc_info=error)
    lines = "".join(traceback.format_exception(error))
    hopeless = isinstance(error, Hopeless)
    told = error.__cause__ if hopeless and error.__cause__ else error
    return _Failed(Failure(error=f"{type(told).__name__}: {told}", traceback=lines, hopeless=hopeless))


def _spread(until: datetime) -> datetime:
    """A little later: all that wait for one provider must not come at the same moment."""
    wait = (until - datetime.now(UTC)).total_seconds()
    return until + timedelta(seconds=_JITTER.uniform(0, min(max(wait, 0.0) * SPREAD, LONGEST_SPREAD)))


def _done(session: Session, lease: Lease) -> str:
    done(session, lease)
    return JobState.DONE.value


def _handed_back(session: Session, lease: Lease) -> str:
    hand_back(session, lease)
    return "handed_back"


@dataclass(frozen=True)
class _PutOff:
    when: datetime | None
    reason: str
    advanced: bool

    def __call__(self, session: Session, lease: Lease) -> str:
        put_off(session, lease, self.when, self.reason, advanced=self.advanced)
        return PUT_OFF


@dataclass(frozen=True)
class _Failed:
    failure: Failure

    def __call__(self, session: Session, lease: Lease) -> str:
        return failed(session, lease, self.failure).value
