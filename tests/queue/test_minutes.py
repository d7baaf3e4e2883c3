from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from setlist.models import QueueJob
from setlist.models.queue import QueueJobAttempt, QueueMinute
from setlist.queue.minutes import MOST_BEHIND, record_minutes

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 3, 4, 12, 30, 10, tzinfo=UTC)
LAST = datetime(2026, 3, 4, 12, 29, tzinfo=UTC)  # the newest minute that is over


def job(session, state: str = "done", queue: str = "artist_search", **times: object) -> QueueJob:
    """Due at `due`, there since `made`; both at the beginning of LAST unless told."""
    due = times.pop("due", LAST)
    made = QueueJob(
        queue=queue,
        args={},
        state=state,
        max_attempts=5,
        run_at=due,
        created_at=times.pop("made", due),
        started_at=times.pop("began", None),
        finished_at=times.pop("ended", None),
        lease_until=NOW if state == "running" else None,
    )
    session.add(made)
    session.flush()
    return made


def attempt(session, of: QueueJob, outcome: str, ended: datetime, fence: int = 1) -> None:
    session.add(
        QueueJobAttempt(
            job_id=of.id, fence=fence, worker="one", outcome=outcome, started_at=ended, finished_at=ended
        )
    )


def recorded(session, now: datetime = NOW) -> list[QueueMinute]:
    session.flush()
    record_minutes(session, now)
    session.commit()
    return list(session.scalars(select(QueueMinute).order_by(QueueMinute.minute, QueueMinute.queue)))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_a_minute_tells_what_was_done_and_how_long_it_took(session):
    for wait, run in ((1, 10), (3, 20), (5, 30)):
        began = LAST + seconds(wait)
        job(session, began=began, ended=began + seconds(run))
    [minute] = recorded(session)
    assert (minute.queue, minute.minute, minute.done, minute.waiting) == ("artist_search", LAST, 3, 0)
    assert (minute.wait_p50, minute.run_p50) == (3_000, 20_000)
    assert (round(minute.wait_p95), round(minute.run_p95)) == (4_800, 29_000)
    assert (minute.failed, minute.lost, minute.dead, minute.oldest_seconds) == (0, 0, 0, None)


def test_a_wait_begins_when_a_job_is_due_and_there_and_is_never_negative(session):
    job(session, due=LAST - MINUTE, made=LAST, began=LAST + seconds(2), ended=LAST + seconds(3))
    job(session, "done", "cleanup", due=LAST + seconds(9), began=LAST + seconds(1), ended=LAST + seconds(3))
    by_queue = {minute.queue: minute for minute in recorded(session)}
    assert by_queue["artist_search"].wait_p50 == 2_000
    assert by_queue["cleanup"].wait_p50 == 0


def test_failed_attempts_lost_ones_and_dead_jobs_are_counted_apart(session):
    retried = job(session, "retrying", due=NOW + MINUTE, made=LAST)
    dead = job(session, "dead", ended=LAST + seconds(5))
    attempt(session, retried, "retrying", LAST + seconds(1))
    attempt(session, retried, "lost", LAST + seconds(2), fence=2)
    attempt(session, retried, "put_off", LAST + seconds(3), fence=3)
    attempt(session, dead, "dead", LAST + seconds(5))
    [minute] = recorded(session)
    assert (minute.failed, minute.lost, minute.dead, minute.done) == (2, 1, 1, 0)
    assert minute.run_p50 is None


def test_the_backlog_is_that_of_the_minute_s_end(session):
    end = LAST + MINUTE
    job(session, "queued", due=LAST - MINUTE)
    job(session, "running", due=LAST, began=end + seconds(1))  # taken since
    job(session, due=LAST, began=end + seconds(1), ended=end + seconds(2))  # taken and done since
    job(session, "running", due=LAST, began=end - seconds(1))
    job(session, "queued", due=end + seconds(1), made=LAST)
    job(session, "queued", due=LAST, made=end + seconds(1))
    before, minute = recorded(session)
    assert (minute.waiting, minute.oldest_seconds) == (3, 120)
    assert (before.waiting, before.oldest_seconds) == (1, 60)  # made up for: what waits still


def test_no_row_where_nothing_was_and_nothing_waits(session):
    job(session, "queued", due=NOW + MINUTE)
    job(session, "running", began=LAST)
    assert recorded(session) == []


def test_twice_writes_the_same(session):
    job(session, began=LAST, ended=LAST + seconds(1))
    [once] = recorded(session)
    done = once.done
    job(session, began=LAST, ended=LAST + seconds(2))  # committed too late to be counted
    assert record_minutes(session, NOW) == 0
    [twice] = recorded(session)
    assert twice.done == done == 1


def test_a_minute_is_not_written_before_what_ended_in_it_is_committed(session):
    job(session, began=LAST, ended=LAST + seconds(1))
    assert recorded(session, LAST + MINUTE + seconds(4)) == []
    assert len(recorded(session, LAST + MINUTE + seconds(5))) == 1


def test_after_a_stop_of_the_clock_what_was_missed_is_made_up_for_at_most_an_hour_back(session):
    for back in (75, 59, 30, 7, 0):
        at = LAST - back * MINUTE
        job(session, due=at, began=at, ended=at + seconds(1))
    job(session, "queued", due=LAST - 3 * MINUTE)
    minutes = recorded(session)
    assert [(LAST - minute.minute) // MINUTE for minute in minutes] == [59, 30, 7, 3, 2, 1, 0]
    assert [minute.waiting for minute in minutes] == [0, 0, 0, 1, 1, 1, 1]
    assert minutes[-1].minute - minutes[0].minute < MOST_BEHIND


def test_it_goes_on_where_it_stopped(session):
    job(session, began=LAST, ended=LAST + seconds(1))
    recorded(session)
    later = LAST + 4 * MINUTE
    job(session, due=later, began=later, ended=later + seconds(1))
    minutes = recorded(session, later + 2 * MINUTE)
    assert [minute.minute for minute in minutes] == [LAST, later]
