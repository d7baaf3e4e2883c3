"""Keeps the leases of a process's running jobs, and its row among the workers, from running out.

A phase may compute or wait for long without a commit; its lease is renewed from here meanwhile. A lease
that is found lost is dropped: the run learns of it at its next commit, which is refused.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.queue.claim import Lease, renew_all
from setlist.queue.workers import WorkerIdentity, beat

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    lease: Lease
    until: float  # by the monotonic clock


class LeaseKeeper:
    """Beats three times in the time of a lease, from a thread of its own."""

    def __init__(
        self, worker: WorkerIdentity, open_session: Callable[[], Session], *, lease_seconds: float
    ) -> None:
        self._worker = worker
        self._open_session = open_session
        self._every = lease_seconds / 3
        self._leases: dict[int, _Held] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=self._every)

    def hold(self, lease: Lease, *, longest: float = math.inf) -> None:
        """Until it is released, or for `longest` seconds: past its time limit a job hangs."""
        with self._lock:
            self._leases[lease.job_id] = _Held(lease, time.monotonic() + longest)

    def release(self, lease: Lease) -> None:
        with self._lock:
            held = self._leases.get(lease.job_id)
            if held is not None and held.lease is lease:
                del self._leases[lease.job_id]

    def held(self) -> list[Lease]:
        with self._lock:
            return [held.lease for held in self._leases.values()]

    def beat(self) -> None:
        self._let_go_of_what_hangs()
        leases = self.held()
        with self._open_session() as session:
            beat(session, self._worker)
            kept = renew_all(session, leases)
            session.commit()
        for lease in leases:
            if lease.job_id not in kept:
                self.release(lease)

    def _let_go_of_what_hangs(self) -> None:
        now = time.monotonic()
        with self._lock:
            hung = [held.lease for held in self._leases.values() if held.until < now]
        for lease in hung:
            log.error("job %d of %s hangs past its time limit; it is let go of", lease.job_id, lease.queue)
            self.release(lease)

    def _run(self) -> None:
        while True:
            try:
                self.beat()
            except SQLAlchemyError as error:
                log.warning("no heartbeat: %s", error)
            if self._stopping.wait(self._every):
                return
