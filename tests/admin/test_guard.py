import re
import time
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.admin import guard
from setlist.models import QueueJob, SyncJob
from tests.web.accounts import ADMIN, sign_in, sign_in_as

TO_SIGN_IN, REFUSED = 303, 403
# Every address of the blueprint with the answer to each role. A new one without a row fails below.
ADDRESSES = {
    ("GET", "/admin/"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/queues"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/queues/<name>"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/queues/<name>/pause"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("POST", "/admin/queues/<name>/resume"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("GET", "/admin/queues/<name>/cancel"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/queues/<name>/cancel"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 422},
    ("GET", "/admin/jobs"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/jobs/<int:job_id>"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/jobs/<int:job_id>/cancel"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("POST", "/admin/jobs/<int:job_id>/retry"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("POST", "/admin/jobs/<int:job_id>/discard"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("GET", "/admin/jobs/discard"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/jobs/discard"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 422},
    ("GET", "/admin/workers"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/syncs"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/doubts"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/doubts/<int:doubt_id>"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 422},
    ("POST", "/admin/doubts/merge"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 422},
    ("POST", "/admin/doubts/split"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 422},
    ("GET", "/admin/bursts"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/bursts/<int:burst_id>"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 422},
    ("GET", "/admin/outbox"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/outbox/<int:mail_id>"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/outbox/<int:mail_id>/send"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("GET", "/admin/traffic"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("GET", "/admin/imports"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 200},
    ("POST", "/admin/imports/<int:sync_id>/cancel"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 409},
    ("POST", "/admin/imports/<int:sync_id>/resume"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
    ("POST", "/admin/imports/<int:sync_id>/retry"): {"anonymous": TO_SIGN_IN, "fan": REFUSED, "admin": 303},
}
CASES = [(address, *answer) for address, answers in ADDRESSES.items() for answer in answers.items()]


@pytest.mark.parametrize(("address", "role", "status"), CASES)
@pytest.mark.usefixtures("failed", "dead_job", "kept_mail")
def test_every_page_for_every_role(
    client: FlaskClient, session: Session, address: tuple[str, str], role: str, status: int
) -> None:
    sign_in_as(client, session, role)
    method, rule = address
    path = re.sub("<int:[a-z_]+>", "1", rule).replace("<name>", "cleanup")
    assert client.open(path, method=method).status_code == status


@pytest.mark.parametrize("role", ["anonymous", "fan"])
@pytest.mark.parametrize(("method", "rule"), [address for address in ADDRESSES if address[0] == "POST"])
def test_whoever_may_not_changes_nothing(
    client: FlaskClient, session: Session, dead_job: QueueJob, method: str, rule: str, role: str
) -> None:
    sign_in_as(client, session, role)
    path = re.sub("<int:[a-z_]+>", "1", rule).replace("<name>", "cleanup")
    written = session.scalar(text("SELECT count(*) FROM audit_log"))
    client.open(path, method=method, data={"until": datetime.now(UTC).isoformat()})
    session.rollback()
    session.refresh(dead_job)
    assert dead_job.state == "dead"
    assert not session.scalar(text("SELECT EXISTS (TABLE queue_pauses)"))
    assert session.scalar(text("SELECT count(*) FROM audit_log")) == written


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


def test_an_hour_without_use_ends_a_session(operator: FlaskClient) -> None:
    with operator.session_transaction() as signed:
        signed["fs_paa"] = time.time() - 2 * 3600
        signed[guard.USED] = time.time() - guard.LONGEST_REST_SECONDS + 60
    assert operator.get("/admin/").status_code == 200
    with operator.session_transaction() as signed:
        assert signed[guard.USED] > time.time() - 60
        signed[guard.USED] = time.time() - guard.LONGEST_REST_SECONDS - 1
    assert operator.get("/admin/").status_code == TO_SIGN_IN
    assert sign_in(operator, ADMIN).status_code == 302
    assert operator.get("/admin/").status_code == 200


def test_a_page_that_renews_itself_is_no_use(operator: FlaskClient) -> None:
    with operator.session_transaction() as signed:
        signed[guard.USED] = long_ago = time.time() - guard.LONGEST_REST_SECONDS + 60
    assert operator.get("/admin/", headers={"HX-Request": "true", "HX-Target": "board"}).status_code == 200
    with operator.session_transaction() as signed:
        assert signed[guard.USED] == long_ago


def test_who_is_refused_leaves_a_trace(
    client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in_as(client, session, "fan")
    client.get("/admin/jobs?words=secret")
    account = session.scalar(text("SELECT id FROM accounts"))
    assert f"refused account {account} an operators' page: GET /admin/jobs, from 127.0.0.1" in caplog.text
    assert "secret" not in caplog.text


def test_operators_pages_are_kept_by_nobody(operator: FlaskClient) -> None:
    assert operator.get("/admin/").headers["Cache-Control"] == "private, no-store"


def test_a_post_from_another_site_is_refused(operator: FlaskClient, failed: SyncJob) -> None:
    answer = operator.post(f"/admin/imports/{failed.id}/retry", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == REFUSED
