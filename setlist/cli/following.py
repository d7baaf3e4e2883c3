"""A job followed to its end, whoever works on it: a worker, or this process where none takes it."""

import os
import socket
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum

from flask import Flask
from sqlalchemy.orm import Session

from setlist.cli.complaints import ComplaintError
from setlist.cli.progress import Moment, Teller, moment_of
from setlist.extensions import db
from setlist.models import QueueJob, SyncJob
from setlist.models.queue import ACTIVE, WAITING, JobState
from setlist.pages.story import story_of
from setlist.processors import PROCESSORS
from setlist.processors.running import Processor, WorkerProcess
from setlist.queue.aftermath import settle_imports
from setlist.queue.cancel import cancel
from setlist.queue.claim import Lease
from setlist.queue.pause import paused_queues

BY_QUEUE: dict[str, Processor] = {processor.queue: processor for processor in PROCESSORS}
TAKEN_WITHIN = 2.0  # seconds in which a worker that is there would have begun
LOOK_EVERY = 0.2
LEASE_SECONDS = 60.0  # nothing renews it between two checkpoints
STOPPING = "Stopping at the next checkpoint; again to stop at once."


class Outcome(IntEnum):
    """The command's exit status."""

    DONE = 0
    FAILED = 1
    INTERRUPTED = 130  # as the shell counts Ctrl-C


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """A job, and the import or sync that it is for. With a lease it is this process's alone."""

    queue: str
    job_id: int
    headline: str
    sync_id: int | None = None
    lease: Lease | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    state: JobState
    is_due: bool
    error: str
    moment: Moment

    @property
    def is_over(self) -> bool:
        return self.state not in ACTIVE

    @property
    def is_untaken(self) -> bool:
        return self.state in WAITING and self.is_due


class Follower:
    def __init__(self, app: Flask, teller: Teller) -> None:
        self.teller = teller
        self._app = app
        name = f"command line {socket.gethostname()}:{os.getpid()}"
        self._worker = WorkerProcess(id=name, lease_seconds=LEASE_SECONDS)
        self._own: _OwnRun | None = None

    def errand(self, session: Session, sync: SyncJob, *, alone: bool) -> Errand:
        """What an import or a sync needs done. Commits."""
        job, name = session.get_one(QueueJob, sync.queue_job_id), sync.artist.name
        return replace(self.errand_of_job(session, job, name, alone=alone), sync_id=sync.id)

    def errand_of_job(self, session: Session, job: QueueJob, headline: str, *, alone: bool) -> Errand:
        """Commits; `alone`: no worker gets to see the job before it is ours."""
        queue, job_id, sync_id = job.queue, job.id, job.args.get("sync_id")
        lease = BY_QUEUE[queue].claim(session, job_id, self._worker) if alone else None
        if alone and lease is None:
            session.rollback()
            raise ComplaintError(f"{headline} is being brought in already: wait until that is over")
        session.commit()
        return Errand(queue=queue, job_id=job_id, sync_id=sync_id, lease=lease, headline=headline)

    def follow(self, errand: Errand) -> Outcome:
        """Until it is over, or Ctrl-C. What was written up to there stays."""
        try:
            look = self._watch(errand)
        except KeyboardInterrupt:
            self.teller.close()
            self._interrupted(errand)
            return Outcome.INTERRUPTED
        finally:
            self.teller.close()
        return Outcome.DONE if look.state == JobState.DONE else Outcome.FAILED

    def _watch(self, errand: Errand) -> Look:
        if errand.lease is not None:
            self._start(errand)
        untaken_since: float | None = None
        while True:
            look = self._look(errand)
            self.teller.tell(look.moment)
            is_working = self._own is not None and self._own.is_alive()
            if not is_working and (look.is_over or errand.lease is not None):
                return self._settled(errand, look)
            if is_working or not look.is_untaken:
                untaken_since = None
            elif untaken_since is None:
                untaken_since = time.monotonic()
            elif time.monotonic() - untaken_since >= TAKEN_WITHIN:
                self._start(errand)
            time.sleep(LOOK_EVERY)

    def _settled(self, errand: Errand, look: Look) -> Look:
        """What was ours alone and is not done would be done anew by a worker, with other answers."""
        if self._own is not None and self._own.error is not None:
            raise self._own.error
        look = self._look(errand)
        if not look.is_over:
            reason = look.error or "it could not be finished"
            with Session(db.engine) as session:
                cancel(session, errand.job_id, reason=reason)
                settle_imports(session)
                session.commit()
        return look

    def _start(self, errand: Errand) -> None:
        self._own = _OwnRun(self._app, errand, self._worker)
        self._own.start()

    def _look(self, errand: Errand) -> Look:
        now = datetime.now(UTC)
        with Session(db.engine) as session:
            job = session.get_one(QueueJob, errand.job_id)
            sync = session.get(SyncJob, errand.sync_id) if errand.sync_id is not None else None
            is_paused = job.state in WAITING and job.queue in paused_queues(session)
            note = (
                f"The queue {job.queue} is paused: an operator's page goes on with it." if is_paused else ""
            )
            moment = Moment(headline=errand.headline, note=note)
            if sync is not None:
                moment = moment_of(story_of(session, sync, now), note=note)
            return Look(
                state=JobState(job.state),
                is_due=job.run_at <= now and not is_paused,
                error=job.error or "",
                moment=moment,
            )

    def _interrupted(self, errand: Errand) -> None:
        if self._own is None or not self._own.is_alive():
            self.teller.say("It goes on without this command: its job waits for a worker, or one has it.")
            return
        self.teller.say(STOPPING)
        self._worker.stopping.set()
        self._own.join()
        look = self._look(errand)
        if errand.lease is not None:
            self._settled(errand, look)
        if look.is_over and look.state == JobState.DONE:
            self.teller.say("It was done before it could stop.")
        else:
            self.teller.say("Stopped. What was brought in is kept.")


class _OwnRun(threading.Thread):
    """The job in this process, beside the thread that tells how far it is."""

    def __init__(self, app: Flask, errand: Errand, worker: WorkerProcess) -> None:
        super().__init__(name="own-run", daemon=True)
        self._app, self._errand, self._worker = app, errand, worker
        self.error: Exception | None = None

    def run(self) -> None:
        processor, lease = BY_QUEUE[self._errand.queue], self._errand.lease
        try:
            with self._app.app_context():
                if lease is not None:
                    processor.run_claimed(lease, self._worker)
                else:
                    processor.run_once(self._errand.job_id, self._worker)
        except Exception as error:  # raised again where somebody reads it
            self.error = error
