"""No other site's page writes here in a visitor's name, is led to from here, or has our pages inside it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.web.accounts import ADMIN, make_account, sign_in, sign_in_as
from tests.web.conftest import client, stranger
from tests.web.test_headers import EVERYWHERE
from tests.web.writes import FORMS, Write, add_rows, all_rows, is_elsewhere, leads_elsewhere, writes

__all__ = ["client", "stranger"]

SITE = "http://localhost"  # whose cookie the visitor has
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": SITE},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{SITE}.evil.example"},
    {"Origin": "https://evil.example", "HX-Request": "true"},
    {"Origin": "https://evil.example", "Content-Type": "text/plain"},
)
ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "\x01//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "ht\ntps://evil.example",
    "http://127.0.0.1:8000@evil.example/",
    "//evil.example:80#@127.0.0.1:8000/",
    "//evil%E3%80%82example",
    "https://evil。example",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "JaVaScRiPt://127.0.0.1:8000/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    # Names on this site, however they look.
    "http://127.0.0.1:8000\\@evil.example/",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "%5c%5cevil.example",
    "/%09/evil.example",
    "/\r\nLocation: https://evil.example",
)
OURS_AFTER_ALL = ELSEWHERE.index("http://127.0.0.1:8000\\@evil.example/")


def ask(client: FlaskClient, write: Write, headers: dict[str, str]) -> TestResponse:
    form = FORMS[write.endpoint][0]
    return client.open(write.path, method=write.method, base_url=SITE, headers=headers, data=form)


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_another_sites_page_writes_nothing(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    add_rows(session)
    sign_in_as(client, session, role)
    before, found = all_rows(session), writes(app)
    assert len(found) > 20
    for headers in FOREIGN:
        for write in found:
            answer = ask(client, write, headers)
            assert answer.status_code == 403, (write.name, headers)
            assert "another website" in answer.text
            assert "Set-Cookie" not in answer.headers
    assert all_rows(session) == before
    assert client.get("/admin/", base_url=SITE).status_code == {"anonymous": 303, "admin": 200}[role]


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_our_own_pages_are_let_through_and_write(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    """So it was not for anything else that the others were refused."""
    add_rows(session)
    sign_in_as(client, session, role)
    before = all_rows(session)
    for write in writes(app):
        answer = ask(client, write, {"Sec-Fetch-Site": "same-origin", "Origin": SITE})
        assert "another website" not in answer.text, write.name
    changed = {name for name, rows in all_rows(session).items() if rows != before[name]}
    assert {"votes", "queue_jobs"} <= changed
    assert ("doubts" in changed) is (role == "admin")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client: FlaskClient, session: Session, elsewhere: str) -> None:
    """Nor does the page of signing in, to somebody who has done so."""
    make_account(session, ADMIN, "admin")
    answer = sign_in(client, ADMIN, next_page=elsewhere)
    assert answer.status_code in {302, 422}
    assert not leads_elsewhere(answer), answer.headers["Location"]
    if answer.status_code == 422:
        sign_in(client, ADMIN)
    again = client.get("/login", query_string={"next": elsewhere})
    assert again.status_code == 302
    assert not leads_elsewhere(again), again.headers["Location"]


@pytest.mark.parametrize("path", ["/admin//evil.example", "/admin/?next=//evil.example", "/admin/\\evil"])
def test_being_sent_to_sign_in_leads_nowhere_else(client: FlaskClient, path: str) -> None:
    assert not leads_elsewhere(client.get(path))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/", False),
        ("/a:b", False),
        ("http://localhost/x", False),
        ("/%5Cevil.example", False),
        *((trick, True) for trick in ELSEWHERE[:OURS_AFTER_ALL]),
    ],
)
def test_a_browsers_reading_of_an_address(location: str, *, expected: bool) -> None:
    """What these tests rely on."""
    assert is_elsewhere(location) is expected


ANSWERS: dict[str, tuple[str, str, dict[str, object]]] = {
    "a page": ("GET", "/", {}),
    "a fragment": ("GET", "/search?q=x", {"headers": {"HX-Request": "true", "HX-Target": "results"}}),
    "JSON": ("GET", "/api/health", {}),
    "a document": ("GET", "/api/openapi.json", {}),
    "a static file": ("GET", "/static/css/base.css", {}),
    "a script": ("GET", "/static/js/setlist.js", {}),
    "a redirect": ("GET", "/admin/", {}),
    "403": ("POST", "/login", {"headers": FOREIGN[0]}),
    "404": ("GET", "/nowhere", {}),
    "404 in the API": ("GET", "/api/nowhere", {}),
    "405": ("DELETE", "/", {}),
    "413": ("POST", "/search/lookups", {"data": {"q": "x" * 300_000}}),
    "415": ("POST", "/login", {"json": {}}),
    "422": ("POST", "/artists", {"data": {}}),
    "a method nobody knows": ("INVENTED", "/", {}),
}
STATUSES = {"a redirect": 303, "404 in the API": 404, "a method nobody knows": 405}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_is_guarded(client: FlaskClient, kind: str) -> None:
    method, path, how = ANSWERS[kind]
    with client.open(path, method=method, **how) as answer:
        assert answer.status_code == (int(kind) if kind.isdigit() else STATUSES.get(kind, 200))
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in " ".join(policy)
