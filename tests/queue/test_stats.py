from datetime import UTC, datetime, timedelta

from setlist.queue import stats
from setlist.queue.enqueue import enqueue
from setlist.queue.finish import Failure, done, failed
from setlist.queue.names import QUEUES
from setlist.queue.pause import pause
from setlist.queue.stats import queue_stats
from tests.queue.rows import QUEUE, age, claimed, stored


def of_queue(session, queue: str = QUEUE) -> stats.QueueStats:
    session.commit()
    return next(entry for entry in queue_stats(session) if entry.queue == queue)


def test_every_queue_is_listed_in_order_and_an_empty_one_says_so(session):
    listed = queue_stats(session)

    assert [entry.queue for entry in listed] == list(QUEUES)
    for entry in listed:
        assert (entry.waiting, entry.scheduled, entry.running, entry.retrying) == (0, 0, 0, 0)
        assert (entry.dead, entry.done_24h, entry.oldest_waiting_seconds, entry.paused) == (0, 0, None, False)


def test_jobs_are_counted_by_what_they_do(session):
    stored(session)
    enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1))
    claimed(session, stored(session))
    done(session, claimed(session, stored(session)))
    failed(session, claimed(session, stored(session)), Failure(error="no"))
    dead = stored(session)
    for _ in range(3):
        failed(session, claimed(session, dead), Failure(error="no"))
        age(session, dead, "run_at", 1000)
    pause(session, QUEUE)

    found = of_queue(session)
    assert (found.waiting, found.scheduled, found.running) == (1, 2, 1)
    assert (found.retrying, found.dead, found.done_24h, found.paused) == (1, 1, 1, True)


def test_the_oldest_wait_is_that_of_a_job_that_is_due(session):
    age(session, stored(session), "run_at", 100)
    stored(session)

    assert 100 <= of_queue(session).oldest_waiting_seconds < 200


def test_what_was_done_yesterday_is_not_counted(session):
    job_id = stored(session)
    done(session, claimed(session, job_id))
    age(session, job_id, "finished_at", 25 * 3600)

    assert of_queue(session).done_24h == 0


def test_a_count_stops_at_the_cap(session, monkeypatch):
    monkeypatch.setattr(stats, "CAP", 2)
    for _ in range(4):
        stored(session)

    assert of_queue(session).waiting == 2
