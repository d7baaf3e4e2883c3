"""What is known of artists and venues, as far as it decides how old their things may get."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.models import Artist, ExternalId, SyncMark
from setlist.pipeline.due import Subject, artist, artists, venues
from setlist.services.freshness_ages import Kind
from tests.pages.catalogue import (
    add_artist,
    add_setlist,
    add_show,
    add_song,
    add_to_ballot,
    add_venue,
)

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def act(session: Session) -> Artist:
    return add_artist(session)


def tie(session: Session, provider: str, **target: int) -> None:
    kind = "artist" if "artist_id" in target else "venue"
    tied = {"external_id": uuid.uuid4().hex, "matched_by": "same_id", "confidence": 1}
    session.add(ExternalId(provider=provider, kind=kind, **tied, **target))
    session.flush()


def mark(session: Session, act: Artist, listing: str, at: datetime, **seen: object) -> None:
    session.add(SyncMark(artist_id=act.id, provider="x", listing=listing, checked_at=at, seen=seen))
    session.flush()


def begins(days: float) -> dict[str, object]:
    at = NOW + days * DAY
    return {"starts_at": at, "locks_at": at, "local_date": at.date()}


def subject(session: Session, act: Artist) -> Subject:
    """The same, asked for alone and with all others."""
    alone = artist(session, act.id, NOW)
    assert alone is not None
    assert {one.id: one for one in artists(session, NOW)}[act.id] == alone
    return alone


def test_a_dormant_artist_that_nobody_lists(session: Session, act: Artist) -> None:
    found = subject(session, act)
    assert (found.known.coming, found.known.last_show_at, found.known.followed_since) == (0, None, None)
    assert not found.known.is_listed
    assert found.checked == dict.fromkeys((Kind.ACT, Kind.SETLISTS, Kind.IDENTITY, Kind.RECORDINGS))


def test_kinds_that_a_provider_knows_and_when_each_was_checked(session: Session, act: Artist) -> None:
    tie(session, "ticketmaster", artist_id=act.id)
    tie(session, "spotify", artist_id=act.id)
    mark(session, act, "dated", NOW - DAY)
    mark(session, act, "albums", NOW - 2 * DAY)
    mark(session, act, "backlog", NOW - 3 * DAY, cursor="11")
    found = subject(session, act)
    assert found.known.is_listed
    assert found.checked.keys() == set(Kind) - {Kind.VENUES}
    assert found.checked[Kind.SHOWS] == NOW - DAY
    assert found.checked[Kind.ALBUMS] == NOW - 2 * DAY
    assert found.checked[Kind.BACKLOG] == NOW - 3 * DAY
    assert found.checked[Kind.PICTURE] is None


def test_a_backlog_that_was_read_to_its_end_is_none(session: Session, act: Artist) -> None:
    mark(session, act, "backlog", NOW - 3 * DAY, cursor=None)
    assert Kind.BACKLOG not in subject(session, act).checked


def test_coming_shows_count_with_those_without_a_date(session: Session, act: Artist) -> None:
    for number, days in enumerate((5, 50)):
        add_show(session, act, created_at=NOW - (9 - number) * DAY, **begins(days))
    add_show(session, act, created_at=NOW, starts_at=None, locks_at=None, local_date=None)
    add_show(session, act, status="cancelled", **begins(1))
    known = subject(session, act).known
    assert (known.coming, known.next_show_at, known.ahead_since) == (3, NOW + 5 * DAY, NOW - 9 * DAY)


def test_the_latest_show_whose_setlist_is_missing_is_awaited(session: Session, act: Artist) -> None:
    shows = {days: add_show(session, act, **begins(-days)) for days in (1, 3, 5, 30)}
    add_setlist(session, shows[1], act, "Glass")
    add_setlist(session, shows[3], act)  # a page without songs so far
    add_show(session, act, status="postponed", **begins(-0.5))
    known = subject(session, act).known
    assert (known.last_show_at, known.awaited_since) == (NOW - DAY, NOW - 3 * DAY)


def test_a_setlist_of_another_act_of_the_night_is_not_theirs(session: Session, act: Artist) -> None:
    other = add_artist(session, "The others")
    show = add_show(session, other, act, **begins(-1))
    add_setlist(session, show, other, "Kite")
    assert subject(session, act).known.awaited_since == NOW - DAY
    assert subject(session, other).known.awaited_since is None


def test_who_is_wished_for_is_followed_since_the_first_wish(session: Session, act: Artist) -> None:
    song = add_song(session, act, "Glass")
    show = add_show(session, act, **begins(40))
    add_to_ballot(session, show, song)
    for days in (9, 4):
        session.execute(
            text(
                "WITH fan AS (INSERT INTO fans (key) VALUES (gen_random_uuid()) RETURNING id)"
                " INSERT INTO votes (show_id, song_id, fan_id, state, by_account, changed_at)"
                " SELECT :show, :song, id, 'on', false, :at FROM fan"
            ),
            {"show": show.id, "song": song.id, "at": NOW - days * DAY},
        )
    session.execute(text("SELECT refresh_trending_data()"))
    known = subject(session, act).known
    assert known.followed_since == NOW - 9 * DAY
    assert known.is_trending


def test_names_merged_rows_and_artists_without_an_mbid_are_no_subjects(session: Session, act: Artist) -> None:
    left_out = [
        add_artist(session, imported_at=None),
        add_artist(session, mbid=None),
        add_artist(session, merged_into_id=act.id),
    ]
    assert [found.id for found in artists(session, NOW)] == [act.id]
    assert all(artist(session, one.id, NOW) is None for one in left_out)


class TestVenues:
    def test_that_ticketmaster_never_named_are_not_asked_for(self, session: Session) -> None:
        add_venue(session)
        assert list(venues(session, NOW)) == []

    def test_whose_listing_told_all_count_from_when_they_came(self, session: Session) -> None:
        told = add_venue(session, latitude=1.0, longitude=1.0, created_at=NOW - 5 * DAY)
        vague = add_venue(session, created_at=NOW - 5 * DAY)
        asked = add_venue(session, checked_at=NOW - DAY)
        for venue in (told, vague, asked):
            tie(session, "ticketmaster", venue_id=venue.id)
        found = {one.id: one.checked[Kind.VENUES] for one in venues(session, NOW)}
        assert found == {told.id: NOW - 5 * DAY, vague.id: None, asked.id: NOW - DAY}

    def test_with_shows_to_come(self, session: Session, act: Artist) -> None:
        venue = add_venue(session, created_at=NOW - 50 * DAY)
        tie(session, "ticketmaster", venue_id=venue.id)
        add_show(session, act, venue=venue, created_at=NOW - 8 * DAY, **begins(3))
        add_show(session, act, venue=venue, **begins(-3))
        [found] = venues(session, NOW)
        assert (found.known.coming, found.known.ahead_since) == (1, NOW - 8 * DAY)
