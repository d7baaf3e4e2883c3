"""Everything is asked for that is due, once, within what the providers' days may bear."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.models import Artist, QueueJob, SyncJob, SyncMark, SyncSummary, Venue
from setlist.pipeline.freshness_counts import last_counts
from setlist.pipeline.refreshing import IN_VAIN, UNDER_WAY, VENUES_A_JOB
from setlist.pipeline.start import start_import
from setlist.processors import PROCESSORS
from setlist.processors.artist_import import artist_import
from setlist.processors.scheduled_sync import scheduled_sync
from setlist.queue.enqueue import enqueue
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.services.budget import Purpose
from setlist.services.freshness_ages import Kind
from tests.pages.catalogue import add_artist, add_show
from tests.processors.conftest import SMALL, requested

BY_QUEUE = {processor.queue: processor for processor in PROCESSORS}


@pytest.fixture
def artist(session: Session, new_process: Callable[[], None]) -> Artist:
    """Imported just now, and everything as new as it can be: also the venues that listings leave vague."""
    sync = requested(session, SMALL)
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.execute(update(Venue).values(checked_at=datetime.now(UTC)))
    session.commit()
    session.expire_all()
    return sync.artist


def schedule(session: Session) -> SyncSummary:
    job = enqueue(session, "scheduled_sync", {})
    session.commit()
    assert scheduled_sync.run_once(job.id) == "done"
    session.expire_all()
    return session.scalars(select(SyncSummary).where(SyncSummary.queue_job_id == job.id)).one()


def asked_for(session: Session) -> list[QueueJob]:
    waiting = select(QueueJob).where(QueueJob.state == "queued", QueueJob.queue.like("%_sync"))
    return list(session.scalars(waiting.order_by(QueueJob.id)))


def run_all(session: Session) -> None:
    for job in asked_for(session):
        assert BY_QUEUE[job.queue].run_once(job.id) == "done"
    session.expire_all()


def age(session: Session, days: float, *listings: str) -> None:
    older = update(SyncMark).values(checked_at=SyncMark.checked_at - timedelta(days=days))
    session.execute(older.where(SyncMark.listing.in_(listings)) if listings else older)
    session.commit()


def marks(session: Session) -> dict[str, datetime]:
    return {mark.listing: mark.checked_at for mark in session.scalars(select(SyncMark))}


def test_right_after_an_import_nothing_is_due(session: Session, artist: Artist) -> None:
    summary = schedule(session)
    assert asked_for(session) == []
    assert summary.note == "asked for 0 of 0 that are due"


def test_what_is_due_is_asked_for_and_then_it_is_fresh(session: Session, artist: Artist) -> None:
    age(session, 200)
    before = marks(session)
    schedule(session)
    jobs = asked_for(session)
    assert {job.queue for job in jobs} == {
        "ticketmaster_sync",
        "setlist_sync",
        "catalogue_sync",
        "spotify_sync",
    }
    assert [job.args["artist_ids"] for job in jobs if "artist_ids" in job.args] == [[artist.id]]
    run_all(session)
    after = marks(session)
    assert all(after[listing] > before[listing] for listing in before)
    assert schedule(session).note == "asked for 0 of 0 that are due"


def test_what_is_under_way_is_not_asked_for_again(session: Session, artist: Artist) -> None:
    age(session, 200)
    schedule(session)
    first = [job.id for job in asked_for(session)]
    summary = schedule(session)
    assert [job.id for job in asked_for(session)] == first
    assert summary.skipped == {UNDER_WAY: 7}


def test_while_an_import_is_under_way_nothing_else_is_asked(session: Session, artist: Artist) -> None:
    age(session, 200)
    start_import(session, artist)
    session.commit()
    schedule(session)
    assert asked_for(session) == []


def test_each_listing_is_asked_for_at_its_own_age(session: Session, artist: Artist) -> None:
    age(session, 28.5, "picture")
    schedule(session)
    [job] = asked_for(session)
    assert (job.queue, job.args["listings"], job.args["purpose"]) == ("spotify_sync", ["picture"], "sync")


def test_the_setlist_of_a_show_that_is_over_is_asked_for_of_the_mornings_reserve(
    session: Session, artist: Artist
) -> None:
    begun = datetime.now(UTC) - timedelta(hours=14)
    add_show(session, artist, starts_at=begun, locks_at=begun, local_date=begun.date())
    age(session, 2, "setlists")
    schedule(session)
    [job] = [job for job in asked_for(session) if job.queue == "setlist_sync"]
    assert job.args["purpose"] == "setlists"


def test_what_changed_nothing_is_not_repeated_the_same_day(session: Session, artist: Artist) -> None:
    age(session, 200, "picture")
    schedule(session)
    [job] = asked_for(session)
    job.state, job.finished_at = "dead", datetime.now(UTC)
    sync = session.get_one(SyncJob, job.args["sync_id"])
    sync.state, sync.finished_at, sync.error = "failed", datetime.now(UTC), "it is broken"
    session.commit()
    summary = schedule(session)
    assert asked_for(session) == []
    assert summary.skipped == {IN_VAIN: 1}
    sync.started_at = sync.created_at = sync.finished_at = datetime.now(UTC) - timedelta(hours=25)
    session.commit()
    schedule(session)
    assert len(asked_for(session)) == 1


def test_shows_that_could_not_be_read_with_others_are_asked_for_alone(
    session: Session, artist: Artist
) -> None:
    age(session, 20, "dated", "undated")
    schedule(session)
    [job] = asked_for(session)
    assert job.args == {"artist_ids": [artist.id]}
    job.state, job.finished_at = "dead", datetime.now(UTC)
    session.commit()
    schedule(session)
    [alone] = asked_for(session)
    assert alone.args["listings"] == ["dated", "undated"]


def test_a_provider_that_is_left_alone_is_not_asked(
    app: Flask, session: Session, artist: Artist, new_process: Callable[[], None]
) -> None:
    breaker = app.extensions["providers"].gates["spotify"].breaker
    breaker.force_open(by="a test")
    age(session, 200, "picture", "setlists")
    summary = schedule(session)
    assert [job.queue for job in asked_for(session)] == ["setlist_sync"]
    assert summary.skipped == {"Spotify is left alone: its breaker is open": 1}
    breaker.reset(by="a test")


def test_a_provider_that_wants_no_calls_is_not_asked(app: Flask, session: Session, artist: Artist) -> None:
    app.extensions["providers"].gates["spotify"].budget.reserve(Purpose.SYNC)
    app.extensions["providers"].gates["spotify"].budget.hold(3600, "a test")
    age(session, 200, "picture")
    summary = schedule(session)
    assert asked_for(session) == []
    assert "Spotify wants no calls before" in next(iter(summary.skipped))


def test_venues_are_asked_for_some_in_a_job(session: Session, new_process: Callable[[], None]) -> None:
    """The large act's are many."""
    sync = requested(session, BENCHMARK_MBID)
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    venues = session.scalars(select(Venue)).all()
    for venue in venues:
        venue.created_at = venue.checked_at = datetime.now(UTC) - timedelta(days=200)
    session.commit()
    schedule(session)
    jobs = asked_for(session)
    assert {job.queue for job in jobs} == {"venue_sync"}
    asked = [venue_id for job in jobs for venue_id in job.args["venue_ids"]]
    assert len(asked) == len(set(asked)) > VENUES_A_JOB
    schedule(session)
    assert len(asked_for(session)) == len(jobs)


def test_how_old_things_are_is_counted(session: Session, artist: Artist) -> None:
    age(session, 60, "picture")
    schedule(session)
    counts = {row.kind: (row.things, row.due, row.stale) for row in last_counts(session)}
    assert counts["picture"] == (1, 1, 1)
    assert counts["shows"] == (1, 0, 0)
    assert [kind for kind in counts if kind != "venues"] == [
        kind.value for kind in Kind if kind not in {Kind.BACKLOG, Kind.VENUES}
    ]


def test_artists_that_were_merged_or_never_imported_are_left_alone(session: Session, artist: Artist) -> None:
    age(session, 200)
    add_artist(session, "Only a name", imported_at=None)
    artist.merged_into_id = add_artist(session, "The other", imported_at=datetime.now(UTC)).id
    session.commit()
    schedule(session)
    syncs = session.scalars(select(SyncJob.artist_id).where(SyncJob.kind != "import"))
    together = [job.args["artist_ids"] for job in asked_for(session) if "artist_ids" in job.args]
    assert artist.id not in [*syncs, *(artist_id for ids in together for artist_id in ids)]
