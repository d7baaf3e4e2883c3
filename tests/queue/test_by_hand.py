from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from setlist.models import Artist, QueueJob, SyncJob, SyncProgress
from setlist.queue import by_hand
from setlist.queue.by_hand import (
    DeadOnes,
    StandsInTheWay,
    attempts_of,
    cancel_waiting_batch,
    count_dead,
    discard,
    discard_batch,
    retry,
)
from setlist.queue.cancel import cancel
from setlist.queue.enqueue import enqueue
from setlist.queue.finish import Failure, done, failed
from tests.queue.rows import OTHER_QUEUE, QUEUE, claimed, fresh, outcomes, stored


def died(session, error: str = "no", queue: str = QUEUE, dedup_key: str | None = None) -> int:
    job_id = enqueue(session, queue, {}, dedup_key=dedup_key).id
    session.commit()
    failure = Failure(error=error, traceback="Traceback: here", hopeless=True)
    failed(session, claimed(session, job_id, queue=queue), failure)
    session.commit()
    return job_id


def later() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=30)


def imported(session, job_id: int, state: str) -> SyncJob:
    artist = Artist(name="Muse", name_folded="muse")
    session.add(artist)
    session.flush()
    sync = SyncJob(
        kind="import", artist_id=artist.id, queue_job_id=job_id, state=state, percent=40.0, error="it failed"
    )
    session.add(sync)
    session.commit()
    return sync


class TestRetry:
    @pytest.mark.parametrize("end", ["dead", "cancelled", "discarded"])
    def test_what_is_over_begins_anew_and_is_due_at_once(self, session, end):
        job_id = died(session)
        session.execute(text("UPDATE queue_jobs SET state = :end, crashes = 2"), {"end": end})
        assert retry(session, job_id)
        job = fresh_after(session, job_id)
        assert (job.state, job.attempts, job.crashes, job.sent_at) == ("queued", 0, 0, None)
        assert (job.error, job.finished_at) == (None, None)
        lease = claimed(session, job_id)
        assert lease.fence == 2  # whoever ran it before stays refused
        assert outcomes(session, job_id) == ["dead", None]

    def test_twice_changes_nothing_more(self, session):
        job_id = died(session)
        assert retry(session, job_id)
        assert not retry(session, job_id)
        claimed_lease = claimed(session, job_id)
        assert not retry(session, job_id)
        done(session, claimed_lease)
        session.commit()
        assert not retry(session, job_id)

    def test_another_one_that_does_the_same_is_named(self, session):
        job_id = died(session, dedup_key="muse")
        other = enqueue(session, QUEUE, {}, dedup_key="muse").id
        session.commit()
        with pytest.raises(StandsInTheWay) as refusal:
            retry(session, job_id)
        assert refusal.value.job_id == other
        session.commit()
        assert fresh(session, job_id).state == "dead"

    def test_its_import_goes_on_where_it_was(self, session):
        job_id = died(session)
        sync = imported(session, job_id, "failed")
        retry(session, job_id)
        session.commit()
        session.refresh(sync)
        assert (sync.state, sync.percent, sync.error, sync.finished_at) == ("queued", 40.0, None, None)
        assert session.scalars(select(SyncProgress.state)).all() == ["queued"]

    def test_an_import_that_was_done_is_left_alone(self, session):
        job_id = died(session)
        sync = imported(session, job_id, "done")
        retry(session, job_id)
        session.commit()
        session.refresh(sync)
        assert sync.state == "done"


class TestDiscard:
    def test_a_dead_job_is_put_away_with_its_traceback(self, session):
        job_id = died(session)
        assert discard(session, job_id)
        assert fresh_after(session, job_id).state == "discarded"
        assert attempts_of(session, job_id, limit=5)[0].traceback == "Traceback: here"

    def test_twice_and_what_is_not_dead_changes_nothing(self, session):
        job_id, waiting = died(session), stored(session)
        discard(session, job_id)
        assert not discard(session, job_id)
        assert not discard(session, waiting)
        assert fresh_after(session, waiting).state == "queued"

    def test_its_import_is_told_that_it_failed_although_nobody_did_before(self, session):
        job_id = died(session)
        sync = imported(session, job_id, "running")
        discard(session, job_id)
        session.commit()
        session.refresh(sync)
        assert sync.state == "failed"

    def test_those_that_match_go_in_batches(self, session, monkeypatch):
        monkeypatch.setattr(by_hand, "BATCH", 2)
        for _ in range(3):
            died(session)
        which = DeadOnes(until=later())
        assert count_dead(session, which, cap=100) == 3
        assert count_dead(session, which, cap=2) == 2
        assert [discard_batch(session, which) for _ in range(3)] == [2, 1, 0]

    def test_only_those_that_match(self, session):
        kept = [died(session, "100% wrong", OTHER_QUEUE), died(session, "100 wrong")]
        gone = died(session, "It is 100% WRONG")
        assert discard_batch(session, DeadOnes(until=later(), queue=QUEUE, words="100% wrong")) == 1
        assert fresh_after(session, gone).state == "discarded"
        assert [fresh(session, job_id).state for job_id in kept] == ["dead", "dead"]

    def test_what_died_after_they_were_counted_stays(self, session):
        died(session)
        assert discard_batch(session, DeadOnes(until=datetime.now(UTC) - timedelta(minutes=1))) == 0


class TestCancelAllThatWait:
    def test_those_of_the_queue_that_wait(self, session):
        running = claimed(session, stored(session)).job_id
        waiting, other = stored(session), stored(session, OTHER_QUEUE)
        assert cancel_waiting_batch(session, QUEUE, until=later(), reason="not now") == 1
        assert (job := fresh_after(session, waiting)).state == "cancelled"
        assert (job.error, job.finished_at is None) == ("not now", False)
        states = [fresh(session, job_id).state for job_id in (running, other)]
        assert states == ["running", "queued"]
        assert cancel_waiting_batch(session, QUEUE, until=later(), reason="not now") == 0

    def test_in_batches_and_not_what_came_since(self, session, monkeypatch):
        monkeypatch.setattr(by_hand, "BATCH", 2)
        for _ in range(3):
            stored(session)
        before = datetime.now(UTC) - timedelta(minutes=1)
        assert cancel_waiting_batch(session, QUEUE, until=before, reason="") == 0
        assert [cancel_waiting_batch(session, QUEUE, until=later(), reason="") for _ in range(2)] == [2, 1]


def test_a_cancelled_job_may_be_retried(session):
    job_id = stored(session)
    cancel(session, job_id)
    session.commit()
    assert retry(session, job_id)


def test_attempts_come_newest_first_and_few(session):
    job_id = died(session)
    retry(session, job_id)
    session.commit()
    claimed(session, job_id, worker="two")
    assert [attempt.worker for attempt in attempts_of(session, job_id, limit=5)] == ["two", "one"]
    assert len(attempts_of(session, job_id, limit=1)) == 1


def fresh_after(session, job_id: int) -> QueueJob:
    session.commit()
    return fresh(session, job_id)
