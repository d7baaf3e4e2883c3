"""Venues that may be one, and nothing says so: kept apart, and asked about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Doubt, Show, Venue, VenueAlias
from setlist.models.identity import DoubtState
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import VenueRecord
from tests.pipeline.test_doubtful_nights import count, doubts
from tests.pipeline.test_shows import ALPHA, DAY, HALL, act, listing, write

RunOf = Callable[..., ImportRun]
NEXT_DOOR = 0.0009  # degrees: a hundred metres


@pytest.fixture
def alpha(run_of: RunOf) -> ImportRun:
    return act(run_of, ALPHA)


def venue(id: str, name: str, *, north: float = 0.0, **changes: object) -> VenueRecord:
    return replace(HALL, id=id, name=name, latitude=(HALL.latitude or 0) + north, **changes)


def test_another_spelling_near_by_is_an_alias(alpha: ImportRun, session: Session) -> None:
    resale = venue("r", "Town Hall - Lyon", north=2.5 * NEXT_DOOR)
    write(alpha, listing("1"), listing("2", local_date=DAY + timedelta(days=1), venue=resale))
    assert count(session, Venue) == 1
    assert session.scalars(select(VenueAlias.name)).all() == ["Town Hall - Lyon"]
    assert doubts(session) == []


def test_an_alias_is_found_like_the_name(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1"))
    hall = session.scalars(select(Venue)).one()
    session.add(VenueAlias(venue_id=hall.id, name="Bank Arena", name_folded="bank arena"))
    session.commit()
    sponsored = venue("s", "Bank Arena", north=NEXT_DOOR)
    write(alpha, listing("2", local_date=DAY + timedelta(days=1), venue=sponsored))
    assert count(session, Venue) == 1


def test_a_sponsor_s_name_near_by_is_asked_about_and_stays_two_till_then(
    alpha: ImportRun, session: Session
) -> None:
    sponsored = venue("s", "Bank Lyon Town Opera", north=NEXT_DOOR)
    write(alpha, listing("1"), listing("2", local_date=DAY + timedelta(days=1), venue=sponsored))
    assert count(session, Venue) == 2
    [doubt] = doubts(session)
    assert (doubt.kind, doubt.external_id, doubt.state) == ("venue", "s", "open")
    assert doubt.details["ours"]["name"] == "Town Hall"
    assert alpha.tally.doubts == 1
    write(alpha, listing("2", local_date=DAY + timedelta(days=1), venue=sponsored))
    assert len(doubts(session)) == 1


def test_two_rooms_of_a_house_stay_two_and_nobody_is_asked(alpha: ImportRun, session: Session) -> None:
    upstairs = venue("u", "Town Hall Upstairs", north=0)
    write(alpha, listing("1"), listing("2", local_date=DAY + timedelta(days=1), venue=upstairs))
    assert count(session, Venue) == 2
    assert doubts(session) == []


def test_what_a_person_refused_is_not_tied_though_the_name_is_the_same(
    alpha: ImportRun, session: Session
) -> None:
    write(alpha, listing("1"))
    hall = session.scalars(select(Venue)).one()
    no = {"kind": "venue", "provider": "ticketmaster", "external_id": "r", "name": "", "reason": ""}
    session.add(Doubt(venue_id=hall.id, state=DoubtState.REJECTED, **no))
    session.commit()
    other = venue("r", "Town Hall", north=NEXT_DOOR)
    write(alpha, listing("2", local_date=DAY + timedelta(days=1), venue=other))
    assert count(session, Venue) == 2
    assert [doubt.state for doubt in doubts(session)] == ["rejected"]


def test_a_zone_that_becomes_known_sets_the_clocks_of_shows_to_come(
    alpha: ImportRun, session: Session
) -> None:
    """An American venue: the country has many zones."""
    nowhere = venue("n", "Fox Theatre", timezone=None, city="Oakland", country="US")
    write(alpha, listing("1", venue=nowhere))
    [show] = session.scalars(select(Show))
    assert show.locks_at is not None
    assert (show.starts_at, show.locks_at.hour) == (None, 20)  # UTC stands in
    zoned = replace(nowhere, timezone="America/Los_Angeles")
    write(alpha, listing("2", local_date=DAY + timedelta(days=9), venue=zoned))
    session.refresh(show)
    assert show.starts_at is not None
    assert show.starts_at.hour == 3  # eight in the evening there, a day later here
    assert show.locks_at == show.starts_at


def test_a_country_of_one_zone_tells_it(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1", venue=venue("d", "Vega", timezone=None, city="København", country="DK")))
    assert session.scalars(select(Venue.timezone)).all() == ["Europe/Copenhagen"]
