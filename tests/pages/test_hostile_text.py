"""What comes from outside is text: on every page, in every place where it is shown."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.pages.catalogue import (
    HOSTILE,
    NOW,
    add_artist,
    add_import,
    add_setlist,
    add_show,
    add_song,
    add_to_ballot,
    add_venue,
    day_ago,
)
from tests.pages.reading import as_htmx
from tests.pages.test_search import CANDIDATE, add_search

SCRIPT_URL = "javascript:alert(1)"


@pytest.fixture
def hostile_site(session: Session) -> dict[str, str]:
    """Every text that a provider writes, as unfriendly as can be."""
    artist = add_artist(
        session, HOSTILE, disambiguation=HOSTILE, genres=[HOSTILE], image_url=SCRIPT_URL, country=HOSTILE
    )
    venue = add_venue(
        session, HOSTILE, city=HOSTILE, state=HOSTILE, country=HOSTILE, address=HOSTILE, url=SCRIPT_URL
    )
    song = add_song(session, artist, HOSTILE, album_title=HOSTILE, released=HOSTILE)
    show = add_show(session, artist, HOSTILE, venue=venue, name=HOSTILE + "!", ticket_url=SCRIPT_URL)
    past = add_show(session, artist, venue=venue, local_date=day_ago(3), locks_at=NOW - timedelta(days=3))
    for each in (show, past):
        add_to_ballot(session, each, song, wishes_guests=1)
    setlist = add_setlist(
        session, past, artist, song, HOSTILE, source_url=SCRIPT_URL, tour=HOSTILE, info=HOSTILE
    )
    for entry in setlist.songs:
        entry.cover_artist = entry.guest = entry.info = entry.set_name = HOSTILE
    sync = add_import(session, artist, state="failed", error=HOSTILE, skipped={HOSTILE: 2})
    add_import(session, artist, percent=5)
    add_search(session, "x y", candidates=[CANDIDATE | {"name": HOSTILE, "disambiguation": HOSTILE}])
    return {
        "home": "/",
        "artist": f"/artists/{artist.id}",
        "venue": f"/venues/{venue.id}",
        "show": f"/shows/{show.id}",
        "own show": f"/shows/{show.id}?fan=1",
        "past show": f"/shows/{past.id}",
        "imports": "/imports",
        "import": f"/imports/{sync.id}/progress",
        "search": f"/search?q={HOSTILE}",
        "candidates": "/search/candidates?q=x+y",
        "nowhere": "/<script>",
    }


@pytest.mark.parametrize(
    "page",
    [
        "home",
        "artist",
        "venue",
        "show",
        "own show",
        "past show",
        "imports",
        "import",
        "search",
        "candidates",
        "nowhere",
    ],
)
def test_no_page_runs_or_follows_what_it_was_told(
    client: FlaskClient, hostile_site: dict[str, str], page: str
) -> None:
    html = client.get(hostile_site[page]).text
    assert "<script>alert" not in html
    assert '" onload="' not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html or page == "nowhere"
    assert " style=" not in html  # the policy forbids inline style, so nothing may need it
    assert "<script>" not in html


def test_nor_does_the_row_of_a_wish(client: FlaskClient, hostile_site: dict[str, str]) -> None:
    row = client.post(
        f"{hostile_site['show']}/songs/1/wish", data={"wish": "on"}, headers=as_htmx("song-1")
    ).text
    assert "&lt;script&gt;" in row
    assert "<script>alert" not in row
    assert '" onload="' not in row
