"""Worker processes, and what becomes of their jobs when they are stopped, killed or cut off."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import Settings
from setlist.clock import send_due
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

    def start(self, *options: str) -> OwnProcess:
        """One that is ready."""
        before = self._count()
        worker = self.spawn(*options)
        until(lambda: self._count() > before or worker.is_over)
        assert not worker.is_over, worker.log.read_text()
        return worker

    def spawn(self, *options: str) -> OwnProcess:
        worker = start_worker(self.settings, self.folder / f"worker{len(self.started)}.log", *options)
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
    until(lambda: all(fresh(session, job_id).state == "done" for job_id in jobs))
    assert {outcome for job_id in jobs for outcome in outcomes(session, job_id)} <= {"done", "handed_back"}


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


def test_a_job_that_takes_too_long_is_tried_again_and_its_thread_goes_on(session, workers, is_done):
    workers.start("--queue-limit=1")
    slow = stored(session, steps=100)
    until(lambda: fresh(session, slow).state == "retrying")
    after = stored(session, steps=1)
    until(lambda: is_done(after))

    assert "it took longer than 1 s" in fresh(session, slow).error
    assert 0 < len(steps_of(session, slow)) < 100


def test_what_waits_in_a_call_past_its_limit_is_let_go_of(session, workers, ticking):
    workers.start("--queue-limit=1")
    hung = stored(session, sleeps=600)
    until(lambda: fresh(session, hung).crashes == 1)

    assert outcomes(session, hung)[0] == "lost"


def test_an_idle_worker_asks_redis_little_and_starts_a_job_when_it_is_sent(
    session, settings, workers, own_redis, is_done
):
    workers.settings = settings.model_copy(update={"redis_url": own_redis.url})
    outbox.connect(sender_to(workers.settings))
    try:
        workers.start()
        before = stored(session)
        until(lambda: is_done(before))
        with own_redis.client() as client:
            commands = client.info("stats")["total_commands_processed"]
            time.sleep(2)
            # Eleven queues, a look at each a second. Dramatiq's own consumers would ask 25 times as often.
            assert client.info("stats")["total_commands_processed"] - commands < 80
        job_id = stored(session)
        until(lambda: is_done(job_id))
    finally:
        outbox.connect(sender_to(settings), attempts=settings.job_attempts)


def test_after_the_database_was_away_what_ran_is_no_crash_and_no_attempt(session, settings, workers, is_done):
    workers.start()
    job_id = stored(session, steps=30)
    until(lambda: len(steps_of(session, job_id)) >= 2)
    session.rollback()
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    session.execute(others)
    session.close()  # its connection goes back to the pool that is let go of
    db.engine.dispose()
    sender = sender_to(settings)
    until(lambda: send_due(db.engine, sender) or is_done(job_id))

    job = fresh(session, job_id)
    assert (job.attempts, job.crashes) == (1, 0)
    assert steps_of(session, job_id) == all_steps(30)
