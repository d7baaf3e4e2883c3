"""The app, the broker, and an actor for each processor of a group's queues."""

import importlib.metadata
from collections.abc import Iterable
from functools import partial

import dramatiq
from dramatiq.middleware import TimeLimit

from config import Settings
from setlist.app import create_app
from setlist.broker import JobBroker, make_client
from setlist.broker.bells import Bells
from setlist.extensions import db
from setlist.processors.running import Processor
from setlist.queue.groups import ALL
from setlist.queue.names import QUEUES, queues_of
from setlist.queue.workers import WorkerIdentity
from setlist.services.redis_client import PATIENT_SECONDS
from setlist.worker.admission import Admission
from setlist.worker.life import ProcessLife

REDIS_SECONDS = 5.0  # a worker may wait for Redis; the thread that answers a fan may not


def boot(processors: Iterable[Processor], *, group: str = ALL, threads: int | None = None) -> ProcessLife:
    """Ready to run(). `threads`: else as the settings say."""
    app = create_app(redis_seconds=PATIENT_SECONDS)
    settings: Settings = app.extensions["settings"]
    if settings.redis_url is None:
        raise ValueError("REDIS_URL is not set")
    queues = list(QUEUES) if group == ALL else queues_of(group)
    identity = WorkerIdentity(threads=threads or settings.threads_of(group), version=_version(), group=group)
    with app.app_context():
        engine = db.engine
    client = partial(make_client, settings.redis_url, timeout=REDIS_SECONDS)
    life = ProcessLife(app, engine, identity, Bells(client(), queues))
    ours = [processor for processor in processors if processor.queue in queues]
    admission = Admission(app, ours, life.process)
    broker = JobBroker(client(), [life, TimeLimit()], bells=life.bells, admit=admission.admit)
    for processor in ours:
        declare_actor(broker, processor, admission)
    dramatiq.set_broker(broker)
    return life


def declare_actor(broker: JobBroker, processor: Processor, admission: Admission) -> None:
    def run(job_id: int) -> None:
        admission.run(processor.queue, job_id)

    declare = dramatiq.actor(
        broker=broker,
        actor_name=processor.queue,
        queue_name=processor.queue,
        priority=processor.rule.priority,
        time_limit=processor.rule.time_limit * 1000,
    )
    declare(run)


def _version() -> str:
    try:
        return importlib.metadata.version("setlist")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
