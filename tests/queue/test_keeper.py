from datetime import UTC, datetime

from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models.queue import Worker
from setlist.queue.cancel import cancel
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.workers import WorkerIdentity
from tests.queue.polling import until
from tests.queue.rows import claimed, expire, fresh, stored

WORKER = WorkerIdentity(threads=4, version="0.1.0")


def make_keeper(lease_seconds: float = 60) -> LeaseKeeper:
    engine = db.engine
    return LeaseKeeper(WORKER, lambda: Session(engine), lease_seconds=lease_seconds)


def test_a_beat_renews_the_leases_it_holds_and_the_workers_row(session):
    keeper = make_keeper()
    held, not_held = claimed(session, stored(session)), claimed(session, stored(session))
    for lease in (held, not_held):
        expire(session, lease)
    keeper.hold(held)
    keeper.beat()

    now = datetime.now(UTC)
    assert fresh(session, held.job_id).lease_until > now
    assert fresh(session, not_held.job_id).lease_until < now
    assert session.get_one(Worker, WORKER.id).heartbeat_at is not None


def test_a_lease_that_was_lost_is_dropped(session):
    keeper, lease = make_keeper(), claimed(session, stored(session))
    keeper.hold(lease)
    cancel(session, lease.job_id)
    session.commit()
    keeper.beat()

    assert keeper.held() == []


def test_releasing_an_old_lease_keeps_the_new_one(session):
    keeper = make_keeper()
    old, new = claimed(session, stored(session)), claimed(session, stored(session))
    keeper.hold(new)
    keeper.release(old)

    assert keeper.held() == [new]
    keeper.release(new)
    assert keeper.held() == []


def test_its_thread_beats_by_itself(session):
    keeper, lease = make_keeper(lease_seconds=0.1), claimed(session, stored(session))
    expire(session, lease)
    keeper.hold(lease)
    keeper.start()
    until(lambda: fresh(session, lease.job_id).lease_until > datetime.now(UTC))
    keeper.stop()
