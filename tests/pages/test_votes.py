from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Vote
from tests.pages.catalogue import NOW
from tests.pages.conftest import Night
from tests.pages.reading import as_htmx, assert_fragment
from tests.web.accounts import FAN, make_account, sign_in


def votes(session: Session, state: str = "on") -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Vote).where(Vote.state == state)) or 0


def test_a_plain_form_goes_back_to_the_song_on_the_fans_own_page(
    client: FlaskClient, session: Session, night: Night
) -> None:
    answer = client.post(night.wish_address(), data={"wish": "on"})
    assert answer.status_code == 303
    assert answer.location == f"{night.address}?fan=1#song-{night.songs[0].id}"
    assert votes(session) == 1


def test_htmx_gets_the_row_and_the_wishes_left(client: FlaskClient, night: Night) -> None:
    row = f"song-{night.songs[0].id}"
    answer = client.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx(row))
    html = assert_fragment(answer, row)
    assert 'aria-pressed="true"' in html
    assert 'value="off"' in html
    assert "4 of 5 wishes left" in html
    assert 'id="wishes"' in html
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_wish_sent_twice_is_one_and_can_be_taken_back(
    client: FlaskClient, session: Session, night: Night
) -> None:
    for wish, standing in (("on", 1), ("on", 1), ("off", 0), ("off", 0), ("on", 1)):
        client.post(night.wish_address(), data={"wish": wish}, headers=as_htmx())
        assert votes(session) == standing
    assert session.get_one(BallotSong, (night.show.id, night.songs[0].id)).wishes == 1


def test_the_sixth_wish_is_refused_at_its_row(client: FlaskClient, session: Session, night: Night) -> None:
    for song in range(5):
        client.post(night.wish_address(song), data={"wish": "on"})
    answer = client.post(night.wish_address(5), data={"wish": "on"}, headers=as_htmx())
    assert answer.status_code == 409
    assert "Take one back" in answer.text
    assert '<a href="/register">15 with an account</a>' in answer.text
    assert 'aria-pressed="false"' in answer.text
    assert "<html" not in answer.text
    assert votes(session) == 5


def test_a_refusal_of_a_plain_form_is_said_at_the_row_of_the_page(
    client: FlaskClient, session: Session, night: Night
) -> None:
    night.show.locks_at = NOW - timedelta(minutes=1)
    session.commit()
    answer = client.post(night.wish_address(), data={"wish": "on"})
    assert answer.status_code == 409
    assert "<html" in answer.text
    row = answer.text.split(f'id="song-{night.songs[0].id}"')[1].split("</li>")[0]
    assert "wishes are locked" in row


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"locks_at": NOW - timedelta(seconds=1)}])
def test_no_wish_for_a_show_that_is_cancelled_or_has_begun(
    client: FlaskClient, session: Session, night: Night, changes: dict[str, object]
) -> None:
    for name, value in changes.items():
        setattr(night.show, name, value)
    session.commit()
    answer = client.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
    assert answer.status_code == 409
    assert votes(session) == 0


def test_a_wish_voided_by_an_admin_stays_out(client: FlaskClient, session: Session, night: Night) -> None:
    client.post(night.wish_address(), data={"wish": "on"})
    session.scalars(select(Vote)).one().state = "void"
    session.commit()
    answer = client.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
    assert answer.status_code == 409
    assert "taken out by an admin" in answer.text


@pytest.mark.parametrize("wish", ["", "toggle", "ON", "true"])
def test_a_wish_is_on_or_off(client: FlaskClient, session: Session, night: Night, wish: str) -> None:
    assert client.post(night.wish_address(), data={"wish": wish}).status_code == 422
    assert votes(session) == 0


def test_what_is_not_on_the_sheet_is_404(client: FlaskClient, night: Night) -> None:
    for address in nowhere(night):
        answer = client.post(address, data={"wish": "on"}, headers=as_htmx())
        assert answer.status_code == 404
        assert answer.headers["HX-Retarget"] == "#flash"


def test_what_is_not_on_the_sheet_is_404_however_fast_it_is_asked_for(
    client: FlaskClient, night: Night
) -> None:
    for _ in range(122):
        answer = client.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
    assert answer.status_code == 429
    for address in nowhere(night):
        assert client.post(address, data={"wish": "on"}, headers=as_htmx()).status_code == 404


def nowhere(night: Night) -> list[str]:
    ids = (9999, 2**63 - 1, 2**63, 10**30)
    return [f"{night.address}/songs/{song_id}/wish" for song_id in ids] + [
        f"/shows/{show_id}/songs/1/wish" for show_id in ids
    ]


def test_too_fast_is_said_at_the_row_too(client: FlaskClient, night: Night) -> None:
    answers = [
        client.post(night.wish_address(), data={"wish": wish}, headers=as_htmx())
        for wish in ["on", "off"] * 61
    ]
    assert answers[-1].status_code == 429
    assert "A little too fast" in answers[-1].text
    assert f'id="song-{night.songs[0].id}"' in answers[-1].text
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_who_was_signed_out_elsewhere_is_told_so_at_the_row_and_is_a_guest_afterwards(
    client: FlaskClient, session: Session, night: Night
) -> None:
    account = make_account(session, FAN)
    sign_in(client, FAN)
    account.fs_uniquifier = "another"  # as signing out everywhere does
    session.commit()
    answer = client.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
    assert answer.status_code == 401
    assert "signed out elsewhere" in answer.text
    assert f'id="song-{night.songs[0].id}"' in answer.text
    assert 'aria-pressed="false"' in answer.text
    assert votes(session) == 0
    assert client.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx()).status_code == 200
    assert session.scalars(select(Vote.by_account)).all() == [False]


def test_a_guests_wishes_come_along_when_they_sign_in(
    client: FlaskClient, session: Session, night: Night
) -> None:
    make_account(session, FAN)
    client.post(night.wish_address(), data={"wish": "on"})
    sign_in(client, FAN)
    assert session.scalars(select(Vote.by_account)).all() == [True]
    marks = client.get(f"/_fan{night.address}")
    assert "14 of 15 wishes left" in marks.text
    assert f'id="song-{night.songs[0].id}"' in marks.text


@pytest.mark.parametrize("is_member", [False, True])
def test_an_answer_is_small(client: FlaskClient, session: Session, night: Night, *, is_member: bool) -> None:
    make_account(session, FAN)
    if is_member:
        sign_in(client, FAN)
    answer = client.post(night.wish_address(1), data={"wish": "on"}, headers=as_htmx())
    assert answer.status_code == 200
    assert len(answer.data) <= 3_072


def test_a_song_that_left_the_sheet_says_so_in_the_place_of_its_row(
    client: FlaskClient, night: Night
) -> None:
    answer = client.post(
        f"{night.address}/songs/9999/wish", data={"wish": "on"}, headers=as_htmx("song-9999")
    )
    assert answer.status_code == 404
    assert 'id="song-9999"' in answer.text
    assert "not on the sheet" in answer.text


def test_another_site_cannot_wish_in_a_fans_name(client: FlaskClient, session: Session, night: Night) -> None:
    answer = client.post(night.wish_address(), data={"wish": "on"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert votes(session) == 0


def test_only_wishing_gives_a_cookie(client: FlaskClient, night: Night) -> None:
    assert "Set-Cookie" not in client.get(night.address).headers
    assert "Set-Cookie" not in client.get(f"/_fan{night.address}").headers
    assert "fan=" in client.post(night.wish_address(), data={"wish": "on"}).headers["Set-Cookie"]
