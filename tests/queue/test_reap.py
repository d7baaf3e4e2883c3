from setlist.queue.reap import MOST_CRASHES, Reaped, reap, worker_died
from tests.queue.rows import age, claimed, expire, fresh, outcomes, seconds_until, stored


def reaped(session) -> Reaped:
    result = reap(session)
    session.commit()
    return result


def test_an_expired_lease_goes_back_to_waiting_at_once(session):
    lease = claimed(session, stored(session))
    expire(session, lease)

    assert reaped(session) == Reaped(returned=1, dead=0)
    job = fresh(session, lease.job_id)
    assert (job.state, job.attempts, job.crashes) == ("retrying", 0, 1)
    assert (job.sent_at, job.lease_owner) == (None, None)
    assert job.error == "its worker went silent"
    assert seconds_until(session, lease.job_id) <= 0
    assert outcomes(session, lease.job_id) == ["lost"]


def test_a_lease_that_holds_is_left_alone(session):
    claimed(session, stored(session))

    assert reaped(session) == Reaped(returned=0, dead=0)


def test_a_job_that_loses_worker_after_worker_waits_longer_and_is_dead_after_three(session):
    job_id, waits = stored(session), []
    for _ in range(MOST_CRASHES):
        expire(session, claimed(session, job_id))
        last = reaped(session)
        waits.append(seconds_until(session, job_id))
        age(session, job_id, "run_at", 1000)

    assert last == Reaped(returned=0, dead=1)
    assert waits[0] <= 0 < waits[1]
    job = fresh(session, job_id)
    assert (job.state, job.crashes, job.attempts, job.finished_at is None) == ("dead", 3, 0, False)
    assert "it may be this job" in job.error
    assert outcomes(session, job_id) == ["lost", "lost", "lost"]


def test_the_jobs_of_a_worker_that_was_seen_to_die_go_on_at_once_and_no_others(session):
    lost, kept = (
        claimed(session, stored(session), worker="h_st:12:aaa"),
        claimed(session, stored(session), worker="h_st:123:bbb"),
    )
    assert worker_died(session, host="h_st", pid=12) == 1
    assert reaped(session) == Reaped(returned=1, dead=0)
    assert (fresh(session, lost.job_id).state, fresh(session, kept.job_id).state) == ("retrying", "running")
