from xml.etree import ElementTree

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.pages.catalogue import HOSTILE, add_artist


def test_a_picture_is_drawn_for_whom_nobody_has_one(client: FlaskClient, session: Session) -> None:
    artist, namesake = (add_artist(session, HOSTILE, disambiguation=who) for who in ("", "the other one"))
    session.commit()
    answer = client.get(f"/pictures/artists/{artist.id}.svg")
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    ElementTree.fromstring(answer.text)  # noqa: S314 - our own picture
    assert "script" not in answer.text
    assert client.get(f"/pictures/artists/{namesake.id}.svg").text != answer.text


def test_no_picture_of_nobody(client: FlaskClient) -> None:
    assert client.get("/pictures/artists/1.svg").status_code == 404
