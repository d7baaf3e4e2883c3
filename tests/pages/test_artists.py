import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Sources
from setlist.models import Artist, SyncJob
from setlist.pages.artist_page import homes, missing
from tests.pages.catalogue import (
    add_artist,
    add_import,
    add_setlist,
    add_show,
    add_song,
    add_venue,
    day_ago,
)
from tests.pages.conftest import Night
from tests.pages.reading import as_htmx, assert_fragment, assert_page
from tests.pages.test_search import CANDIDATE, add_search
from tests.pipeline.pairs import an_id


def test_who_next_shows_songs_and_past_setlists(client: FlaskClient, session: Session, night: Night) -> None:
    past = add_show(session, night.artist, venue=night.venue, local_date=day_ago(9))
    add_setlist(session, past, night.artist, night.songs[0], night.songs[1])
    session.commit()
    page = assert_page(client.get(f"/artists/{night.artist.id}"))
    assert night.address in page
    assert "Le Transbordeur, Lyon" in page
    assert "with Ferris &amp; the Wheels" in page
    assert "1 play · at the last show" in page
    assert "4 more songs of theirs" in page
    assert f"https://www.setlist.fm/setlist/{past.id}.html" in page


def test_songs_say_how_often_and_since_when_not(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    songs = [add_song(session, artist, title) for title in ("Always", "Once")]
    for days in range(400, 460, 10):
        show = add_show(session, artist, local_date=day_ago(days))
        add_setlist(session, show, artist, *(songs if days == 450 else songs[:1]))
    session.commit()
    page = client.get(f"/artists/{artist.id}").text
    assert page.index("Always") < page.index("Once")
    assert "100%" in page
    assert f"1 play · not since {day_ago(450):%B} {day_ago(450).year}" in page


def test_an_artist_who_is_only_a_name_offers_the_import(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session, imported_at=None)
    session.commit()
    page = assert_page(client.get(f"/artists/{artist.id}"))
    assert "only a name here so far" in page
    assert "No coming show is known" in page
    assert "No setlist of a past show is known" in page
    assert "No song is known yet" in page


def test_a_running_import_is_on_top_and_polls(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session, imported_at=None)
    sync = add_import(session, artist, percent=20, counts={"shows": 3})
    session.commit()
    page = client.get(f"/artists/{artist.id}").text
    assert f"/imports/{sync.id}/progress?seen=3-0-0-running" in page
    assert "appear here as they are found" in page


def test_older_setlists_and_all_songs_come_as_pieces(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    songs = [add_song(session, artist, f"Song {number}") for number in range(30)]
    for days in range(1, 15):
        add_setlist(session, add_show(session, artist, local_date=day_ago(days)), artist, *songs)
    session.commit()
    page = client.get(f"/artists/{artist.id}").text
    assert "Earlier" in page
    assert "All 30 songs they played" in page
    past = assert_fragment(client.get(f"/artists/{artist.id}?page=2", headers=as_htmx("past")), "past")
    assert past.count('class="source"') == 2
    everything = assert_fragment(
        client.get(f"/artists/{artist.id}?songs=all", headers=as_htmx("songs")), "songs"
    )
    assert everything.count("<li>") == 30


@pytest.mark.parametrize("page", ["0", "-3", "x", "99999999999999999999"])
def test_odd_page_numbers_are_taken_as_far_as_they_go(
    client: FlaskClient, session: Session, page: str
) -> None:
    artist = add_artist(session)
    session.commit()
    assert_page(client.get(f"/artists/{artist.id}?page={page}"))


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_artist_is_404_with_a_search(client: FlaskClient, number: str) -> None:
    answer = client.get(f"/artists/{number}")
    assert answer.status_code == 404
    assert 'name="q"' in answer.text


def test_a_candidate_becomes_an_artist_whose_import_has_begun(client: FlaskClient, session: Session) -> None:
    add_search(session)
    answer = client.post("/artists", data={"mbid": CANDIDATE["mbid"], "q": "Paper Lanterns"})
    artist = session.scalars(select(Artist)).one()
    assert answer.status_code == 303
    assert answer.location == f"/artists/{artist.id}"
    assert (artist.name, artist.country, artist.begin_year) == ("Paper Lanterns", "GB", 1994)
    assert "is next in line" in client.get(answer.location).text


def test_choosing_twice_is_one_artist_and_one_import(client: FlaskClient, session: Session) -> None:
    add_search(session)
    for headers in ({}, as_htmx()):
        answer = client.post(
            "/artists", data={"mbid": CANDIDATE["mbid"], "q": "paper lanterns"}, headers=headers
        )
    assert answer.headers["HX-Redirect"].startswith("/artists/")
    assert session.scalar(select(func.count()).select_from(SyncJob)) == 1


def test_nobody_makes_artists_up(client: FlaskClient, session: Session) -> None:
    add_search(session)
    answer = client.post("/artists", data={"mbid": "made-up", "q": "paper lanterns"})
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Artist)) == 0


def test_news_are_looked_for_on_demand(client: FlaskClient, session: Session) -> None:
    artist, unknown = add_artist(session), add_artist(session, mbid=None)
    session.commit()
    assert client.post(f"/artists/{artist.id}/import").status_code == 303
    assert session.scalars(select(SyncJob)).one().artist_id == artist.id
    assert client.post(f"/artists/{unknown.id}/import").status_code == 422


def test_invented_ids_lead_nowhere_and_real_ones_home(app: Flask, session: Session) -> None:
    artist = add_artist(session)
    sandbox = app.extensions["settings"]
    live = sandbox.model_copy(update={"sources": Sources.LIVE})
    assert {home.url for home in homes(session, artist, sandbox)} == {""}
    assert homes(session, artist, live)[0].url == f"https://musicbrainz.org/artist/{artist.mbid}"


def test_an_id_goes_into_a_link_as_one_piece(app: Flask, session: Session) -> None:
    artist = add_artist(session)
    session.add(an_id("spotify", "artist", "../x?y=1#z", artist_id=artist.id))
    session.flush()
    live = app.extensions["settings"].model_copy(update={"sources": Sources.LIVE})
    [url] = [home.url for home in homes(session, artist, live) if home.label == "Spotify"]
    assert url == "https://open.spotify.com/artist/..%2Fx%3Fy%3D1%23z"


def test_what_is_missing_is_said_in_words(app: Flask) -> None:
    sandbox = app.extensions["settings"]
    assert missing(sandbox) == []
    said = " ".join(missing(sandbox.model_copy(update={"sources": Sources.LIVE})))
    assert "Ticketmaster" in said
    assert "setlist.fm" in said


def test_a_support_act_sees_whom_it_plays_with(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    add_show(session, "The Headliners", artist, venue=add_venue(session))
    session.commit()
    assert "with The Headliners" in client.get(f"/artists/{artist.id}").text
