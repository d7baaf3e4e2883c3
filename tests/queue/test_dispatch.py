from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.queue import dispatch, outbox
from setlist.queue.dispatch import PATIENCE, PATIENCE_EMPTY, Swept, sweep
from setlist.queue.enqueue import enqueue
from setlist.queue.names import QUEUES
from setlist.queue.pause import pause, resume
from tests.queue.rows import QUEUE, age, claimed, fresh, stored


@pytest.fixture
def swept(session, sender):
    """One sweep, as the clock makes it."""

    def run() -> Swept:
        swept = sweep(session, sender.lengths(QUEUES))
        session.commit()
        return swept

    return run


def test_a_scheduled_job_is_sent_when_it_is_due(session, swept, messages):
    job_id = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1)).id
    session.commit()
    assert swept() == Swept(sent=0, resent=0)

    age(session, job_id, "run_at", 3601)
    assert swept() == Swept(sent=1, resent=0)
    assert messages(QUEUE) == 1
    assert fresh(session, job_id).sent_at is not None
    assert swept() == Swept(sent=0, resent=0)


def test_a_crash_between_commit_and_send_is_healed(session, swept, messages, settings, sender):
    outbox.connect(None)  # nothing leaves this process
    job_id = stored(session)
    outbox.connect(sender, attempts=settings.job_attempts)
    assert swept() == Swept(sent=0, resent=0)  # it may be on its way

    age(session, job_id, "sent_at", PATIENCE_EMPTY + 1)
    assert swept() == Swept(sent=0, resent=1)
    assert messages(QUEUE) == 1


def test_flushall_loses_nothing(session, swept, messages, redis_client):
    jobs = [stored(session) for _ in range(3)]
    redis_client.flushdb()
    for job_id in jobs:
        age(session, job_id, "sent_at", PATIENCE_EMPTY + 1)

    assert swept().resent == 3
    assert messages(QUEUE) == 3


def test_a_backlog_that_redis_still_holds_is_not_sent_again(session, swept, messages):
    for job_id in [stored(session) for _ in range(3)]:
        age(session, job_id, "sent_at", PATIENCE + 1)

    assert swept() == Swept(sent=0, resent=0)
    assert messages(QUEUE) == 3


def test_a_message_missing_from_a_backlog_is_sent_again_after_minutes(session, swept, messages, redis_client):
    jobs = [stored(session) for _ in range(3)]
    redis_client.lpop(f"setlist:{QUEUE}")
    for job_id in jobs:
        age(session, job_id, "sent_at", PATIENCE_EMPTY + 1)
    assert swept().resent == 0

    age(session, jobs[0], "sent_at", PATIENCE)
    assert swept().resent == 1
    assert messages(QUEUE) == 3


def test_running_and_finished_jobs_are_left_alone(session, swept, redis_client):
    claimed(session, stored(session))
    redis_client.flushdb()
    session.commit()

    assert swept() == Swept(sent=0, resent=0)


def test_a_paused_queue_is_left_alone_until_it_is_resumed(session, swept, messages):
    job_id = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1)).id
    pause(session, QUEUE)
    session.commit()
    age(session, job_id, "run_at", 3601)
    assert swept() == Swept(sent=0, resent=0)

    resume(session, QUEUE)
    assert swept() == Swept(sent=1, resent=0)


def test_a_sweep_is_bounded(session, swept, monkeypatch):
    monkeypatch.setattr(dispatch, "BATCH", 2)
    for _ in range(5):
        job_id = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1)).id
        session.commit()
        age(session, job_id, "run_at", 3601)

    assert [swept().sent for _ in range(4)] == [2, 2, 1, 0]


def test_two_dispatchers_do_not_send_the_same_job(session, sender):
    job_id = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1)).id
    session.commit()
    age(session, job_id, "run_at", 3601)
    lengths = sender.lengths(QUEUES)

    with Session(db.engine) as other:
        assert sweep(other, lengths).sent == 1
        assert sweep(session, lengths).sent == 0
        other.commit()
