from datetime import UTC, datetime, timedelta

from setlist.models.queue import QueueMinute
from setlist.queue.history import counted_until, history, sums

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 3, 4, 12, 30, 20, tzinfo=UTC)
END = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


def row(session, back: int, queue: str = "cleanup", **figures: object) -> None:
    """The minute that ended so many minutes before END."""
    usual = {"done": 0, "failed": 0, "lost": 0, "dead": 0, "waiting": 0}
    session.add(QueueMinute(queue=queue, minute=END - (back + 1) * MINUTE, **usual | figures))
    session.flush()


def test_sums_are_of_the_last_whole_minutes_and_by_queue(session):
    row(session, 0, done=10, failed=1)
    row(session, 4, done=20, lost=2, dead=1)
    row(session, 5, done=400)
    row(session, 0, "artist_search", done=3)
    found = sums(session, NOW, 5)
    assert set(found) == {"cleanup", "artist_search"}
    cleanup = found["cleanup"]
    assert (cleanup.done, cleanup.failed, cleanup.lost, cleanup.dead) == (30, 1, 2, 1)
    assert cleanup.per_minute == 6


def test_times_are_weighed_by_the_jobs_of_their_minute(session):
    row(session, 0, done=9, wait_p50=100.0, wait_p95=200.0, run_p50=10.0, run_p95=20.0)
    row(session, 1, done=1, wait_p50=1100.0, wait_p95=200.0, run_p50=10.0, run_p95=120.0)
    row(session, 2, waiting=4)
    found = sums(session, NOW, 60)["cleanup"]
    assert (found.wait_p50, found.wait_p95, found.run_p50, found.run_p95) == (200, 200, 10, 30)


def test_times_of_nothing_are_unknown(session):
    row(session, 0, failed=1)
    assert sums(session, NOW, 60)["cleanup"].run_p95 is None


def test_history_is_the_rows_in_order_of_one_queue_or_of_all(session):
    row(session, 1)
    row(session, 0, "artist_search")
    row(session, 0)
    row(session, 60)
    assert [minute.queue for minute in history(session, NOW, 60)] == ["cleanup", "artist_search", "cleanup"]
    assert [minute.minute for minute in history(session, NOW, 60, queue="cleanup")] == [
        END - 2 * MINUTE,
        END - MINUTE,
    ]


def test_a_minute_that_a_clock_may_still_be_writing_is_not_asked_for(session):
    row(session, 0)
    assert history(session, END + timedelta(seconds=14), 60) == []


def test_until_when_it_was_counted_is_known(session):
    assert counted_until(session) is None
    row(session, 3)
    assert counted_until(session) == END - 3 * MINUTE
