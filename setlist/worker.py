"""What Dramatiq starts. `python -m setlist.worker` starts Dramatiq, with what the settings say.

When a child dies, Dramatiq's master stops the others and exits: whoever started it starts it again.
"""

import importlib.metadata
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType

import dramatiq
from dramatiq import Broker, Middleware, Worker
from dramatiq.worker import ConsumerThread
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from setlist.app import create_app
from setlist.broker import WORKER_SECONDS, make_broker
from setlist.complaints import load_settings
from setlist.extensions import db
from setlist.processors import PROCESSORS
from setlist.processors.running import Processor, WorkerProcess
from setlist.providers.sources import Providers
from setlist.queue.errors import Interrupted
from setlist.queue.finish import hand_back
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.names import QUEUES
from setlist.queue.workers import WorkerIdentity, stopped
from setlist.services.cache import Cache
from setlist.services.redis_client import PATIENT_SECONDS

log = logging.getLogger(__name__)

IDLE_MILLISECONDS = 80  # the longest nap of an idle consumer: half of it is a job's average wait
RESTART_MILLISECONDS = 1000  # until a consumer that lost Redis tries again
EXIT_SECONDS = 1.5  # of the grace period, for what follows the last checkpoint


def start() -> None:
    """What Dramatiq calls in each of its worker processes."""
    boot(PROCESSORS)


def boot(processors: Iterable[Processor]) -> None:
    """The app, the broker, and an actor for each processor."""
    app = create_app(redis_seconds=PATIENT_SECONDS)
    settings: Settings = app.extensions["settings"]
    life = ProcessLife(app, settings)
    broker = make_broker(settings, timeout=WORKER_SECONDS, middleware=[life])
    for processor in processors:
        declare_actor(broker, app, processor, life.process)
    dramatiq.set_broker(broker)


def declare_actor(broker: Broker, app: Flask, processor: Processor, process: WorkerProcess) -> None:
    def run(job_id: int) -> None:
        with app.app_context():
            processor.run_once(job_id, process)

    declare = dramatiq.actor(
        broker=broker,
        actor_name=processor.queue,
        queue_name=processor.queue,
        priority=processor.rule.priority,
    )
    declare(run)


class ProcessLife(Middleware):
    """From the boot of a worker process to its end: its tuning, its heartbeat, its graceful stop."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._settings = settings
        self._providers: Providers = app.extensions["providers"]
        self._cache: Cache = app.extensions["cache"]
        with app.app_context():
            self._engine = db.engine
        self._identity = WorkerIdentity(threads=settings.worker_threads, version=_version())
        self._keeper = LeaseKeeper(
            self._identity, self._open_session, lease_seconds=settings.job_lease_seconds
        )
        self.process = WorkerProcess(
            id=self._identity.id, lease_seconds=settings.job_lease_seconds, keeper=self._keeper
        )

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        worker.worker_timeout = IDLE_MILLISECONDS
        worker.worker_threads = self._settings.worker_threads
        _on_sigterm(self.process.stopping.set)
        self._keeper.start()
        threading.Thread(target=_end_with, args=(os.getppid(),), name="parent-watch", daemon=True).start()

    def after_consumer_thread_boot(self, broker: Broker, thread: ConsumerThread) -> None:
        """Fetched and running messages count, so this is how many jobs of a queue run here at once."""
        at_once = QUEUES[thread.queue_name].at_once or self._settings.worker_threads - 1
        thread.prefetch = max(1, min(at_once, self._settings.worker_threads))

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        self.process.stopping.set()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Runs that reached no checkpoint in time lose their lease; their threads end with the process."""
        self._keeper.stop()
        self._providers.close()
        self._cache.close()
        try:
            self._leave()
        except SQLAlchemyError as error:
            log.warning("left without a word to the database: %s", error)

    def _leave(self) -> None:
        for lease in self._keeper.held():
            with self._open_session() as session:
                try:
                    hand_back(session, lease, "its worker stopped before a checkpoint")
                    session.commit()
                except Interrupted as refused:
                    log.info("%s", refused)
        with self._open_session() as session:
            stopped(session, self._identity)
            session.commit()

    def _open_session(self) -> Session:
        return Session(self._engine)


def main() -> None:
    """Become Dramatiq. Its tuning knobs are environment variables, read when it is imported."""
    settings = load_settings(with_servers=True)
    grace = max(1.0, settings.shutdown_grace_seconds - EXIT_SECONDS)
    arguments = [
        "setlist.worker:start",
        f"--processes={settings.worker_processes}",
        f"--threads={settings.worker_threads}",
        f"--worker-shutdown-timeout={int(grace * 1000)}",
        "--skip-logging",  # its own begins before our imports, which have little to say; create_app() does it
    ]
    environment = {**os.environ, "dramatiq_restart_delay": str(RESTART_MILLISECONDS)}
    os.execve(sys.executable, [sys.executable, "-m", "dramatiq", *arguments], environment)  # noqa: S606


def _on_sigterm(action: Callable[[], None]) -> None:
    """Before Dramatiq's own handler, which takes up to a second to say that it stops.

    Only the first signal counts: one sent to the whole process group comes a second time from Dramatiq's
    master, and Dramatiq would take that for impatience and exit at once.
    """
    before = signal.getsignal(signal.SIGTERM)
    told = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if told.is_set():
            return
        told.set()
        action()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)


def _end_with(parent: int) -> None:
    """A worker whose master was killed would go on for ever, unseen by whoever starts the next one."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _version() -> str:
    try:
        return importlib.metadata.version("setlist")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    main()
