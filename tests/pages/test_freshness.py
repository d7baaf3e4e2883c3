"""Pages say when what they show was checked, and mark what should have been by now."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import Artist, ExternalId, SyncMark
from setlist.pages.freshness import ago
from tests.pages.catalogue import add_artist, add_setlist, add_show, add_venue

NOW = datetime.now(UTC)
STALE = "may be out of date"


@pytest.fixture
def artist(session: Session) -> Artist:
    artist = add_artist(session)
    session.add(
        ExternalId(
            provider="ticketmaster",
            kind="artist",
            external_id="K1",
            artist_id=artist.id,
            matched_by="same_id",
            confidence=1,
        )
    )
    return artist


def checked(session: Session, artist: Artist, listing: str, **ago: float) -> None:
    session.add(
        SyncMark(artist_id=artist.id, provider="x", listing=listing, checked_at=NOW - timedelta(**ago))
    )
    session.commit()


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        ({"seconds": 40}, "just now"),
        ({"minutes": 3}, "3 minutes ago"),
        ({"minutes": 61}, "1 hour ago"),
        ({"hours": 47}, "47 hours ago"),
        ({"days": 9, "hours": 5}, "9 days ago"),
    ],
)
def test_a_time_is_told_as_coarse_as_it_stays_true(passed: dict[str, float], words: str) -> None:
    assert ago(NOW - timedelta(**passed), NOW) == words


def test_an_artists_page_says_when_shows_and_setlists_were_checked(
    client: FlaskClient, session: Session, artist: Artist
) -> None:
    add_show(session, artist, in_days=3, created_at=NOW - timedelta(days=30))
    checked(session, artist, "dated", hours=3)
    checked(session, artist, "setlists", days=4)
    page = client.get(f"/artists/{artist.id}").text
    assert "Shows checked 3 hours ago" in page
    assert "Setlists checked 4 days ago" in page
    assert STALE not in page


def test_what_is_older_than_it_should_be_is_marked(
    client: FlaskClient, session: Session, artist: Artist
) -> None:
    show = add_show(session, artist, in_days=3, created_at=NOW - timedelta(days=30))
    checked(session, artist, "dated", days=9)
    for address, what in ((f"/artists/{artist.id}", "Shows may"), (f"/shows/{show.id}", "May")):
        page = client.get(address).text
        assert f"{what} be out of date: last checked 9 days ago" in page
        assert "checked-stale" in page


def test_the_same_age_is_no_mark_where_nothing_is_to_come(
    client: FlaskClient, session: Session, artist: Artist
) -> None:
    checked(session, artist, "dated", days=9)
    assert STALE not in client.get(f"/artists/{artist.id}").text


def test_a_past_show_says_when_its_setlist_was_asked_for_until_it_is_here(
    client: FlaskClient, session: Session, artist: Artist
) -> None:
    show = add_show(session, artist, in_days=-2)
    checked(session, artist, "setlists", hours=5)
    assert "Setlists checked 5 hours ago" in client.get(f"/shows/{show.id}").text
    add_setlist(session, show, artist, "Glass")
    session.commit()
    assert "Setlists checked" not in client.get(f"/shows/{show.id}").text


def test_what_was_never_checked_says_nothing(client: FlaskClient, session: Session) -> None:
    artist, venue = add_artist(session), add_venue(session)
    show = add_show(session, artist, "Somebody else", venue=venue)
    session.commit()
    for address in (f"/artists/{artist.id}", f"/shows/{show.id}", f"/venues/{venue.id}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert 'class="checked' not in answer.text


def test_a_show_of_strangers_and_an_artist_never_imported_say_nothing(
    client: FlaskClient, session: Session
) -> None:
    show, artist = add_show(session, "Somebody"), add_artist(session, imported_at=None)
    session.commit()
    for address in (f"/artists/{artist.id}", f"/shows/{show.id}"):
        assert 'class="checked' not in client.get(address).text


@pytest.mark.parametrize(("days", "words"), [(20, "Checked"), (300, "May be out of date: last checked")])
def test_a_venue(client: FlaskClient, session: Session, days: int, words: str) -> None:
    venue = add_venue(session, checked_at=NOW - timedelta(days=days))
    session.commit()
    assert f"{words} {days} days ago" in client.get(f"/venues/{venue.id}").text
