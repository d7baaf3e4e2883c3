"""A song that is not on the sheet, found by typing and put there by wishing."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Song, Vote
from tests.pages.catalogue import HOSTILE, add_artist, add_song
from tests.pages.conftest import Night
from tests.pages.reading import as_htmx


@pytest.fixture
def other(session: Session, night: Night) -> Song:
    song = add_song(session, night.artist, "Marigold Avenue")
    session.commit()
    return song


def on_ballot(session: Session, song: Song) -> bool:
    session.expire_all()
    return session.scalar(select(BallotSong).where(BallotSong.song_id == song.id)) is not None


@pytest.mark.parametrize("typed", ["Mari", "avenue", "MARIGOLD AV", "marigld avenue", "Marigold Avenu"])
def test_it_is_found_by_its_beginning_a_word_and_with_a_slip(
    client: FlaskClient, night: Night, other: Song, typed: str
) -> None:
    answer = client.get(f"{night.address}/songs", query_string={"q": typed}, headers=as_htmx("add_found"))
    assert "Marigold Avenue" in answer.text
    assert f'value="{other.id}"' in answer.text
    assert "<html" not in answer.text


def test_what_is_on_the_sheet_is_pointed_to(client: FlaskClient, night: Night) -> None:
    answer = client.get(f"{night.address}/songs?q=glass", headers=as_htmx())
    assert f'href="#song-{night.songs[0].id}"' in answer.text


@pytest.mark.parametrize("typed", ["", "x", "zzzzqqq", "\x00", "%" * 500])
def test_nothing_found_is_no_error(client: FlaskClient, night: Night, typed: str) -> None:
    answer = client.get(f"{night.address}/songs", query_string={"q": typed}, headers=as_htmx())
    assert answer.status_code == 200
    assert "<button" not in answer.text


def test_wishing_puts_it_on_the_sheet_and_answers_with_its_row(
    client: FlaskClient, session: Session, night: Night, other: Song
) -> None:
    answer = client.post(f"{night.address}/songs", data={"song": other.id, "q": "mari"}, headers=as_htmx())
    assert answer.status_code == 200
    assert 'hx-swap-oob="beforeend:#songs"' in answer.text
    assert f'id="song-{other.id}"' in answer.text
    assert "4 of 5 wishes left" in answer.text
    assert on_ballot(session, other)
    again = client.post(f"{night.address}/songs", data={"song": other.id}, headers=as_htmx())
    assert "beforeend" not in again.text
    assert len(session.scalars(select(Vote)).all()) == 1


def test_a_plain_form_finds_and_adds_too(
    client: FlaskClient, session: Session, night: Night, other: Song
) -> None:
    page = client.get(f"{night.address}/songs?q=mari")
    assert "<html" in page.text
    assert "Marigold Avenue" in page.text
    answer = client.post(f"{night.address}/songs", data={"song": other.id, "q": "mari"})
    assert answer.status_code == 303
    assert answer.location == f"{night.address}?fan=1#song-{other.id}"
    assert on_ballot(session, other)


def test_without_a_wish_left_nothing_is_added(
    client: FlaskClient, session: Session, night: Night, other: Song
) -> None:
    for song in range(5):
        client.post(night.wish_address(song), data={"wish": "on"})
    answer = client.post(f"{night.address}/songs", data={"song": other.id}, headers=as_htmx())
    assert answer.status_code == 409
    assert "Take one back" in answer.text
    assert not on_ballot(session, other)


def test_a_song_of_nobody_on_the_bill_is_not_added(
    client: FlaskClient, session: Session, night: Night
) -> None:
    strange = add_song(session, add_artist(session, "Somebody Else"), "Not Theirs")
    session.commit()
    answer = client.post(f"{night.address}/songs", data={"song": strange.id}, headers=as_htmx())
    assert answer.status_code == 404
    assert not on_ballot(session, strange)


@pytest.mark.parametrize("song", ["", "x", "0", "-1", str(2**70)])
def test_what_is_no_song_is_refused(client: FlaskClient, night: Night, song: str) -> None:
    answer = client.post(f"{night.address}/songs", data={"song": song}, headers=as_htmx())
    assert answer.status_code in {404, 422}


def test_nothing_is_added_to_a_show_that_has_begun_or_is_cancelled(
    client: FlaskClient, session: Session, night: Night, other: Song
) -> None:
    night.show.status = "cancelled"
    session.commit()
    answer = client.post(f"{night.address}/songs", data={"song": other.id}, headers=as_htmx())
    assert answer.status_code in {404, 409}
    assert not on_ballot(session, other)


def test_hostile_titles_and_words_are_text(client: FlaskClient, session: Session, night: Night) -> None:
    add_song(session, night.artist, HOSTILE)
    session.commit()
    answer = client.get(f"{night.address}/songs", query_string={"q": "<script>"})
    assert "<script>alert" not in answer.text
