"""Listings of nights that are told twice, called off, replaced or shared."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Setlist, Show, ShowArtist, Venue
from setlist.pipeline.identity import Ties, tie
from setlist.pipeline.listed import listed_on
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import write_setlists
from setlist.pipeline.shows import write_listings
from setlist.pipeline.streams import Fetched
from setlist.providers.answers import (
    Attraction,
    EventRecord,
    Page,
    PlayedSong,
    SetlistRecord,
    ShowStatus,
    VenueRecord,
)

RunOf = Callable[..., ImportRun]
NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = date(2027, 5, 2)
HALL = VenueRecord(
    id="hall",
    name="Town Hall",
    city="Lyon",
    country="FR",
    timezone="Europe/Paris",
    latitude=45.0,
    longitude=4.8,
)
ALPHA_MBID = str(uuid.uuid5(uuid.NAMESPACE_URL, "A"))
ALPHA, BETA = Attraction(id="A", name="Alpha"), Attraction(id="B", name="Beta")


def listing(id: str, **changes: object) -> EventRecord:
    values: dict[str, object] = {
        "id": id,
        "name": "Alpha",
        "url": f"https://tickets.example/{id}",
        "local_date": DAY,
        "local_time": time(20, 0),
        "attractions": (ALPHA,),
        "venue": HALL,
        "source": "ticketmaster",
    }
    return EventRecord(**(values | changes))  # type: ignore[arg-type]  # the fields above, changed by name


@pytest.fixture
def alpha(run_of: RunOf) -> ImportRun:
    return act(run_of, ALPHA)


def act(run_of: RunOf, attraction: Attraction) -> ImportRun:
    run = run_of(str(uuid.uuid5(uuid.NAMESPACE_URL, attraction.id)))
    run.sync.artist.name = attraction.name
    tie(
        run.session,
        Ties(provider="ticketmaster", kind="artist", targets={attraction.id: run.artist_id}),
        now=NOW,
    )
    run.begin("shows")
    return run


def write(
    run: ImportRun, *events: EventRecord, cursor: str | None = None, following: str | None = None
) -> None:
    page = Fetched(cursor=cursor, page=Page(items=events, cursor=following))
    write_listings(run, events, listed=listed_on(page))
    run.session.commit()


def shows(session: Session) -> list[Show]:
    return list(session.scalars(select(Show).order_by(Show.id)))


def bill(show: Show) -> list[int | None]:
    return [place.artist_id for place in show.line_up]


def test_a_cancelled_listing_does_not_hide_a_live_one(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1", status=ShowStatus.CANCELLED))
    write(alpha, listing("1", status=ShowStatus.CANCELLED), listing("2"))
    [show] = shows(session)
    assert (show.status, show.ticket_url) == ("scheduled", "https://tickets.example/2")
    write(alpha, listing("1", status=ShowStatus.CANCELLED), listing("2", status=ShowStatus.CANCELLED))
    assert shows(session)[0].status == "cancelled"


def test_a_listing_that_is_gone_hands_over_to_the_one_that_replaced_it(
    alpha: ImportRun, session: Session
) -> None:
    write(alpha, listing("1"))
    write(alpha, listing("2"))
    write(alpha, listing("2", local_time=time(18, 0), status=ShowStatus.RESCHEDULED))
    [show] = shows(session)
    assert (show.local_time, show.status) == (time(18, 0), "rescheduled")
    assert show.locks_at == datetime(2027, 5, 2, 16, 0, tzinfo=UTC)


def test_a_listing_on_the_page_before_is_not_gone(alpha: ImportRun, session: Session) -> None:
    """A night's listings may be torn apart by the end of a page."""
    write(alpha, listing("1"), following="dated:1")
    write(alpha, listing("2", name="Alpha - another name"), cursor="dated:1")
    assert [show.name for show in shows(session)] == ["Alpha"]


