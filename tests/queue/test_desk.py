import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models.queue import QueueJob
from setlist.queue.cancel import cancel
from setlist.queue.claim import Lease
from setlist.queue.desk import Desk
from setlist.queue.errors import Cancelled, Interrupted, LeaseLost
from setlist.queue.reap import reap
from tests.queue.polling import until
from tests.queue.rows import claimed, expire, fresh, outcomes, stored

SECONDS = 30.0


@pytest.fixture
def opened(app) -> Iterator[Callable[[Callable[[], Session]], Desk]]:
    desks: list[Desk] = []

    def opening(open_session: Callable[[], Session]) -> Desk:
        desks.append(Desk(open_session))
        desks[-1].start()
        return desks[-1]

    yield opening
    for desk in desks:
        desk.stop(seconds=5)


@pytest.fixture
def desk(opened) -> Desk:
    engine = db.engine
    return opened(lambda: Session(engine))


def ended(desk: Desk, lease: Lease) -> Interrupted | None:
    """How it was answered."""
    over, answers = threading.Event(), []

    def then(refused: Interrupted | None) -> None:
        answers.append(refused)
        over.set()

    desk.done(lease, then)
    assert over.wait(SECONDS)
    return answers[0]


def test_those_that_end_together_are_all_done(session, desk):
    leases = [claimed(session, stored(session)) for _ in range(30)]
    refused: list[Interrupted | None] = []
    for lease in leases:
        desk.done(lease, refused.append)
    until(lambda: len(refused) == 30)

    assert set(refused) == {None}
    assert {fresh(session, lease.job_id).state for lease in leases} == {"done"}
    assert outcomes(session, leases[0].job_id) == ["done"]


def test_one_of_a_round_that_is_lost_or_cancelled_is_told_so_and_the_others_are_done(session, desk):
    lost, gone, kept = (claimed(session, stored(session)) for _ in range(3))
    expire(session, lost)
    reap(session)
    cancel(session, gone.job_id)
    session.commit()

    assert isinstance(ended(desk, lost), LeaseLost)
    assert isinstance(ended(desk, gone), Cancelled)
    assert ended(desk, kept) is None
    assert [fresh(session, lease.job_id).state for lease in (lost, gone, kept)] == [
        "retrying", "cancelled", "done",
    ]  # fmt: skip


def test_an_end_waits_for_a_database_that_is_away(session, opened, tmp_path):
    away = create_engine(f"postgresql+psycopg:///nothing?host={tmp_path}")
    engines = [away, db.engine]
    desk = opened(lambda: Session(engines.pop(0) if len(engines) > 1 else engines[0]))
    lease = claimed(session, stored(session))

    assert ended(desk, lease) is None
    assert fresh(session, lease.job_id).state == "done"


def test_a_fault_of_ours_is_not_waited_for(session, opened, caplog):
    class Broken(Session):
        def commit(self) -> None:
            self.execute(text("SELECT 1 / 0"))

    engine = db.engine
    desk = opened(lambda: Broken(engine))
    lease = claimed(session, stored(session))
    ended(desk, lease)

    until(lambda: "could not be written" in caplog.text)
    assert fresh(session, lease.job_id).state == "running"  # until its lease runs out


def test_what_was_asked_before_the_stop_is_written(session, app):
    engine = db.engine
    desk = Desk(lambda: Session(engine))
    leases = [claimed(session, stored(session)) for _ in range(100)]
    for lease in leases:
        desk.done(lease, lambda refused: None)
    desk.start()
    desk.stop(seconds=SECONDS)

    session.rollback()
    assert session.scalar(select(func.count()).where(QueueJob.state == "done")) == 100
