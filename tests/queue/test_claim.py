import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models.queue import QueueJob
from setlist.queue.cancel import cancel
from setlist.queue.claim import Wanted, claim, claim_all, renew, renew_all
from setlist.queue.enqueue import enqueue
from setlist.queue.errors import Cancelled, LeaseLost
from setlist.queue.finish import done
from setlist.queue.pause import pause
from setlist.queue.reap import reap
from tests.queue.rows import OTHER_QUEUE, QUEUE, claimed, expire, fresh, outcomes, stored


def test_a_claim_takes_the_lease_counts_the_attempt_and_raises_the_fence(session):
    job_id = stored(session, name="Muse")
    lease = claimed(session, job_id, "one")

    job = fresh(session, job_id)
    assert (job.state, job.attempts, job.fence, job.lease_owner) == ("running", 1, 1, "one")
    assert job.lease_until > datetime.now(UTC)
    assert (lease.args, lease.fence, lease.attempts, lease.is_last) == ({"name": "Muse"}, 1, 1, False)
    assert outcomes(session, job_id) == [None]


def test_a_claim_raced_by_eight_has_one_winner(app, session):
    job_id, engine = stored(session), db.engine
    together, leases = threading.Barrier(8), []

    def race(worker: str) -> None:
        with Session(engine) as own:
            together.wait(5)
            leases.append(claim(own, QUEUE, job_id, worker=worker, seconds=30))
            own.commit()

    threads = [threading.Thread(target=race, args=(f"worker {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(leases) == 8
    assert len([lease for lease in leases if lease is not None]) == 1
    assert fresh(session, job_id).attempts == 1


def test_what_is_not_there_not_due_or_of_another_queue_is_not_claimed(session):
    later = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(hours=1)).id
    other = stored(session, OTHER_QUEUE)
    for job_id in (later, other, 999_999):
        assert claim(session, QUEUE, job_id, worker="one", seconds=30) is None


def test_what_is_taken_or_over_is_not_claimed(session):
    taken, over = stored(session), stored(session)
    claimed(session, taken)
    cancel(session, over)
    for job_id in (taken, over):
        assert claim(session, QUEUE, job_id, worker="two", seconds=30) is None


def test_a_job_of_a_paused_queue_is_not_claimed(session):
    job_id = stored(session)
    pause(session, QUEUE)

    assert claim(session, QUEUE, job_id, worker="one", seconds=30) is None


def test_renewing_moves_the_end_of_the_lease(session):
    lease = claimed(session, stored(session))
    expire(session, lease)
    renew(session, lease)
    session.commit()

    assert fresh(session, lease.job_id).lease_until > datetime.now(UTC)


def test_a_stale_fence_is_refused(session):
    old = claimed(session, stored(session), "one")
    expire(session, old)
    reap(session)
    session.commit()
    new = claimed(session, old.job_id, "two")

    assert new.fence == old.fence + 1
    with pytest.raises(LeaseLost):
        renew(session, old)
    renew(session, new)


def test_a_cancelled_job_is_refused_by_that_name(session):
    lease = claimed(session, stored(session))
    cancel(session, lease.job_id)

    with pytest.raises(Cancelled):
        renew(session, lease)


def test_many_leases_are_renewed_at_once_and_the_lost_are_named(session):
    kept, lost = claimed(session, stored(session)), claimed(session, stored(session))
    cancel(session, lost.job_id)

    assert renew_all(session, [kept, lost]) == {kept.job_id}
    assert renew_all(session, []) == set()


def test_of_jobs_that_lost_a_worker_one_runs_at_a_time_in_each(session):
    suspects, innocent = [stored(session) for _ in range(3)], stored(session)
    session.execute(update(QueueJob).where(QueueJob.id.in_(suspects)).values(crashes=1))
    session.commit()
    wanted = [Wanted(queue=QUEUE, job_id=job_id, seconds=30) for job_id in [*suspects, innocent]]

    first = claim_all(session, wanted, worker="one")
    assert sorted(first) == [suspects[0], innocent]
    assert claim_all(session, wanted, worker="one") == {}
    assert sorted(claim_all(session, wanted, worker="two")) == [suspects[1]]
    done(session, first[suspects[0]])
    assert sorted(claim_all(session, wanted, worker="one")) == [suspects[2]]
