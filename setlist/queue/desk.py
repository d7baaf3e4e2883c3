"""Where the threads of a worker process end their jobs: those that come together share a commit.

A job of milliseconds would otherwise pay more for its last transaction than for itself.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from sqlalchemy.orm import Session

from setlist.queue.claim import Lease, refusal
from setlist.queue.errors import Interrupted
from setlist.queue.finish import done_all
from setlist.queue.weather import is_database_weather

log = logging.getLogger(__name__)

MOST_AT_ONCE = 64
GATHER_SECONDS = 0.003
REST_SECONDS = 0.5  # while the database is away


@dataclass(frozen=True, slots=True)
class _Done:
    lease: Lease
    then: Callable[[Interrupted | None], None]
    until: float  # then another worker has the job, or will have it


class Desk:
    """One thread, one transaction at a time."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open_session = open_session
        self._asked: SimpleQueue[_Done | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, seconds: float) -> None:
        """After what was asked until now, if that is written within so many seconds."""
        self._asked.put(None)
        self._thread.join(seconds)

    def done(self, lease: Lease, then: Callable[[Interrupted | None], None]) -> None:
        """Nobody waits for it: for a job that has nothing of its own left to commit.

        `then` is called after the commit, with why it was refused if it was. A database that is away is
        waited for, as long as the lease may hold.
        """
        self._asked.put(_Done(lease, then, time.monotonic() + lease.seconds))

    def _run(self) -> None:
        while (first := self._asked.get()) is not None:
            time.sleep(GATHER_SECONDS)
            requests = [first, *self._waiting()]
            try:
                self._serve(requests)
            except Exception as error:  # this thread must outlive it
                self._failed(requests, error)

    def _waiting(self) -> list[_Done]:
        found: list[_Done] = []
        while len(found) < MOST_AT_ONCE:
            try:
                request = self._asked.get_nowait()
            except Empty:
                break
            if request is None:
                self._asked.put(None)  # for the next round
                break
            found.append(request)
        return found

    def _serve(self, requests: Sequence[_Done]) -> None:
        leases = [request.lease for request in requests]
        with self._open_session() as session:
            done = done_all(session, leases)
            refused = {lease.job_id: refusal(session, lease) for lease in leases if lease.job_id not in done}
            session.commit()
        for request in requests:
            request.then(refused.get(request.lease.job_id))

    def _failed(self, requests: Sequence[_Done], error: Exception) -> None:
        may_pass = is_database_weather(error)
        log.warning("ends of jobs are not written: %s", error)
        for request in requests:
            if may_pass and time.monotonic() < request.until:
                self._asked.put(request)
            else:
                log.error("that job %d is done could not be written", request.lease.job_id)
                request.then(None)
        if may_pass:
            time.sleep(REST_SECONDS)
