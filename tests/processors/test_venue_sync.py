"""Venues that lack their zone or place are told it by Ticketmaster."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.models import ExternalId, QueueJob, Show, SyncSummary, Venue
from setlist.processors.artist_import import artist_import
from setlist.processors.venue_sync import venue_sync
from setlist.queue.enqueue import enqueue
from tests.processors.conftest import SMALL, requested
from tests.rows import imported_rows

pytestmark = pytest.mark.usefixtures("new_process")


@pytest.fixture
def venue_ids(session: Session) -> list[int]:
    """Those that Ticketmaster named, of an artist that was imported."""
    sync = requested(session, SMALL)
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    known = select(ExternalId.venue_id).where(
        ExternalId.kind == "venue", ExternalId.provider == "ticketmaster"
    )
    return sorted({venue_id for venue_id in session.scalars(known) if venue_id})[:8]


def run(session: Session, venue_ids: list[int]) -> SyncSummary:
    session.rollback()  # a transaction of before began before those venues were looked at
    job_id = enqueue(session, "venue_sync", {"venue_ids": venue_ids}).id
    session.commit()
    assert venue_sync.run_once(job_id) == "done"
    session.expire_all()
    return session.scalars(select(SyncSummary).where(SyncSummary.queue_job_id == job_id)).one()


def test_a_call_a_venue_and_where_nothing_is_new_no_row_changes(
    session: Session, venue_ids: list[int]
) -> None:
    run(session, venue_ids)
    rows = imported_rows(session)
    summary = run(session, venue_ids)
    assert summary.rows == {"venues": {"unchanged": len(venue_ids)}}
    assert summary.calls == {"ticketmaster": len(venue_ids)}
    assert imported_rows(session) == rows
    checked = session.scalars(select(Venue.checked_at).where(Venue.id.in_(venue_ids))).all()
    assert all(at is not None for at in checked)


def test_what_was_missing_is_filled_in_and_shows_to_come_are_set_by_it(
    session: Session, venue_ids: list[int]
) -> None:
    zoned = session.scalars(
        select(Venue).where(Venue.id.in_(venue_ids), Venue.timezone.is_not(None)).order_by(Venue.id)
    ).all()
    coming = (
        select(Show)
        .where(Show.venue_id.in_([venue.id for venue in zoned]), Show.local_time.is_not(None))
        .where(Show.locks_at > datetime.now(UTC))
        .order_by(Show.id)
    )
    shows = {show.id: show.locks_at for show in session.scalars(coming)}
    assert shows
    before = {venue.id: (venue.timezone, venue.latitude) for venue in zoned}
    for column in (Venue.timezone, Venue.latitude, Venue.longitude):
        session.execute(update(Venue).where(Venue.id.in_(before)).values({column.key: None}))
    session.execute(update(Show).where(Show.id.in_(shows)).values(starts_at=None))
    session.commit()
    summary = run(session, list(before))
    assert summary.rows == {"venues": {"changed": len(before)}}
    for venue_id, (zone, _latitude) in before.items():
        assert session.get_one(Venue, venue_id).timezone == zone
    assert {show.id: show.locks_at for show in session.scalars(coming)} == shows


def test_one_that_is_gone_there_stays_here(session: Session) -> None:
    venue = Venue(name="Nowhere", name_folded="nowhere")
    session.add(venue)
    session.flush()
    tie = {"provider": "ticketmaster", "kind": "venue", "external_id": "KovZpZnothing"}
    session.add(ExternalId(venue_id=venue.id, matched_by="same_id", confidence=1, **tie))
    session.commit()
    summary = run(session, [venue.id])
    assert list(summary.skipped.values()) == [1]
    assert session.get_one(Venue, venue.id).checked_at is not None


def test_it_waits_for_the_weather_and_goes_on_with_the_rest(
    session: Session, venue_ids: list[int], switch: Callable[..., None], new_process: Callable[[], None]
) -> None:
    new_process()
    fault = {"provider": "ticketmaster", "kind": "garbage", "endpoint": "venue", "times": 1}
    switch(faults=[fault])
    job = enqueue(session, "venue_sync", {"venue_ids": venue_ids})
    session.commit()
    assert venue_sync.run_once(job.id) == "put_off"
    session.execute(update(QueueJob).where(QueueJob.id == job.id).values(run_at=datetime.now(UTC)))
    session.commit()
    assert venue_sync.run_once(job.id) == "done"
    session.expire_all()
    checked = session.scalars(select(Venue.checked_at).where(Venue.id.in_(venue_ids))).all()
    assert all(at is not None for at in checked)
