import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.models import SyncJob
from tests.web.accounts import sign_in_as

TO_SIGN_IN, REFUSED = 303, 403
# Every address of the blueprint with the answer to each role. A new one without a row fails below.
ADDRESSES = {
    ("GET", "/admin/"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/imports/<int:sync_id>/retry"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
}
CASES = [(address, *answer) for address, answers in ADDRESSES.items() for answer in answers.items()]


@pytest.mark.parametrize(("address", "role", "status"), CASES)
@pytest.mark.usefixtures("failed")
def test_every_page_for_every_role(
    client: FlaskClient, session: Session, address: tuple[str, str], role: str, status: int
) -> None:
    sign_in_as(client, session, role)
    method, rule = address
    path = rule.replace("<int:sync_id>", "1")
    assert client.open(path, method=method).status_code == status


def test_the_table_names_every_address(app: Flask) -> None:
    found = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(ADDRESSES)


def test_whoever_is_sent_to_sign_in_comes_back(client: FlaskClient) -> None:
    assert client.get("/admin/?x=1").headers["Location"] == "/login?next=/admin/?x%3D1"
    # A form would have to be sent again, which a link cannot do.
    assert client.post("/admin/imports/1/retry").headers["Location"] == "/login?next=/admin/"


def test_htmx_is_sent_there_as_a_whole_page(client: FlaskClient) -> None:
    answer = client.get("/admin/", headers={"HX-Request": "true", "HX-Target": "board"})
    assert answer.headers["HX-Redirect"] == "/login?next=/admin/"
    assert answer.text == ""


def test_a_role_that_is_taken_away_is_gone_at_once(operator: FlaskClient, session: Session) -> None:
    assert operator.get("/admin/").status_code == 200
    session.execute(text("DELETE FROM account_roles"))
    session.commit()
    assert operator.get("/admin/").status_code == REFUSED


def test_half_a_day_after_the_password_it_is_asked_for_again(operator: FlaskClient) -> None:
    with operator.session_transaction() as signed:
        signed["fs_paa"] = time.time() - 13 * 3600
    assert operator.get("/admin/").status_code == TO_SIGN_IN
    with operator.session_transaction() as signed:
        assert "_user_id" not in signed


def test_operators_pages_are_kept_by_nobody(operator: FlaskClient) -> None:
    assert operator.get("/admin/").headers["Cache-Control"] == "private, no-store"


def test_a_post_from_another_site_is_refused(operator: FlaskClient, failed: SyncJob) -> None:
    answer = operator.post(f"/admin/imports/{failed.id}/retry", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == REFUSED
