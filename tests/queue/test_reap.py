from setlist.queue.names import rule_of
from setlist.queue.reap import Reaped, reap
from tests.queue.rows import QUEUE, age, claimed, expire, fresh, outcomes, seconds_until, stored


def reaped(session) -> Reaped:
    result = reap(session)
    session.commit()
    return result


def test_an_expired_lease_goes_back_to_waiting_at_once(session):
    lease = claimed(session, stored(session))
    expire(session, lease)

    assert reaped(session) == Reaped(returned=1, dead=0)
    job = fresh(session, lease.job_id)
    assert (job.state, job.attempts, job.sent_at, job.lease_owner) == ("retrying", 1, None, None)
    assert job.error == "its worker went silent"
    assert seconds_until(session, lease.job_id) <= 0
    assert outcomes(session, lease.job_id) == ["lost"]


def test_a_lease_that_holds_is_left_alone(session):
    claimed(session, stored(session))

    assert reaped(session) == Reaped(returned=0, dead=0)


def test_a_job_that_loses_worker_after_worker_waits_longer_and_ends_as_dead(session):
    job_id, waits = stored(session), []
    for _ in range(rule_of(QUEUE).attempts):
        expire(session, claimed(session, job_id))
        last = reaped(session)
        waits.append(seconds_until(session, job_id))
        age(session, job_id, "run_at", 1000)

    assert last == Reaped(returned=0, dead=1)
    assert waits[0] <= 0 < waits[1]
    job = fresh(session, job_id)
    assert (job.state, job.finished_at is None) == ("dead", False)
    assert outcomes(session, job_id) == ["lost", "lost", "lost"]
