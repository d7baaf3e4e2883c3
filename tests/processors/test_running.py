import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import Artist, SyncJob, SystemHealth
from setlist.models.queue import QueueJobAttempt
from setlist.processors.running import JobRun, Processor, WorkerProcess, job
from setlist.queue.cancel import cancel
from setlist.queue.errors import Cancelled, Handover, Hopeless, LeaseLost, TryAgainAt
from setlist.queue.keeper import LeaseKeeper
from setlist.queue.names import UnknownQueue
from setlist.queue.reap import reap
from setlist.queue.workers import WorkerIdentity
from tests.queue.rows import (
    OTHER_QUEUE,
    QUEUE,
    age,
    claimed,
    fresh,
    outcomes,
    stored,
)


def note(run: JobRun, text: str = "noted") -> None:
    """A row as the trace of a run."""
    run.session.add(SystemHealth(part="test", state=text))


def notes(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(SystemHealth))


def elsewhere(action, *args) -> None:
    """In a transaction of somebody else's."""
    with Session(db.engine) as other:
        action(other, *args)
        other.commit()


def take_away(run: JobRun) -> None:
    elsewhere(lambda other: age(other, run.job_id, "lease_until", 1000))
    elsewhere(reap)


@job(QUEUE)
def notes_and_returns(run: JobRun) -> None:
    note(run, f"{run.args['name']} {run.job_id} {run.fence}")


class TestARun:
    def test_what_it_wrote_and_that_it_is_done_are_one_commit(self, session):
        job_id = stored(session, name="Muse")

        assert notes_and_returns.run_once(job_id) == "done"
        assert fresh(session, job_id).state == "done"
        assert session.scalar(select(SystemHealth.state)) == f"Muse {job_id} 1"

    def test_a_second_message_for_it_does_nothing(self, session):
        job_id = stored(session, name="Muse")
        notes_and_returns.run_once(job_id)

        assert notes_and_returns.run_once(job_id) is None
        assert notes(session) == 1

    def test_a_message_for_what_is_not_there_does_nothing(self, session):
        assert notes_and_returns.run_once(999_999) is None

    def test_a_message_in_the_wrong_queue_does_nothing(self, session):
        assert notes_and_returns.run_once(stored(session, OTHER_QUEUE)) is None
        assert notes(session) == 0

    def test_a_job_can_be_called_as_the_function_it_is(self, session):
        lease = claimed(session, stored(session, name="Muse"))
        notes_and_returns(JobRun(session=session, lease=lease, stopping=threading.Event()))
        session.commit()

        assert notes(session) == 1

    def test_a_queue_must_be_in_the_table(self):
        with pytest.raises(UnknownQueue):
            job("artist_improt")


class TestAFailure:
    def test_it_is_tried_again_with_its_traceback_kept_and_its_writes_undone(self, session):
        def fails(run: JobRun) -> None:
            note(run)
            run.session.flush()
            raise ValueError("nobody knows this name")

        job_id = stored(session)
        assert Processor(QUEUE, fails).run_once(job_id) == "retrying"

        assert notes(session) == 0
        found = fresh(session, job_id)
        assert (found.state, found.error) == ("retrying", "ValueError: nobody knows this name")
        attempt = session.get_one(QueueJobAttempt, (job_id, 1))
        assert "in fails" in attempt.traceback

    def test_a_broken_transaction_does_not_stop_it_from_being_written_down(self, session):
        def breaks(run: JobRun) -> None:
            run.session.add(SyncJob(kind="import", artist_id=999_999))
            run.commit()

        job_id = stored(session)
        assert Processor(QUEUE, breaks).run_once(job_id) == "retrying"
        assert "ForeignKeyViolation" in fresh(session, job_id).error

    def test_after_the_last_attempt_it_is_dead_and_so_is_its_import(self, session):
        def fails(run: JobRun) -> None:
            assert run.is_last_attempt is (run.lease.attempts == 3)
            raise ValueError("no")

        job_id = stored(session)
        artist = Artist(name="Muse", name_folded="muse")
        session.add(artist)
        session.flush()
        sync = SyncJob(kind="import", artist_id=artist.id, queue_job_id=job_id, state="running")
        session.add(sync)
        session.commit()

        found = []
        for _ in range(3):
            found.append(Processor(QUEUE, fails).run_once(job_id))
            age(session, job_id, "run_at", 1000)

        assert found == ["retrying", "retrying", "dead"]
        session.refresh(sync)
        assert (sync.state, sync.error) == ("failed", "ValueError: no")

    def test_one_that_no_other_attempt_can_help_is_dead_at_once_with_its_cause(self, session):
        def has_nothing_to_import(run: JobRun) -> None:
            note(run)
            try:
                raise LookupError("MusicBrainz does not know this artist")
            except LookupError as error:
                raise Hopeless from error

        job_id = stored(session)
        artist = Artist(name="Muse", name_folded="muse")
        session.add(artist)
        session.flush()
        sync = SyncJob(kind="import", artist_id=artist.id, queue_job_id=job_id, state="running")
        session.add(sync)
        session.commit()

        assert Processor(QUEUE, has_nothing_to_import).run_once(job_id) == "dead"
        assert notes(session) == 0
        found, told = fresh(session, job_id), "LookupError: MusicBrainz does not know this artist"
        assert (found.state, found.attempts, found.error) == ("dead", 1, told)
        assert outcomes(session, job_id) == ["dead"]
        assert "in has_nothing_to_import" in session.get_one(QueueJobAttempt, (job_id, 1)).traceback
        session.refresh(sync)
        assert (sync.state, sync.error) == ("failed", told)

    def test_a_processor_may_say_so_itself(self, session):
        def waits(run: JobRun) -> None:
            raise TryAgainAt(datetime.now(UTC) + timedelta(minutes=5))

        assert Processor(QUEUE, waits).run_once(stored(session)) == "put_off"


