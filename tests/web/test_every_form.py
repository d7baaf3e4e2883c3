"""Whatever is sent to whatever takes a write: an answer that says what was wrong, and never a 500."""

import io
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from setlist.domain.proof import solve
from tests.pages.conftest import Night
from tests.pages.test_proofs import challenge_for
from tests.web.accounts import ADMIN, FAN, FORM_TOKEN, make_account, sign_in, sign_in_as
from tests.web.conftest import Visitor, client, stranger
from tests.web.writes import ENDING, FORMS, Write, add_rows, leads_elsewhere, writes

__all__ = ["client", "stranger"]

VALUES = (
    "",
    "\0",
    "a\0b\r\nSet-Cookie: evil=1",
    "<script>alert('x')</script>\" onload=\"x",
    "{{7*7}}'; DROP TABLE votes; --%s%(x)s\\",
    "\u202e\ufeff\U0010ffff\u0301",
    "0",
    "-1",
    str(2**63),
    "9" * 5_000,
    "1e309",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "x" * 60_000,
    random.Random(1).randbytes(30_000).hex(),  # too long for an index, however it is packed
)
IDS = {
    "artist_id",
    "show_id",
    "song_id",
    "sync_id",
    "job_id",
    "doubt_id",
    "burst_id",
    "session_id",
    "mail_id",
}
NUMBERS = (0, 2**63 - 1, 2**63, 10**40)
NAMES = ("x", "\0", "\u202e<script>", "..%2f..", "x" * 2_000)
QUERY = {
    "kind": "<script>", "state": "\0", "page": "9" * 30, "before": str(2**63), "queue": "\0", "words": "\0%",
    "after": "\0", "list": "", "adds": "1", "next": "//evil.example", "fan": "\0",
}  # fmt: skip
BOUNDARY = "multipart/form-data; boundary=b"
FORM = "application/x-www-form-urlencoded"
BODIES: tuple[tuple[str, bytes], ...] = (
    (FORM, b"q=%ff%fe&song=%00&\xff\xfe=\xff&wish&==&&;%"),
    (FORM, b"q=%ed%a0%80&email=%ed%a0%80&challenge=%ed%a0%80&title=%ed%a0%80"),
    (FORM + "; charset=utf-16", "q=Glass&wish=on".encode("utf-16")),
    (FORM + "; charset=nonsense", b"q=Glass&wish=on"),
    (FORM, b'{"wish": "on"}'),
    (FORM, b"&".join(b"f%d=x" % number for number in range(3_000))),
    (FORM, b"q=" + b"x" * 300_000),
    ("multipart/form-data", b"no boundary"),
    (BOUNDARY, b""),
    (BOUNDARY, b"--b\r\nContent-Disposition: form-data; name=q\r\n\r\nnever ends"),
    (BOUNDARY, b"--b\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--b--\r\n"),
    (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="\xff\x00"\r\n\r\n\xff\r\n--b--\r\n'),
    (BOUNDARY, b"--b\r\n" + b"X-Long: " + b"x" * 100_000),
    (BOUNDARY, b"".join(b"--b\r\nContent-Disposition: form-data; name=q\r\n\r\nx\r\n" for _ in range(300))),
    ("application/json", b'{"challenge": '),
    ("application/json", b"[1, 2]"),
    ("application/json", b'{"challenge": {"a": [null]}, "solution": 1e999, "wish": "on"}'),
    ("application/json", b'{"challenge": "\\ud800.\\udfff", "solution": "\\ud800"}'),
    ("application/json", b'{"challenge": ' + b"[" * 100_000),
    ("application/json", b'{"solution": ' + b"9" * 5_000 + b"}"),
    ("application/json; charset=nonsense", b"\xff\xfe\x00"),
    ("text/plain", b"wish=on"),
    ("application/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
    ("\xff/\xfe; =", b"wish=on"),
)
ASKERS: tuple[dict[str, str], ...] = (
    {"Accept": "text/html"},
    {"HX-Request": "true", "HX-Target": "song-1"},
    {"HX-Request": "true", "HX-Target": "imports"},
    {"Accept": "application/json"},
)
INSIDES = re.compile(r"Traceback|sqlalchemy|psycopg|werkzeug|jinja2|\.py\b", re.IGNORECASE)
OF_GUESTS = {
    "proofs.solve",
    "proofs.mail",
    "security.login",
    "security.register",
    "security.mf_recovery",
    "security.two_factor_token_validation",
}
TAKEN = {"proofs.mail": 503}  # there is no mail here


# The library's own, alike on all forms: what becomes of a wrong one is told in test_sign_in.py.
OF_THE_LIBRARY = {"csrf_token"}


class Sender:
    """Sends what it is given as a guest or as an admin, and notes what was answered badly."""

    def __init__(self, app: Flask, client: FlaskClient, connection: redis.Redis, night: Night) -> None:
        self.app = app
        self.night = night
        self.client = client
        self.connection = connection
        self.challenge = ""  # a guest's own, which only wants its sum
        self.askers = cycle(ASKERS)
        self.wrong: list[str] = []

    def writes(self) -> Iterator[Write]:
        """Whoever signed in is so for each of them. A guest is sent away from operators' pages unread."""
        seen = self.client.get("/admin/").status_code
        for write in writes(self.app):
            if seen != 200 and write.endpoint.startswith(("admin.", "accounts.")):
                continue
            if write.endpoint in ENDING and seen == 200 and self.client.get("/admin/").status_code != seen:
                self.connection.flushdb()
                sign_in(self.client, ADMIN)
            assert self.client.get("/admin/").status_code == seen, write.name
            yield write

    def forms(self, write: Write) -> Iterator[dict[str, str]]:
        """Those that are taken, but for the sum."""
        for form in FORMS[write.endpoint]:
            known = {"csrf_token": self.token() if "csrf_token" in form else "", "challenge": self.challenge}
            yield form | {name: value for name, value in known.items() if value and name in form}

    def token(self) -> str:
        """Of this session, from a page that has one for whoever asks."""
        pages = (self.client.get(path).text for path in ("/login", "/account/password"))
        return next(found[1] for found in map(FORM_TOKEN.search, pages) if found)

    def send(self, write: Write, what: str, **request: Any) -> TestResponse:
        self.connection.flushdb()  # limits, which are not the matter here
        self.app.extensions["vote_counts"].forget()
        headers = next(self.askers) | request.pop("headers", {})
        answer = self.client.open(write.path, method=write.method, headers=headers, **request)
        if complaint := complaint_of(write, answer):
            self.wrong.append(f"{write.name[:80]} {what[:80]!r} {headers}: {answer.status_code} {complaint}")
        return answer


@pytest.fixture(params=["anonymous", "admin"])
def sender(
    request: pytest.FixtureRequest,
    app: Flask,
    client: FlaskClient,
    session: Session,
    redis_client: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> Sender:
    """A guest's or an admin's, over rows that exist."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", value=False)
    night = add_rows(session)
    sign_in_as(client, session, request.param)
    made = Sender(app, client, redis_client, night)
    assert client.get("/admin/").status_code == {"anonymous": 303, "admin": 200}[request.param]
    if request.param == "anonymous":
        made.challenge = challenge_for(app, client, night)
    return made


def complaint_of(write: Write, answer: TestResponse) -> str:
    """What is wrong with an answer: a crash, a limit that hides the form, an error that does not say why."""
    has_no_mail = write.endpoint == "proofs.mail" and answer.status_code == 503
    if answer.status_code >= 500 and not has_no_mail:
        return "broke"
    if answer.status_code == 429:
        return "was limited"
    if leads_elsewhere(answer):
        return "leads elsewhere"
    if answer.status_code < 400 or "HX-Redirect" in answer.headers:
        return ""
    if found := INSIDES.search(answer.text):
        return f"tells {found[0]}"
    return "" if says_why(answer) else f"does not say why: {answer.text[:200]}"


def says_why(answer: TestResponse) -> bool:
    if answer.mimetype == "application/problem+json":
        problem = json.loads(answer.text)
        return bool(problem["title"] and problem["detail"]) and problem["status"] == answer.status_code
    return answer.mimetype == "text/html" and len(re.sub(r"<[^>]*>", " ", answer.text).split()) > 3


def test_any_value_in_any_field(sender: Sender) -> None:
    for write in sender.writes():
        for form in sender.forms(write):
            for field in sorted(form.keys() - OF_THE_LIBRARY):
                for data in _spoilt(form, field):
                    sender.send(write, f"{field}: {data.get(field)!r}", data=data)
    assert not sender.wrong, "\n".join(sender.wrong)


def test_any_body(sender: Sender) -> None:
    for write in sender.writes():
        for content_type, body in BODIES:
            sender.send(write, f"{content_type} {body!r}", data=body, content_type=content_type)
        for length in ("-1", "x", "9" * 30):
            sender.send(write, f"length {length}", data=b"q=x", headers={"Content-Length": length})
    assert not sender.wrong, "\n".join(sender.wrong)


def test_any_id(app: Flask, sender: Sender) -> None:
    for number in NUMBERS:
        for write in writes(app, **dict.fromkeys(IDS, number)):
            if IDS & write.arguments.keys():
                sender.send(write, "", data=FORMS[write.endpoint][0])
    assert not sender.wrong, "\n".join(sender.wrong)


def test_any_address(app: Flask, sender: Sender) -> None:
    named = (write for name in NAMES for write in writes(app, name=name) if "name" in write.arguments)
    for write in named:
        sender.send(write, "", data=FORMS[write.endpoint][0])
    for write in sender.writes():
        for path in (f"{write.path}%00", f"{write.path}/%ff%fe", write.path.replace("1", "-1")):
            sender.send(replace(write, path=path), "", data=FORMS[write.endpoint][0])
    assert not sender.wrong, "\n".join(sender.wrong)


def test_any_query(sender: Sender) -> None:
    for write in sender.writes():
        for form in sender.forms(write):
            for name, value in QUERY.items():
                sender.send(write, f"?{name}={value}", data=form, query_string={name: value})
    assert not sender.wrong, "\n".join(sender.wrong)


def test_any_cookie(app: Flask, sender: Sender) -> None:
    """Of a guest, and beside an admin's session."""
    session = sender.client.get_cookie("session")
    sender.client = Visitor(app, app.response_class, use_cookies=False)
    for write in sender.writes():
        for value in ("x", "\xff\xfe", "." * 4_000, "a.b.c"):
            cookies = {"fan": value, "pass-1": value, "session": session.value if session else value}
            header = "; ".join(f"{name}={given}" for name, given in cookies.items())
            sender.send(write, header, data=FORMS[write.endpoint][0], headers={"Cookie": header})
    assert not sender.wrong, "\n".join(sender.wrong)


@pytest.mark.parametrize("sender", ["admin"], indirect=True)
def test_the_forms_that_were_spoilt_are_taken_when_they_are_whole(
    app: Flask, sender: Sender, stranger: FlaskClient, session: Session
) -> None:
    """Or refused for the state of things, or for want of mail: they get past what looks at their fields."""
    make_account(session, FAN)
    guest = Sender(app, stranger, sender.connection, sender.night)
    guest.challenge = challenge_for(app, stranger, sender.night)
    for write in sender.writes():
        by = guest if write.endpoint in OF_GUESTS else sender
        for form in by.forms(write):
            solved = {"solution": solve(form["challenge"])} if "challenge" in form else {}
            status = by.send(write, "whole", data=form | solved).status_code
            assert status < 400 or status == TAKEN.get(write.endpoint, 409), (write.name, status)


def _spoilt(form: dict[str, str], field: str) -> Iterator[dict[str, Any]]:
    """The form with the field wrong, missing, twice and as a file."""
    rest = {name: value for name, value in form.items() if name != field}
    yield rest
    yield from (rest | {field: value} for value in VALUES)
    yield from (rest | {field: [form[field], value]} for value in ("\0", str(2**63)))
    yield from (rest | {field: [value, form[field]]} for value in ("\0", str(2**63)))
    yield rest | {field: (io.BytesIO(b"\0\xff"), "a\0b.txt")}


@pytest.mark.parametrize("path", ["/admin/imports", "/admin/syncs", "/admin/outbox"])
@pytest.mark.parametrize("typed", ["-1", "x", str(2**63), "9" * 500])
def test_a_place_in_a_list_that_cannot_be_is_none(
    client: FlaskClient, session: Session, path: str, typed: str
) -> None:
    sign_in_as(client, session, "admin")
    assert client.get(path, query_string={"before": typed}).status_code == 200
