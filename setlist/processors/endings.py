"""How a run ends, and what is written of it.

Weather, be it a provider's or our own database's, is no fault of the job: it is put off, until the time that
the provider told or for longer and longer, and no attempt is spent.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from sqlalchemy.orm import Session

from setlist.models.queue import JobState
from setlist.providers.errors import ProviderError
from setlist.queue import finish
from setlist.queue.claim import Lease
from setlist.queue.errors import Handover, Hopeless, TryAgainAt
from setlist.queue.finish import HANDED_BACK, MOST_PUT_OFFS, PUT_OFF, Failure
from setlist.queue.weather import is_database_weather

log = logging.getLogger(__name__)

SPREAD = 0.05  # of a wait
LONGEST_SPREAD = 60.0
_JITTER = SystemRandom()

End = Callable[[Session, Lease], str]  # writes it; the outcome. The caller commits.


def done(session: Session, lease: Lease) -> str:
    finish.done(session, lease)
    return JobState.DONE.value


def end_of(error: BaseException, *, advanced: bool) -> End:
    """What a run ends as that raised this. `advanced`: it had reached a checkpoint."""
    if isinstance(error, TryAgainAt):
        return _PutOff(error.when, str(error), advanced)
    if isinstance(error, Handover):
        return _handed_back
    failure = _failed_by(error)
    if isinstance(error, ProviderError) and error.is_weather:
        until: datetime | None = getattr(error, "until", None)
        return _Weather(until and _spread(until), str(error), advanced, failure)
    if is_database_weather(error):
        return _Weather(None, "the database was away", advanced, failure)
    log.error("a job failed", exc_info=error)
    return failure


def _failed_by(error: BaseException) -> "_Failed":
    lines = "".join(traceback.format_exception(error))
    hopeless = isinstance(error, Hopeless)
    told = error.__cause__ if hopeless and error.__cause__ else error
    return _Failed(Failure(error=f"{type(told).__name__}: {told}", traceback=lines, hopeless=hopeless))


def _spread(until: datetime) -> datetime:
    """A little later: all that wait for one provider must not come at the same moment."""
    wait = (until - datetime.now(UTC)).total_seconds()
    return until + timedelta(seconds=_JITTER.uniform(0, min(max(wait, 0.0) * SPREAD, LONGEST_SPREAD)))


def _handed_back(session: Session, lease: Lease) -> str:
    finish.hand_back(session, lease)
    return HANDED_BACK


@dataclass(frozen=True)
class _PutOff:
    when: datetime | None
    reason: str
    advanced: bool

    def __call__(self, session: Session, lease: Lease) -> str:
        finish.put_off(session, lease, self.when, self.reason, advanced=self.advanced)
        return PUT_OFF


@dataclass(frozen=True)
class _Failed:
    failure: Failure

    def __call__(self, session: Session, lease: Lease) -> str:
        return finish.failed(session, lease, self.failure).value


@dataclass(frozen=True)
class _Weather:
    """Put off, but not for ever."""

    until: datetime | None
    reason: str
    advanced: bool
    otherwise: _Failed

    def __call__(self, session: Session, lease: Lease) -> str:
        if finish.put_offs(session, lease.job_id) >= MOST_PUT_OFFS:
            log.error("a job is given up after %d times: %s", MOST_PUT_OFFS, self.reason)
            return self.otherwise(session, lease)
        return _PutOff(self.until, self.reason, self.advanced)(session, lease)
