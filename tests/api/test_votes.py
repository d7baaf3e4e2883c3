"""Wishes by programs, and the tallies that pages ask for while they are open."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Vote
from tests.pages.catalogue import NOW, add_artist, add_song, open_show
from tests.web.accounts import FAN, make_account, sign_in
from tests.web.conftest import client, stranger

__all__ = ["client", "stranger"]


def wish_address(show: int, song: int) -> str:
    return f"/api/shows/{show}/songs/{song}/wish"


def test_a_wish_is_a_state_and_the_answer_says_what_is_true(client: FlaskClient, session: Session) -> None:
    show, songs = open_show(session)
    address = wish_address(show.id, songs[0].id)
    told = [client.open(address, method=method).json for method in ("PUT", "PUT", "DELETE", "DELETE")]
    assert [(one["outcome"], one["wished"], one["wishes"]["guests"], one["left"]) for one in told] == [
        ("recorded", True, 1, 4),
        ("unchanged", True, 1, 4),
        ("recorded", False, 0, 5),
        ("unchanged", False, 0, 5),
    ]


def test_an_account_has_more_wishes_and_is_counted_apart(client: FlaskClient, session: Session) -> None:
    show, songs = open_show(session, songs=16)
    make_account(session, FAN)
    sign_in(client, FAN)
    answers = [client.put(wish_address(show.id, song.id)) for song in songs]
    assert [answer.status_code for answer in answers] == [200] * 15 + [409]
    assert answers[0].json["wishes"] == {"accounts": 1, "guests": 0}
    assert "(quota)" in answers[-1].json["detail"]


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"locks_at": NOW - timedelta(seconds=1)}, 409, "(locked)"),
        ({"status": "cancelled"}, 409, "(cancelled)"),
    ],
)
def test_a_refusal_is_a_problem(
    client: FlaskClient, session: Session, changes: dict[str, object], status: int, word: str
) -> None:
    show, songs = open_show(session)
    for name, value in changes.items():
        setattr(show, name, value)
    session.commit()
    answer = client.put(wish_address(show.id, songs[0].id))
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert word in answer.json["detail"]
    assert session.scalar(select(func.count()).select_from(Vote)) == 0


@pytest.mark.parametrize("ids", [(1, 999), (999, 1), (2**63, 1), (1, 2**63)])
def test_what_is_not_there_is_404(client: FlaskClient, session: Session, ids: tuple[int, int]) -> None:
    open_show(session)
    answer = client.put(wish_address(*ids))
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_another_site_cannot_wish(client: FlaskClient, session: Session) -> None:
    show, songs = open_show(session)
    answer = client.put(wish_address(show.id, songs[0].id), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_song_of_the_act_is_put_on_the_ballot_where_that_is_asked_for(
    client: FlaskClient, session: Session
) -> None:
    show, songs = open_show(session)
    artist = show.line_up[0].artist
    assert artist is not None
    other = add_song(session, artist, "A Deep Cut")
    strange = add_song(session, add_artist(session, "Somebody Else"), "Not Theirs")
    session.commit()
    assert client.put(wish_address(show.id, other.id)).status_code == 404
    assert client.put(f"{wish_address(show.id, strange.id)}?adds=1").status_code == 404
    assert client.put(f"{wish_address(show.id, other.id)}?adds=1").json["wishes"]["guests"] == 1
    session.expire_all()
    assert len(session.scalars(select(BallotSong)).all()) == len(songs) + 1


@pytest.mark.parametrize("adds", ["0", "true", "11", ""])
def test_adds_is_one_or_left_out(client: FlaskClient, session: Session, adds: str) -> None:
    show, songs = open_show(session)
    answer = client.put(wish_address(show.id, songs[0].id), query_string={"adds": adds})
    assert (answer.status_code, answer.json["detail"]) == (422, "adds is 1, or is left out.")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Vote)) == 0


def test_tallies_are_the_same_for_everyone_and_may_be_kept_for_a_moment(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    show, songs = open_show(session, songs=2)
    client.put(wish_address(show.id, songs[0].id))
    for visitor in (client, stranger):
        answer = visitor.get(f"/api/shows/{show.id}/tallies")
        assert answer.json == {
            "show": show.id,
            "state": "open",
            "songs": {str(songs[0].id): [0, 1], str(songs[1].id): [0, 0]},
        }
        assert answer.headers["Cache-Control"] == "public, max-age=2"
        assert "Set-Cookie" not in answer.headers
    etag = answer.headers["ETag"]
    assert client.get(f"/api/shows/{show.id}/tallies", headers={"If-None-Match": etag}).status_code == 304


def test_tallies_of_a_show_that_has_begun_say_so(client: FlaskClient, session: Session) -> None:
    show, _ = open_show(session)
    show.locks_at = NOW - timedelta(seconds=1)
    session.commit()
    assert client.get(f"/api/shows/{show.id}/tallies").json["state"] == "locked"
    assert client.get(f"/api/shows/{2**63}/tallies").status_code == 404
