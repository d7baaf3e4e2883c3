"""Addresses of what was merged lead on, and wishes given there land on what was kept."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Show, Song, Vote
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.merging_shows import merge_shows
from setlist.pipeline.merging_songs import merge_songs
from setlist.pipeline.merging_venues import merge_venues
from tests.pages.catalogue import NOW, add_artist, add_show, add_song, add_to_ballot, add_venue

Sheet = tuple[Show, Show, Song, Song]


@pytest.fixture
def merged(session: Session) -> Sheet:
    """A show and a song given up, each with the one that was kept."""
    artist = add_artist(session)
    shows = add_show(session, artist), add_show(session, artist)
    songs = add_song(session, artist, "Harbour"), add_song(session, artist, "Salt")
    for show in shows:
        add_to_ballot(session, show, *songs)
    merge_shows(session, *shows)
    merge_songs(session, *songs)
    session.commit()
    return *shows, *songs


@pytest.mark.parametrize("query", ["", "?fan=1", "?songs=all&_scheme=javascript&_external=1"])
def test_a_merged_show_leads_to_the_kept_one(client: FlaskClient, merged: Sheet, query: str) -> None:
    old, kept, *_ = merged
    answer = client.get(f"/shows/{old.id}{query}")
    assert answer.status_code == 308
    assert answer.headers["Location"].startswith(f"/shows/{kept.id}")
    assert client.get(f"/shows/{old.id}{query}", follow_redirects=True).status_code == 200


def test_merged_artists_and_venues_lead_on_and_stand_in_no_list(
    client: FlaskClient, session: Session
) -> None:
    artists = add_artist(session, "Low Tide"), add_artist(session, "Low Tide")
    venues = add_venue(session), add_venue(session)
    add_show(session, artists[0], venue=venues[0])
    merge_artists(session, *artists, now=NOW)
    merge_venues(session, *venues)
    session.commit()
    for kind, (old, kept) in {"artists": artists, "venues": venues}.items():
        answer = client.get(f"/{kind}/{old.id}")
        assert (answer.status_code, answer.headers["Location"]) == (308, f"/{kind}/{kept.id}")
    assert f'href="/artists/{artists[0].id}"' not in client.get("/search?q=low").text
    assert "Low Tide" in client.get(f"/venues/{venues[1].id}").text


@pytest.mark.parametrize(("show_kept", "song_kept"), [(False, False), (False, True), (True, False)])
def test_a_wish_lands_on_what_was_kept(
    client: FlaskClient, session: Session, merged: Sheet, *, show_kept: bool, song_kept: bool
) -> None:
    show, song = merged[show_kept], merged[2 + song_kept]
    for _ in range(2):
        answer = client.post(f"/shows/{show.id}/songs/{song.id}/wish", data={"wish": "on"})
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/shows/{merged[1].id}?fan=1#song-{merged[3].id}"
    assert session.execute(select(Vote.show_id, Vote.song_id)).all() == [(merged[1].id, merged[3].id)]
    assert session.scalars(select(BallotSong.wishes_guests)).all() == [1]
    taken_back = client.post(f"/shows/{show.id}/songs/{song.id}/wish", data={"wish": "off"})
    assert taken_back.status_code == 303
    session.expire_all()
    assert session.scalars(select(BallotSong.wishes_guests)).all() == [0]


def test_htmx_gets_the_kept_songs_row(client: FlaskClient, merged: Sheet) -> None:
    address = f"/shows/{merged[0].id}/songs/{merged[2].id}/wish"
    answer = client.post(address, data={"wish": "on"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert f"/shows/{merged[1].id}/songs/{merged[3].id}/wish" in answer.text
