"""Why a run ends other than by finishing or failing.

They derive from BaseException, as KeyboardInterrupt does: an `except Exception` around a phase of an
import must not mistake them for a fault of that phase. Hopeless alone is a fault of the job.
"""

from datetime import datetime


class Interrupted(BaseException):
    """The run stops here, and that is no fault of the job."""


class LeaseLost(Interrupted):
    """The lease ran out and the job is another worker's now; this one's writes are refused."""


class Cancelled(Interrupted):
    """An operator cancelled the job."""


class Handover(Interrupted):
    """The worker is stopping: what was done is committed, another worker goes on from there."""


class TryAgainAt(Interrupted):
    """Not before `when`, an aware datetime. Does not count as an attempt."""

    def __init__(self, when: datetime, reason: str = "") -> None:
        super().__init__(reason or f"not before {when.isoformat()}")
        self.when = when


class Hopeless(Exception):  # noqa: N818 - named like the others here
    """Another attempt cannot help: the job is dead at once. The error told is its cause, if it has one."""