def test_a_listing_with_a_date_is_not_gone_from_those_without(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1"), following="tba:0")
    undated = listing("3", local_date=None, local_time=None, name="Alpha - some day")
    write(alpha, listing("2", name="Alpha - another name"), undated, cursor="tba:0")
    assert [show.name for show in shows(session)] == ["Alpha", "Alpha - some day"]


def test_two_listings_of_a_night_do_not_take_turns(alpha: ImportRun, session: Session) -> None:
    for _ in range(2):
        write(alpha, listing("1"), listing("2", name="Alpha - another name"))
        assert [show.name for show in shows(session)] == ["Alpha"]


def test_early_and_late_shows_stay_two(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1", local_time=time(17, 0)), listing("2", local_time=time(21, 0)))
    assert len(shows(session)) == 2


def test_parking_makes_no_show_and_resale_makes_one_only_where_nothing_else_does(
    alpha: ImportRun, session: Session
) -> None:
    write(alpha, listing("1", name="Parking: Alpha"))
    assert shows(session) == []
    write(alpha, listing("2", source="tmr"))
    write(alpha, listing("2", source="tmr"), listing("3", url="https://tickets.example/best"))
    [show] = shows(session)
    assert show.ticket_url == "https://tickets.example/best"


def test_a_postponed_show_keeps_its_row_when_its_day_moves(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1"))
    [before] = [show.id for show in shows(session)]
    write(
        alpha, listing("1", local_date=None, local_time=None, status=ShowStatus.POSTPONED, original_date=DAY)
    )
    write(alpha, listing("1", local_date=date(2027, 9, 9), status=ShowStatus.RESCHEDULED, original_date=DAY))
    [show] = shows(session)
    assert (show.id, show.local_date, show.original_date) == (before, date(2027, 9, 9), DAY)


def test_two_acts_of_one_night_share_the_show(alpha: ImportRun, run_of: RunOf, session: Session) -> None:
    write(alpha, listing("1"))
    beta = act(run_of, BETA)
    write(beta, listing("3", name="Beta with Alpha", attractions=(BETA, ALPHA)))
    [show] = shows(session)
    assert set(bill(show)) == {alpha.artist_id, beta.artist_id}
    write(alpha, listing("1"))
    session.expire_all()
    assert set(bill(shows(session)[0])) == {alpha.artist_id, beta.artist_id}
    write(beta, listing("3", name="Beta with Alpha", attractions=(BETA, ALPHA)))
    assert len(session.scalars(select(ShowArtist)).all()) == 2


def played(id: str, venue: VenueRecord, *, day: date = DAY, version: str = "1") -> SetlistRecord:
    return SetlistRecord(
        id=id,
        version_id=version,
        local_date=day,
        artist_mbid=ALPHA_MBID,
        artist_name="Alpha",
        venue=venue,
        songs=(PlayedSong(name=f"Song at {venue.name}", set_index=0),),
    )


SHOP = VenueRecord(id="s1", name="Record Shop", city="Lyon", country="FR")
SAME_HALL = VenueRecord(id="s2", name="Town Hall", city="Lyon", country="FR")


def test_each_of_a_days_setlists_finds_the_show_of_its_venue(alpha: ImportRun, session: Session) -> None:
    write(alpha, listing("1"))
    alpha.begin("setlists")
    write_setlists(alpha, [played("shop", SHOP), played("hall", SAME_HALL)])
    session.commit()
    rows = session.execute(select(Venue.name, Setlist.id).join(Show, Show.venue_id == Venue.id).join(Setlist))
    assert sorted(name for name, _ in rows) == ["Record Shop", "Town Hall"]
    assert len(shows(session)) == 2


def test_a_setlist_whose_day_was_corrected_moves_to_it(alpha: ImportRun, session: Session) -> None:
    alpha.begin("setlists")
    write_setlists(alpha, [played("hall", SAME_HALL)])
    write_setlists(alpha, [played("hall", SAME_HALL, day=date(2027, 5, 3), version="2")])
    session.commit()
    [show] = shows(session)
    assert show.local_date == date(2027, 5, 3)


def test_a_medley_of_songs_that_stand_on_the_same_page_makes_no_song_of_its_own(
    alpha: ImportRun, session: Session
) -> None:
    names = ("First / Second", "First", "Second", "Third / Unheard")
    songs = tuple(PlayedSong(name=name, set_index=0) for name in names)
    record = replace(played("m", HALL), songs=songs)
    alpha.begin("setlists")
    write_setlists(alpha, [record])
    session.commit()
    [setlist] = session.scalars(select(Setlist))
    assert [entry.title for entry in setlist.songs] == [
        "First",
        "Second",
        "First",
        "Second",
        "Third / Unheard",
    ]
    assert all(entry.song_id for entry in setlist.songs)
