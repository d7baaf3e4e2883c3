"""From the boot of a worker process to its end: its heartbeat, its leases, its graceful stop."""

import logging
import os
import threading

from dramatiq import Broker, Middleware, Worker, get_broker
from dramatiq.worker import ConsumerThread
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from setlist.broker.bells import Bells
from setlist.processors.running import WorkerProcess
from setlist.providers.sources import Providers
from setlist.queue.desk import Desk
from setlist.queue.errors import Interrupted
from setlist.queue.finish import hand_back
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.names import QUEUES
from setlist.queue.workers import WorkerIdentity, stopped
from setlist.services.cache import Cache
from setlist.worker.signals import Stops

log = logging.getLogger(__name__)

IDLE_MILLISECONDS = 1_000  # until an idle thread looks whether it is to end
EXIT_SECONDS = 1.5  # of the grace period, for what follows the last checkpoint
AT_ONCE_SECONDS = 3.0  # for handing back leases when there is no grace


class ProcessLife(Middleware):
    """Dramatiq tells it what happens to its worker."""

    def __init__(self, app: Flask, engine: Engine, identity: WorkerIdentity, bells: Bells) -> None:
        self._settings: Settings = app.extensions["settings"]
        self._providers: Providers = app.extensions["providers"]
        self._cache: Cache = app.extensions["cache"]
        self._engine = engine
        self._identity = identity
        self.bells = bells
        lease_seconds = self._settings.job_lease_seconds
        self._keeper = LeaseKeeper(identity, self._open_session, lease_seconds=lease_seconds)
        self._desk = Desk(self._open_session)
        self.process = WorkerProcess(
            id=identity.id, lease_seconds=lease_seconds, keeper=self._keeper, desk=self._desk
        )

    def run(self) -> None:
        """Until a signal: the first one drains, the next one hands back what runs and ends at once."""
        broker = get_broker()
        worker = Worker(broker, worker_threads=self._identity.threads, worker_timeout=IDLE_MILLISECONDS)
        stops = Stops(drain=self.process.stopping.set, at_once=self._end_at_once)
        stops.listen()
        broker.emit_after("process_boot")
        worker.start()
        log.info("worker %s of group %s is ready", self._identity.id, self._identity.group)
        parent = os.getppid()
        while not self.process.stopping.wait(1.0):
            if os.getppid() != parent:
                log.warning("whoever started this worker is gone: it stops, too")
                break
        grace = max(1.0, self._settings.shutdown_grace_seconds - EXIT_SECONDS)
        worker.stop(timeout=int(grace * 1000))

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        self._desk.start()
        self._keeper.start()
        self.bells.start()

    def after_consumer_thread_boot(self, broker: Broker, thread: ConsumerThread) -> None:
        """Fetched and running messages count, so this is how many jobs of a queue run here at once."""
        threads = self._identity.threads
        thread.prefetch = min(QUEUES[thread.queue_name].at_once or threads, threads)

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        self.process.stopping.set()
        self.bells.stop()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Runs that reached no checkpoint in time lose their lease; their threads end with the process."""
        self._desk.stop(seconds=EXIT_SECONDS / 2)
        self._keeper.stop()
        self._providers.close()
        self._cache.close()
        self._leave("its worker stopped before a checkpoint")

    def _end_at_once(self) -> None:
        """In a thread of its own, since the main one may wait for what never ends."""
        self.process.stopping.set()
        threading.Timer(AT_ONCE_SECONDS, os._exit, (1,)).start()
        self._leave("its worker was stopped at once")
        os._exit(1)

    def _leave(self, reason: str) -> None:
        try:
            for lease in self._keeper.held():
                with self._open_session() as session:
                    try:
                        hand_back(session, lease, reason)
                        session.commit()
                    except Interrupted as refused:
                        log.info("%s", refused)
            with self._open_session() as session:
                stopped(session, self._identity)
                session.commit()
        except SQLAlchemyError as error:
            log.warning("left without a word to the database: %s", error)

    def _open_session(self) -> Session:
        return Session(self._engine)
