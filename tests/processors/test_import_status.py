"""What an import tells of itself while it runs, and what an operator's word does to it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import QueueJob, SyncJob, SyncProgress
from setlist.pipeline.estimates import history_of
from setlist.pipeline.start import start_import
from setlist.pipeline.steering import Action, steer
from setlist.processors import importing
from setlist.processors.artist_import import artist_import
from setlist.processors.progress import announce
from tests.processors.conftest import SMALL, requested

pytestmark = pytest.mark.usefixtures("new_process")

At = Callable[[str, Callable[[Session], None]], None]


@pytest.fixture
def when(monkeypatch: pytest.MonkeyPatch) -> At:
    """Does something in a session of its own, once, after the first step of a phase."""

    def arrange(phase: str, act: Callable[[Session], None]) -> None:
        done: list[int] = []

        def announcing(sync_id: int, event_id: int) -> None:
            announce(sync_id, event_id)
            with Session(db.engine) as session:
                if not done and session.get_one(SyncJob, sync_id).phase == phase:
                    done.append(event_id)
                    act(session)
                    session.commit()

        monkeypatch.setattr(importing, "announce", announcing)

    return arrange


def run(session: Session, sync: SyncJob) -> str | None:
    session.expire_all()
    assert sync.queue_job_id is not None
    outcome = artist_import.run_once(sync.queue_job_id)
    session.expire_all()
    return outcome


def events(session: Session) -> list[SyncProgress]:
    return list(session.scalars(select(SyncProgress).order_by(SyncProgress.id)))


def test_each_step_tells_the_time_left_and_the_end_how_far_off_it_was(session: Session) -> None:
    sync = requested(session, SMALL)
    assert run(session, sync) == "done"
    told = [event.left_seconds for event in events(session)]
    assert told[-1] == 0
    assert any(left is not None and left > 0 for left in told)
    assert all(left is None or left >= 0 for left in told)
    assert sync.estimate_error is not None
    assert sync.estimate_error >= 0
    assert sync.runs == 1


def test_it_keeps_how_large_each_listing_was_and_how_fast(session: Session) -> None:
    sync = requested(session, SMALL)
    run(session, sync)
    assert set(sync.work) == {"shows", "recordings", "albums", "setlists"}
    for kept in sync.work.values():
        assert kept["is_over"]
        assert kept["entries"] == kept["fetched_entries"] > 0
        assert kept["fetch_seconds"] > 0
        assert kept["write_seconds"] > 0
    calls = sum(kept["calls"] for kept in sync.work.values())
    assert calls <= sum(sync.calls.values())


def test_what_past_imports_took_is_learned_from_those_that_are_done(session: Session) -> None:
    sync = requested(session, SMALL)
    run(session, sync)
    assert history_of(session, "import").imports == 0
    for state in ("done", "done", "failed"):
        more = SyncJob(kind="import", artist_id=sync.artist_id, state=state, work=sync.work)
        more.finished_at, more.phase_seconds = sync.finished_at, sync.phase_seconds
        session.add(more)
    session.commit()
    learned = history_of(session, "import")
    assert learned.imports == 3
    assert set(learned.listings) == set(sync.work)
    assert set(learned.phases) == {"identify", "ballots"}
    assert history_of(session, "setlist_sync").imports == 0


def test_cancelled_while_it_runs_it_stops_at_its_next_checkpoint(session: Session, when: At) -> None:
    sync = requested(session, SMALL)
    seen: list[str] = []

    def cancel(other: Session) -> None:
        done = steer(other, Action.CANCEL, sync.id, account_id=None)
        seen.append(f"{done.sync.state}: {done.words}")

    when("shows", cancel)
    assert run(session, sync) == "cancelled"
    assert seen[0].startswith("running: ")
    assert "stops at its next checkpoint" in seen[0]
    assert (sync.state, sync.error) == ("cancelled", "cancelled by an operator")
    assert sync.finished_at is not None
    assert events(session)[-1].state == "cancelled"


def test_resumed_it_goes_on_from_there_and_its_percentage_does_not_fall(session: Session, when: At) -> None:
    sync = requested(session, SMALL)
    when("catalogue", lambda other: steer(other, Action.CANCEL, sync.id, account_id=None) and None)
    run(session, sync)
    first, spent = sync.queue_job_id, dict(sync.calls)
    identified = sync.phase_seconds["identify"]
    steer(session, Action.RESUME, sync.id, account_id=None)
    session.commit()
    assert sync.queue_job_id != first
    assert run(session, sync) == "done"
    assert (sync.state, sync.percent, sync.runs) == ("done", 100, 2)
    assert sync.phase_seconds["identify"] == identified
    assert sync.calls["ticketmaster"] == spent["ticketmaster"]
    percents = [event.percent for event in events(session)]
    assert percents == sorted(percents)
    assert [event.state for event in events(session)].count("queued") == 1
    assert sync.estimate_error is None  # nobody could foresee that it would stop and go on


def test_an_old_run_that_comes_to_its_end_late_does_not_end_the_resumed_one(
    session: Session, when: At
) -> None:
    sync = requested(session, SMALL)

    def another_job(other: Session) -> None:
        """As after a cancel whose lease ran out, and a resume."""
        job = QueueJob(queue="artist_import", args={"sync_id": sync.id}, max_attempts=5)
        other.add(job)
        other.flush()
        other.execute(update(QueueJob).where(QueueJob.id != job.id).values(state="cancelled"))
        other.execute(update(SyncJob).values(queue_job_id=job.id, state="queued"))

    when("shows", another_job)
    assert run(session, sync) == "cancelled"
    assert sync.state == "queued"


def test_tried_again_it_is_a_new_import_and_the_old_one_stays_as_it_ended(session: Session) -> None:
    sync = requested(session, SMALL)
    steer(session, Action.CANCEL, sync.id, account_id=None)
    session.commit()
    again = steer(session, Action.RETRY, sync.id, account_id=None).sync
    session.commit()
    assert again.id != sync.id
    assert steer(session, Action.RETRY, sync.id, account_id=None).sync.id == again.id
    session.commit()
    assert run(session, again) == "done"
    assert sync.state == "cancelled"
    assert start_import(session, again.artist).id not in {sync.id, again.id}
