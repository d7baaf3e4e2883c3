"""Jobs that come in all through a drill, each in a transaction of its own, and which were acknowledged."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.models.base import Json
from setlist.queue.enqueue import enqueue

# One of each group of workers.
QUEUES = ("artist_search", "artist_import", "catalogue_sync")
SHORT_JOB: Json = {"steps": 3, "pause": 0.08}


@dataclass(kw_only=True)
class Load:
    """`unsure` are jobs whose commit broke: they may be there or not, but if they are, they run once."""

    engine: Engine
    per_second: float
    on_acknowledged: Callable[[str, int], None] | None = None
    acknowledged: list[int] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(60)

    def give(self, queue: str, **args: object) -> int:
        """One job by hand, acknowledged like the others. Raises what the database says."""
        with Session(self.engine) as session:
            job_id = enqueue(session, queue, args).id
            session.commit()
        self.acknowledged.append(job_id)
        return job_id

    def _run(self) -> None:
        for queue in cycle(QUEUES):
            if self._stopping.wait(1 / self.per_second):
                return
            self._one(queue)

    def _one(self, queue: str) -> None:
        job_id = None
        try:
            with Session(self.engine) as session:
                job_id = enqueue(session, queue, dict(SHORT_JOB)).id
                session.commit()
        except SQLAlchemyError as error:
            if job_id is not None:
                self.unsure.append(job_id)
            self.refusals.append(str(error).splitlines()[0])
            return
        self.acknowledged.append(job_id)
        if self.on_acknowledged is not None:
            self.on_acknowledged(queue, job_id)
