"""Which of the jobs that came as messages this worker process runs, and the leases of those."""

from collections.abc import Collection, Iterable, Sequence

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from setlist.broker.consumer import NotNow
from setlist.processors.running import Processor, WorkerProcess
from setlist.queue.claim import Lease


class Admission:
    """Claims what a consumer fetched in one transaction; an actor's thread then takes its lease from here."""

    def __init__(self, app: Flask, processors: Iterable[Processor], process: WorkerProcess) -> None:
        self._app = app
        self._processors = {processor.queue: processor for processor in processors}
        self._process = process
        self._leases: dict[int, Lease] = {}

    def admit(self, queue: str, job_ids: Sequence[int]) -> Collection[int]:
        """Those that were claimed. Raises NotNow."""
        if self._process.stopping.is_set():
            raise NotNow("this worker stops")
        try:
            with self._app.app_context():
                leases = self._processors[queue].claim_for(self._process, job_ids)
        except SQLAlchemyError as error:
            raise NotNow(str(error)) from error
        self._leases |= leases
        return leases.keys()

    def run(self, queue: str, job_id: int) -> None:
        lease = self._leases.pop(job_id)
        with self._app.app_context():
            self._processors[queue].run_claimed(lease, self._process)
