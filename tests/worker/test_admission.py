import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from setlist.broker.consumer import NotNow
from setlist.extensions import db
from setlist.processors.running import JobRun, Processor, WorkerProcess
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.workers import WorkerIdentity
from setlist.worker.admission import Admission
from tests.queue.rows import OTHER_QUEUE, QUEUE, claimed, fresh, stored


@pytest.fixture
def process(app) -> WorkerProcess:
    engine = db.engine
    keeper = LeaseKeeper(WorkerIdentity(threads=1, version=""), lambda: Session(engine), lease_seconds=60)
    return WorkerProcess(id="one", keeper=keeper)


@pytest.fixture
def admission(app, process) -> Admission:
    def nothing(run: JobRun) -> None:
        """Nothing."""

    return Admission(app, [Processor(QUEUE, nothing)], process)


def test_what_can_be_claimed_is_and_held_until_it_has_run(session, admission, process):
    free, taken, of_another = stored(session), stored(session), stored(session, OTHER_QUEUE)
    claimed(session, taken, "two")

    assert set(admission.admit(QUEUE, [free, taken, of_another, 10**9])) == {free}
    assert [lease.job_id for lease in process.keeper.held()] == [free]
    admission.run(QUEUE, free)
    assert fresh(session, free).state == "done"
    assert process.keeper.held() == []


def test_a_worker_that_stops_claims_nothing(session, admission, process):
    process.stopping.set()
    job_id = stored(session)

    with pytest.raises(NotNow, match="stops"):
        admission.admit(QUEUE, [job_id])
    assert fresh(session, job_id).attempts == 0


def test_nor_does_one_without_a_database(admission, monkeypatch):
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception("the server is away"))

    monkeypatch.setattr(Processor, "claim_for", away)
    with pytest.raises(NotNow, match="the server is away"):
        admission.admit(QUEUE, [1])