class TestACheckpoint:
    def test_it_commits_and_renews_the_lease(self, session):
        def works(run: JobRun) -> None:
            elsewhere(lambda other: age(other, run.job_id, "lease_until", 1000))
            note(run)
            run.commit()
            with Session(db.engine) as other:
                assert fresh(other, run.job_id).lease_until > datetime.now(UTC)
                assert notes(other) == 1

        assert Processor(QUEUE, works).run_once(stored(session)) == "done"

    def test_a_run_that_lost_its_lease_writes_nothing_more(self, session):
        refused = []

        def is_late(run: JobRun) -> None:
            take_away(run)
            note(run)
            with pytest.raises(LeaseLost) as caught:
                run.commit()
            refused.append(caught.value)
            raise caught.value

        job_id = stored(session)
        assert Processor(QUEUE, is_late).run_once(job_id) == "lost"
        assert len(refused) == 1
        assert notes(session) == 0
        assert fresh(session, job_id).state == "retrying"

    def test_nor_does_one_that_never_asked(self, session):
        def never_asks(run: JobRun) -> None:
            take_away(run)
            note(run)

        job_id = stored(session)
        assert Processor(QUEUE, never_asks).run_once(job_id) == "lost"
        assert notes(session) == 0
        assert outcomes(session, job_id) == ["lost"]

    def test_a_cancelled_run_stops(self, session):
        def is_cancelled(run: JobRun) -> None:
            elsewhere(cancel, run.job_id)
            note(run)
            with pytest.raises(Cancelled):
                run.commit()
            raise Cancelled

        job_id = stored(session)
        assert Processor(QUEUE, is_cancelled).run_once(job_id) == "cancelled"
        assert notes(session) == 0
        assert fresh(session, job_id).state == "cancelled"

    def test_a_stopping_worker_hands_the_job_back_with_what_was_done_committed(self, session):
        worker = WorkerProcess(id="one")

        def works(run: JobRun) -> None:
            note(run)
            worker.stopping.set()
            run.commit()

        job_id = stored(session)
        assert Processor(QUEUE, works).run_once(job_id, worker) == "handed_back"
        found = fresh(session, job_id)
        assert (found.state, found.attempts, found.sent_at) == ("queued", 0, None)
        assert notes(session) == 1

    def test_the_ways_to_stop_pass_through_an_except_exception(self):
        for interruption in (Handover, LeaseLost, Cancelled, TryAgainAt):
            assert not issubclass(interruption, Exception)


class TestAWorker:
    def test_its_keeper_holds_the_lease_while_the_job_runs(self, session):
        engine = db.engine
        identity = WorkerIdentity(threads=1, version="0")
        keeper = LeaseKeeper(identity, lambda: Session(engine), lease_seconds=60)
        worker = WorkerProcess(id="one", lease_seconds=60, keeper=keeper)
        held = []

        def works(run: JobRun) -> None:
            held.extend(lease.job_id for lease in keeper.held())
            raise ValueError("and fails")

        Processor(QUEUE, works).run_once(job_id := stored(session), worker)
        assert held == [job_id]
        assert keeper.held() == []
