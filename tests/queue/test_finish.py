from datetime import UTC, datetime, timedelta

import pytest

from setlist.models.queue import JobState, QueueJobAttempt
from setlist.queue.errors import LeaseLost
from setlist.queue.finish import Failure, done, failed, hand_back, put_off
from setlist.queue.names import rule_of
from setlist.queue.reap import reap
from setlist.queue.retry import steady_delay
from tests.queue.rows import QUEUE, age, claimed, expire, fresh, outcomes, seconds_until, stored

FAILURE = Failure(error="ValueError: no", traceback="Traceback: here")


def test_done_ends_the_job_and_its_attempt(session):
    lease = claimed(session, stored(session))
    done(session, lease)
    session.commit()

    job = fresh(session, lease.job_id)
    assert (job.state, job.error, job.lease_owner, job.lease_until) == ("done", None, None, None)
    assert job.finished_at is not None
    assert outcomes(session, lease.job_id) == ["done"]


def test_a_failure_waits_longer_each_time_and_is_dead_after_the_last(session):
    job_id, delays, states = stored(session), [], []
    for _ in range(rule_of(QUEUE).attempts):
        states.append(failed(session, claimed(session, job_id), FAILURE))
        session.commit()
        delays.append(seconds_until(session, job_id))
        age(session, job_id, "run_at", 10_000)

    assert states == [JobState.RETRYING, JobState.RETRYING, JobState.DEAD]
    for attempt, delay in enumerate(delays[:-1], start=1):
        steady = steady_delay(rule_of(QUEUE), attempt)
        assert 0.5 * steady < delay < 1.3 * steady
    job = fresh(session, job_id)
    assert (job.state, job.error, job.attempts) == ("dead", FAILURE.error, 3)
    assert outcomes(session, job_id) == ["retrying", "retrying", "dead"]


def test_a_retry_is_left_to_the_dispatcher(session, messages):
    job_id = stored(session)
    before = messages(QUEUE)
    failed(session, claimed(session, job_id), FAILURE)
    session.commit()

    assert fresh(session, job_id).sent_at is None
    assert messages(QUEUE) == before


def test_a_failure_is_kept_with_its_traceback_within_bounds(session):
    lease = claimed(session, stored(session))
    failed(session, lease, Failure(error="e" * 100_000, traceback="t" * 100_000 + "the end"))
    session.commit()

    attempt = session.get_one(QueueJobAttempt, (lease.job_id, lease.fence))
    assert 0 < len(attempt.error) < 5_000
    assert 0 < len(attempt.traceback) < 50_000
    assert attempt.traceback.endswith("the end")


def test_a_job_is_put_off_until_a_given_time_without_counting(session):
    lease = claimed(session, stored(session))
    put_off(session, lease, datetime.now(UTC) + timedelta(hours=13), "the day's calls are used up")
    session.commit()

    job = fresh(session, lease.job_id)
    assert (job.state, job.attempts, job.error) == ("queued", 0, "the day's calls are used up")
    assert 12.9 * 3600 < seconds_until(session, lease.job_id) < 13.1 * 3600
    assert outcomes(session, lease.job_id) == ["put_off"]


def test_a_job_put_off_until_the_past_waits_a_moment_nevertheless(session):
    lease = claimed(session, stored(session))
    put_off(session, lease, datetime.now(UTC) - timedelta(hours=1), "")
    session.commit()

    assert seconds_until(session, lease.job_id) > 0


def test_a_job_handed_back_can_be_claimed_at_once_and_has_lost_no_attempt(session):
    lease = claimed(session, stored(session))
    hand_back(session, lease)
    session.commit()

    assert fresh(session, lease.job_id).attempts == 0
    assert claimed(session, lease.job_id, "two").attempts == 1
    assert outcomes(session, lease.job_id) == ["handed_back", None]


@pytest.mark.parametrize(
    "end",
    [
        done,
        hand_back,
        lambda session, lease: failed(session, lease, FAILURE),
        lambda session, lease: put_off(session, lease, datetime.now(UTC), ""),
    ],
    ids=["done", "handed back", "failed", "put off"],
)
def test_whoever_lost_the_lease_cannot_end_the_job(session, end):
    old = claimed(session, stored(session), "one")
    expire(session, old)
    reap(session)
    claimed(session, old.job_id, "two")

    with pytest.raises(LeaseLost):
        end(session, old)
    job = fresh(session, old.job_id)
    assert (job.state, job.lease_owner) == ("running", "two")
