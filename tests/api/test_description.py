import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.api.description import OPENAPI
from setlist.models import QueueJob
from tests.api.conftest import Importing
from tests.pages.catalogue import open_show

SCHEMAS = OPENAPI["components"]["schemas"]
CHECKS = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def _assert_fits(schema: dict[str, Any], value: Any) -> None:
    """What of JSON Schema the description uses."""
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    for part in schema.get("allOf", []):
        _assert_fits(part, value)
    assert value in schema.get("enum", [value])
    kinds = schema.get("type", list(CHECKS))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    assert any(isinstance(value, CHECKS[kind]) for kind in kinds), (schema, value)
    if isinstance(value, list):
        for item in value:
            _assert_fits(schema["items"], item)
    if isinstance(value, dict):
        _assert_members_fit(schema, value)


def _assert_members_fit(schema: dict[str, Any], value: dict[str, Any]) -> None:
    assert set(schema.get("required", ())) <= set(value)
    for name, inner in value.items():
        described = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        if described:
            _assert_fits(described, inner)


def test_it_names_every_address_and_nothing_else(app: Flask) -> None:
    rules = {re.sub(r"<int:(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    served = {rule for rule in rules if rule.startswith("/api/")}
    assert set(OPENAPI["paths"]) == served - {"/api/"}


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r"#/components/(\w+)/(\w+)", str(OPENAPI)):
        kind, name = reference
        assert name in OPENAPI["components"][kind]


PLAIN = [path for path in OPENAPI["paths"] if path != "/api/import/progress" and "{" not in path]


@pytest.mark.parametrize("path", PLAIN)
def test_answers_are_as_described(
    client: FlaskClient, session: Session, importing: Importing, path: str
) -> None:
    importing.step(25.0)
    session.add(QueueJob(queue="artist_import", args={}, max_attempts=5))
    session.commit()
    answer = client.get(path)
    described = OPENAPI["paths"][path]["get"]["responses"][str(answer.status_code)]
    _assert_fits(described["content"]["application/json"]["schema"], answer.json)


def test_votes_are_answered_as_described(client: FlaskClient, session: Session) -> None:
    show, (song, *_) = open_show(session)
    address = f"/api/shows/{show.id}/songs/{song.id}/wish"
    for method, status in (("PUT", 200), ("DELETE", 200), ("PUT", 200)):
        answer = client.open(address, method=method)
        assert answer.status_code == status
        _assert_fits(SCHEMAS["Wish"], answer.json)
    _assert_fits(SCHEMAS["Tallies"], client.get(f"/api/shows/{show.id}/tallies").json)


def test_errors_are_as_described(client: FlaskClient) -> None:
    answer = client.get("/api/import/progress?id=x")
    assert "400" in OPENAPI["paths"]["/api/import/progress"]["get"]["responses"]
    _assert_fits(SCHEMAS["Problem"], answer.json)


def test_the_page_lists_every_call(client: FlaskClient) -> None:
    answer = client.get("/api/")
    assert answer.mimetype == "text/html"
    for path, methods in OPENAPI["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in answer.text
    assert client.get("/api").headers["Location"].endswith("/api/")


def test_it_may_be_kept_for_a_while(client: FlaskClient) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.json["openapi"].startswith("3.1")
    assert "public" in answer.headers["Cache-Control"]
