import pytest
from sqlalchemy import select, text, update

from setlist.models import Artist, QueueJob, SyncJob, SyncProgress
from setlist.queue.aftermath import settle_imports
from setlist.queue.cancel import cancel
from setlist.queue.claim import Lease
from setlist.queue.finish import Failure, done, failed
from tests.queue.rows import claimed, stored


@pytest.fixture
def running_import(session) -> tuple[SyncJob, Lease]:
    artist = Artist(name="Muse", name_folded="muse")
    session.add(artist)
    session.flush()
    lease = claimed(session, stored(session))
    sync = SyncJob(kind="import", artist_id=artist.id, queue_job_id=lease.job_id, state="running", percent=40)
    session.add(sync)
    session.commit()
    return sync, lease


def bury(session, lease: Lease) -> None:
    last = Lease(
        job_id=lease.job_id,
        fence=lease.fence,
        queue=lease.queue,
        args={},
        attempts=3,
        max_attempts=3,
        seconds=1,
    )
    failed(session, last, Failure(error="ValueError: no"))


def test_an_import_whose_job_is_dead_has_failed_and_its_streams_are_told(session, running_import):
    sync, lease = running_import
    bury(session, lease)

    assert settle_imports(session) == [sync.id]
    session.commit()
    assert (sync.state, sync.error) == ("failed", "ValueError: no")
    assert sync.finished_at is not None
    event = session.scalars(select(SyncProgress)).one()
    assert (event.sync_job_id, event.state, event.percent) == (sync.id, "failed", 40)
    assert settle_imports(session) == []


def test_an_import_whose_job_was_cancelled_is_cancelled(session, running_import):
    sync, lease = running_import
    cancel(session, lease.job_id, reason="cancelled by an operator")
    assert settle_imports(session) == []  # it stops by itself, at its next checkpoint

    session.execute(update(QueueJob).values(lease_until=text("now() - interval '1 second'")))
    assert settle_imports(session) == [sync.id]
    session.commit()
    assert (sync.state, sync.error) == ("cancelled", "cancelled by an operator")


def test_an_import_that_runs_or_ended_by_itself_is_left_alone(session, running_import):
    sync, lease = running_import
    assert settle_imports(session) == []

    sync.state = "done"
    session.flush()
    done(session, lease)
    assert settle_imports(session) == []
    assert sync.state == "done"
