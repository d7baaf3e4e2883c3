"""Worker processes, and what becomes of their jobs when they are stopped, killed or cut off."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from setlist.clock import send_due, take_back
from setlist.embedded import start_redis
from setlist.extensions import db
from setlist.models import SystemHealth, Worker
from setlist.models.queue import QueueJob
from setlist.queue import outbox
from setlist.queue.enqueue import enqueue
from setlist.queue.pause import pause, resume
from tests.queue.polling import until
from tests.queue.processes import OwnProcess, start_worker
from tests.queue.rows import OTHER_QUEUE, QUEUE, fresh, outcomes, stored
from tests.servers import sender_to

BACKLOG = 400


@dataclass
class Workers:
    """Starts worker processes; all of them are over when the test is."""

    settings: Settings
    folder: Path
    session: Session
    started: list[OwnProcess] = field(default_factory=list)

    def start(self) -> OwnProcess:
        """One that is ready."""
        before = self._count()
        worker = self.spawn()
        until(lambda: self._count() > before or worker.is_over)
        assert not worker.is_over, worker.log.read_text()
        return worker

    def spawn(self) -> OwnProcess:
        worker = start_worker(self.settings, self.folder / f"worker{len(self.started)}.log")
        self.started.append(worker)
        return worker

    def _count(self) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(Worker)) or 0


@pytest.fixture
def workers(settings, session, tmp_path) -> Iterator[Workers]:
    workers = Workers(settings, tmp_path, session)
    yield workers
    for worker in workers.started:
        worker.end()


@pytest.fixture
def ticking(app, settings) -> Iterator[None]:
    """What the clock does, often."""
    engine, sender, stopping = db.engine, sender_to(settings), threading.Event()

    def tick() -> None:
        while not stopping.wait(0.1):
            take_back(engine)
            send_due(engine, sender)

    thread = threading.Thread(target=tick)
    thread.start()
    yield
    stopping.set()
    thread.join(10)


@pytest.fixture
def is_done(session) -> Callable[[int], bool]:
    return lambda job_id: fresh(session, job_id).state == "done"


def steps_of(session, job_id: int) -> list[str]:
    session.rollback()
    statement = select(SystemHealth.state).where(SystemHealth.part == f"job {job_id}")
    return list(session.scalars(statement.order_by(SystemHealth.id)))


def waiting(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(QueueJob.state == "queued")) or 0


def all_steps(count: int) -> list[str]:
    return [f"step {step}" for step in range(count)]


def test_jobs_run_though_some_take_longer_than_a_lease_and_a_queue_is_paused(
    session, workers, ticking, is_done
):
    pause(session, OTHER_QUEUE)
    session.commit()
    workers.start()
    paused, slow, quick = (
        stored(session, OTHER_QUEUE, steps=1),
        stored(session, sleeps=3.5),
        stored(session, steps=1),
    )
    until(lambda: is_done(quick))
    until(lambda: is_done(slow))

    assert outcomes(session, slow) == ["done"]  # its lease of two seconds was renewed meanwhile
    assert fresh(session, paused).attempts == 0

    resume(session, OTHER_QUEUE)
    session.commit()
    until(lambda: is_done(paused))


def test_a_killed_workers_job_goes_on_from_its_checkpoint_in_another_one(session, workers, ticking, is_done):
    first = workers.start()
    job_id = stored(session, steps=8)
    until(lambda: len(steps_of(session, job_id)) >= 2)
    first.signal_group(signal.SIGKILL)
    workers.start()
    until(lambda: is_done(job_id))

    assert outcomes(session, job_id) == ["lost", "done"]
    assert steps_of(session, job_id) == all_steps(8)


def test_sigterm_hands_jobs_over_at_their_next_checkpoint_or_at_the_end_of_the_grace(
    session, workers, ticking, is_done
):
    first = workers.start()
    job_id, stubborn = stored(session, steps=8), stored(session, sleeps=600)
    until(lambda: len(steps_of(session, job_id)) >= 2)
    until(lambda: fresh(session, stubborn).state == "running")
    # The whole group, as a process manager does it: the child gets it twice.
    first.signal_group(signal.SIGTERM)
    assert first.wait() == 0
    assert session.scalars(select(Worker.stopped_at)).one() is not None
    assert outcomes(session, stubborn) == ["handed_back"]
    assert fresh(session, stubborn).attempts == 0

    workers.start()
    until(lambda: is_done(job_id))
    assert outcomes(session, job_id) == ["handed_back", "done"]
    assert fresh(session, job_id).attempts == 1
    assert steps_of(session, job_id) == all_steps(8)


def test_sigterm_loses_no_message_of_a_long_backlog(session, settings, workers):
    jobs = [enqueue(session, QUEUE, {}).id for _ in range(BACKLOG)]
    session.commit()
    sender = sender_to(settings)
    first = workers.start()
    until(lambda: waiting(session) < BACKLOG)
    first.signal_group(signal.SIGTERM)
    assert first.wait() == 0

    left = waiting(session)
    unsent = session.scalar(
        select(func.count()).where(QueueJob.state == "queued", QueueJob.sent_at.is_(None))
    )
    assert 0 < left < BACKLOG
    assert sender.lengths([QUEUE])[QUEUE] + unsent >= left  # nothing has to wait until it counts as lost

    send_due(db.engine, sender)
    workers.start()
    until(lambda: waiting(session) == 0)
    assert {outcome for job_id in jobs for outcome in outcomes(session, job_id)} <= {"done", "handed_back"}


def test_a_job_that_kills_its_process_ends_as_dead_and_the_others_go_on(session, workers, ticking, is_done):
    poison = stored(session, OTHER_QUEUE, exits=True)
    harmless = [stored(session, steps=2) for _ in range(3)]
    worker = workers.spawn()
    while fresh(session, poison).state != "dead":
        if worker.is_over:
            worker = workers.spawn()  # as whoever supervises it would
        time.sleep(0.05)
    workers.spawn()
    for job_id in harmless:
        until(lambda: is_done(job_id))  # noqa: B023 - called at once

    assert outcomes(session, poison) == ["lost", "lost"]
    for job_id in harmless:
        assert steps_of(session, job_id) == all_steps(2)


def test_a_worker_whose_master_was_killed_ends(session, workers):
    master = workers.start()
    child = session.scalars(select(Worker)).one()
    master.signal_one(signal.SIGKILL)

    until(
        lambda: session.scalar(select(Worker.stopped_at).where(Worker.id == child.id)) or session.rollback()
    )


def test_a_worker_hears_again_after_redis_was_restarted(session, settings, workers, tmp_path, is_done):
    own_redis = start_redis(tmp_path / "redis")
    try:
        workers.settings = settings.model_copy(update={"redis_url": own_redis.url})
        outbox.connect(sender_to(workers.settings))
        workers.start()
        before = stored(session)
        until(lambda: is_done(before))
        with redis.Redis.from_url(own_redis.url) as connection:
            connection.shutdown(nosave=True)
        until(lambda: not own_redis.alive)
        own_redis.start()
        after = stored(session)
        until(lambda: is_done(after))
    finally:
        own_redis.stop()
        outbox.connect(sender_to(settings), attempts=settings.job_attempts)
