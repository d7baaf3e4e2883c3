from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import BallotSong
from tests.pages.catalogue import (
    NOW,
    add_artist,
    add_setlist,
    add_show,
    add_song,
    add_to_ballot,
    add_venue,
    day_ago,
)
from tests.pages.conftest import Night
from tests.pages.reading import as_htmx, assert_fragment, assert_page

MOST_QUERIES = 10


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield said
    event.remove(db.engine, "before_cursor_execute", listen)


def test_the_sheet_with_all_that_stands_around_it(client: FlaskClient, night: Night) -> None:
    page = assert_page(client.get(night.address))
    assert f'href="/artists/{night.artist.id}"' in page
    assert f'href="/venues/{night.venue.id}"' in page
    assert "Ferris &amp; the Wheels" in page
    assert f"{night.show.local_date:%A} {night.show.local_date.day}" in page
    assert "when the show starts in Lyon at 20:00" in page
    assert page.count('aria-pressed="false"') == len(night.songs)
    assert "Played at 8 of the last 10 shows" in page
    assert "5 wishes for this show" in page


def test_the_page_is_the_same_bytes_for_everyone(
    client: FlaskClient, stranger: FlaskClient, night: Night
) -> None:
    client.post(night.wish_address(), data={"wish": "on"})
    mine, theirs = client.get(night.address), stranger.get(night.address)
    assert mine.data == theirs.data
    assert mine.headers["ETag"] == theirs.headers["ETag"]
    assert "max-age=10" in mine.headers["Cache-Control"]
    assert "public" in mine.headers["Cache-Control"]
    assert "Cookie" not in mine.headers.get("Vary", "")
    assert client.get(night.address, headers={"If-None-Match": mine.headers["ETag"]}).status_code == 304


def test_the_sheet_alone_comes_when_it_is_sorted_anew(client: FlaskClient, night: Night) -> None:
    sheet = assert_fragment(client.get(night.address, headers=as_htmx("sheet")), "sheet")
    assert f"/_fan{night.address}" in sheet


def test_a_fans_own_marks_come_apart_and_are_kept_by_nobody(
    client: FlaskClient, stranger: FlaskClient, night: Night
) -> None:
    client.post(night.wish_address(1), data={"wish": "on"})
    mine = client.get(f"/_fan{night.address}")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "4 of 5 wishes left" in mine.text
    assert mine.text.count("hx-swap-oob") == 2
    assert f'id="song-{night.songs[1].id}"' in mine.text
    theirs = stranger.get(f"/_fan{night.address}").text
    assert "5 of 5 wishes left" in theirs
    assert "song-" not in theirs


def test_without_javascript_the_page_leads_to_the_fans_own(client: FlaskClient, night: Night) -> None:
    client.post(night.wish_address(2), data={"wish": "on"})
    assert f'content="0; url={night.address}?fan=1"' in client.get(night.address).text
    own = client.get(f"{night.address}?fan=1")
    assert own.headers["Cache-Control"] == "private, no-store"
    assert own.text.count('aria-pressed="true"') == 1
    assert "http-equiv" not in own.text
    assert "/_fan/" not in own.text


def test_most_wished_first_then_what_they_play_then_the_title(
    client: FlaskClient, session: Session, night: Night
) -> None:
    rare, often, wished = night.songs[0], night.songs[4], night.songs[5]
    for song, values in (
        (rare, {"recent_plays": 1}),
        (often, {"recent_plays": 10}),
        (wished, {"recent_plays": 0, "wishes_guests": 2}),
    ):
        row = session.get_one(BallotSong, (night.show.id, song.id))
        for name, value in values.items():
            setattr(row, name, value)
    session.commit()
    page = client.get(night.address).text
    order = [wished, often, *night.songs[1:4], rare]
    places = [page.index(f'id="song-{song.id}"') for song in order]
    assert places == sorted(places)


