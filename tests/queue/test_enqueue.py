import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models.queue import QueueJob
from setlist.queue.cancel import cancel
from setlist.queue.enqueue import enqueue
from setlist.queue.names import UnknownQueue
from tests.queue.rows import OTHER_QUEUE, QUEUE, fresh


def test_a_job_waits_with_its_args_and_its_queues_attempts(session):
    job = enqueue(session, QUEUE, {"search_id": 7})
    session.commit()

    assert (job.queue, job.args, job.state, job.attempts) == (QUEUE, {"search_id": 7}, "queued", 0)
    assert job.max_attempts == 3
    assert job.sent_at is not None


def test_a_queue_that_does_not_say_has_the_attempts_of_the_settings(session, settings):
    job = enqueue(session, "artist_import", {})
    session.commit()

    assert job.max_attempts == settings.job_attempts


def test_one_active_job_for_a_dedup_key(session):
    first = enqueue(session, QUEUE, {"n": 1}, dedup_key="search:muse")
    session.commit()

    again = enqueue(session, QUEUE, {"n": 2}, dedup_key="search:muse")
    other = enqueue(session, QUEUE, {"n": 3}, dedup_key="search:moby")
    session.commit()

    assert again.id == first.id
    assert again.args == {"n": 1}
    assert other.id != first.id


def test_a_dedup_key_is_free_again_when_its_job_is_over(session):
    first = enqueue(session, QUEUE, {}, dedup_key="search:muse").id
    session.commit()
    cancel(session, first)
    session.commit()

    assert enqueue(session, QUEUE, {}, dedup_key="search:muse").id != first


def test_jobs_without_a_dedup_key_are_never_the_same(session):
    assert enqueue(session, QUEUE, {}).id != enqueue(session, QUEUE, {}).id


def test_two_connections_at_once_get_one_job(app, session):
    engine, together, ids = db.engine, threading.Barrier(8), []

    def ask() -> None:
        with Session(engine) as own:
            together.wait(5)
            ids.append(enqueue(own, QUEUE, {}, dedup_key="search:muse").id)
            own.commit()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(ids) == 8
    assert set(ids) == set(session.scalars(select(QueueJob.id)))


def test_a_later_job_is_not_sent_yet(session, messages):
    job = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1))
    session.commit()

    assert job.sent_at is None
    assert messages(QUEUE) == 0


def test_a_job_that_was_due_before_is_sent(session, messages):
    enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) - timedelta(hours=1))
    session.commit()

    assert messages(QUEUE) == 1


@pytest.mark.parametrize("args", [{"when": datetime.now(UTC)}, {"n": float("nan")}, [1]])
def test_args_are_what_json_can_carry(session, args):
    with pytest.raises((TypeError, ValueError)):
        enqueue(session, QUEUE, args)


def test_a_queue_must_exist(session):
    with pytest.raises(UnknownQueue):
        enqueue(session, "artist_improt", {})


def test_a_time_without_a_zone_is_refused(session):
    with pytest.raises(ValueError, match="aware"):
        enqueue(session, QUEUE, {}, run_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_the_row_is_the_callers_until_it_commits(session):
    job_id = enqueue(session, OTHER_QUEUE, {}).id
    with Session(db.engine) as other:
        assert other.get(QueueJob, job_id) is None
    session.commit()

    assert fresh(session, job_id).state == "queued"
