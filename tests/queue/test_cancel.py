from setlist.queue.cancel import cancel
from setlist.queue.finish import done
from tests.queue.rows import claimed, fresh, outcomes, stored


def test_a_waiting_job_is_cancelled(session):
    job_id = stored(session)

    assert cancel(session, job_id, reason="not wanted")
    session.commit()
    job = fresh(session, job_id)
    assert (job.state, job.error) == ("cancelled", "not wanted")
    assert job.finished_at is not None


def test_a_running_job_is_cancelled(session):
    lease = claimed(session, stored(session))

    assert cancel(session, lease.job_id)
    session.commit()
    assert fresh(session, lease.job_id).state == "cancelled"
    assert outcomes(session, lease.job_id) == ["cancelled"]


def test_what_is_over_stays_as_it_is(session):
    lease = claimed(session, stored(session))
    done(session, lease)

    assert not cancel(session, lease.job_id)
    assert not cancel(session, 999_999)
    assert fresh(session, lease.job_id).state == "running"  # nothing of this was committed