def test_a_show_that_has_begun_is_locked(client: FlaskClient, session: Session, night: Night) -> None:
    night.show.locks_at = NOW - timedelta(minutes=1)
    session.commit()
    page = assert_page(client.get(night.address))
    assert "Wishes are locked" in page
    assert "<form method" not in page.split('id="sheet"')[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "cancelled"}, "Cancelled. Wishes are closed and kept."),
        ({"status": "postponed", "local_date": None, "local_time": None, "locks_at": None}, "Postponed"),
        (
            {"status": "postponed", "local_date": None, "local_time": None, "original_date": day_ago(3)},
            "new date to be announced",
        ),
        ({"local_date": None, "local_time": None, "locks_at": None}, "Date to be announced"),
        ({"status": "rescheduled", "original_date": day_ago(3)}, "Moved from"),
        ({"local_time": None}, "as no start time is known"),
    ],
)
def test_an_odd_show_is_told_as_it_is(
    client: FlaskClient, session: Session, night: Night, changes: dict[str, object], words: str
) -> None:
    for name, value in changes.items():
        setattr(night.show, name, value)
    session.commit()
    assert words in assert_page(client.get(night.address))


def test_after_the_show_wished_songs_are_lit_and_the_rest_is_owned_up_to(
    client: FlaskClient, session: Session, night: Night
) -> None:
    client.post(night.wish_address(0), data={"wish": "on"})
    client.post(night.wish_address(1), data={"wish": "on"})
    night.show.locks_at = NOW - timedelta(hours=4)
    add_setlist(session, night.show, night.artist, night.songs[0], night.songs[2], "")
    session.commit()
    page = assert_page(client.get(night.address))
    assert "1 of the 2 songs wished for came true. The most wished, Glass, was played." in page
    assert page.count("came-true") == 1
    assert "A song nobody knew" in page
    assert "Kite" in page.split("Wished for, not played")[1]
    assert f"https://www.setlist.fm/setlist/{night.show.id}.html" in page
    own = client.get(f"/_fan{night.address}").text
    assert own.index("came-true") < own.index("Glass") < own.index("missed") < own.index("Kite")


def test_songs_of_others_than_the_headliner_say_whose_they_are(client: FlaskClient, session: Session) -> None:
    first, second, absent = (
        add_artist(session, name) for name in ("The Firsts", "The Seconds", "The Absent")
    )
    show = add_show(session, first, second, name="The Firsts: Long Way Tour")
    for artist in (first, second, absent):
        add_to_ballot(session, show, add_song(session, artist, f"By {artist.name}"), recent_shows=10)
    session.commit()
    page = assert_page(client.get(f"/shows/{show.id}"))
    assert "The Seconds · Never played" in page
    assert "The Absent cover · Never played" in page
    assert "The Firsts · Never" not in page
    assert ">Long Way Tour<" in page


def test_a_festival_goes_by_its_own_name_and_folds_its_bill(client: FlaskClient, session: Session) -> None:
    acts = [f"Act {number}" for number in range(9)]
    show = add_show(session, *acts, name="Field Day", venue=add_venue(session))
    session.commit()
    page = assert_page(client.get(f"/shows/{show.id}"))
    assert "<h1>Field Day</h1>" in page
    assert "And 4 more acts" in page
    assert "No songs yet" in page


def test_the_number_of_queries_does_not_grow_with_the_sheet(
    client: FlaskClient, session: Session, night: Night
) -> None:
    for number in range(24):
        add_to_ballot(session, night.show, add_song(session, night.artist, f"More {number}"))
    for days in (2, 3, 4):
        past = add_show(session, night.artist, venue=night.venue, local_date=day_ago(days))
        add_setlist(session, past, night.artist, *night.songs)
    session.commit()
    client.get(night.address)  # the first request of a process asks for more
    with counted_queries() as said:
        client.get(night.address)
    assert len(said) <= MOST_QUERIES, said


@pytest.mark.parametrize("address", ["/shows/1", "/_fan/shows/1", "/shows/99999999999999999999?fan=1"])
def test_an_unknown_show_is_404(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404
