"""What a fan takes along, and what is left when they go."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.tally_check import tallies_apart
from setlist.models import Account, AccountSession, AuditLog, BallotSong, Fan, Mail, Vote
from tests.pages.catalogue import add_show, add_to_ballot
from tests.pages.conftest import Night
from tests.web.accounts import ADMIN, FAN, PASSWORD, sign_in_as
from tests.web.members import (
    rows_of,
)

OTHER_PASSWORD = "another long and boring one"


def test_a_guests_wishes_come_along_and_are_in_the_data(
    client: FlaskClient, session: Session, night: Night
) -> None:
    client.post(night.wish_address(), data={"wish": "on"})
    sign_in_as(client, session, "fan")
    page = client.get("/account")
    assert f'href="{night.address}"' in page.text
    answer = client.get("/account/data")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    data = answer.json
    assert data["account"]["email"] == FAN
    assert [wish["song"] for wish in data["wishes"]] == [night.songs[0].title]
    assert [entry["action"] for entry in data["log"]] == ["sign_in"]
    assert PASSWORD not in answer.text
    assert "argon2" not in answer.text


def test_leaving_takes_back_what_is_open_and_keeps_history_without_a_name(
    client: FlaskClient, session: Session, night: Night
) -> None:
    sign_in_as(client, session, "fan")
    for song in (0, 1):
        client.post(night.wish_address(song), data={"wish": "on"})
    night.show.locks_at = datetime.now(UTC) - timedelta(minutes=1)
    session.commit()
    other = _other_night(session, night)
    client.post(f"/shows/{other}/songs/{night.songs[0].id}/wish", data={"wish": "on"})
    assert client.post("/account/delete", data={}).status_code == 422
    assert client.post("/account/delete", data={"sure": "yes"}).status_code == 303
    assert client.get("/account").status_code == 303
    session.expire_all()
    states = session.execute(select(Vote.show_id, Vote.state).order_by(Vote.id)).all()
    assert [tuple(row) for row in states] == [(night.show.id, "on")] * 2 + [(other, "off")]
    assert session.get_one(BallotSong, (other, night.songs[0].id)).wishes == 0
    assert not tallies_apart(session)
    assert session.scalars(select(Fan.account_id)).all() == [None]
    assert [rows_of(session, table) for table in (Account, AccountSession, Mail)] == [0, 0, 0]
    assert session.scalars(select(AuditLog.account_id)).all() == [None, None][: rows_of(session, AuditLog)]
    assert session.scalars(select(AuditLog.details)).all() == [{}] * rows_of(session, AuditLog)


def _other_night(session: Session, night: Night) -> int:
    show = add_show(session, night.artist, in_days=9)
    add_to_ballot(session, show, night.songs[0])
    session.commit()
    return show.id


def test_the_only_operator_cannot_leave(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "admin")
    answer = client.post("/account/delete", data={"sure": "yes"})
    assert answer.status_code == 409
    assert "only operator" in answer.text
    assert rows_of(session, Account) == 1
    session.scalars(select(Account)).one().email = ADMIN
    assert client.get("/admin/").status_code == 200
