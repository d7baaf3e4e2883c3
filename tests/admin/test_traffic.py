import re
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import TimingDecision, Traffic


def words(html: str) -> str:
    return " ".join(html.split())


def busy(session: Session, requests: int) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    for back in range(1, 200):
        session.add(Traffic(minute=minute - timedelta(minutes=back), kind="page", requests=requests))
    session.commit()


def test_an_empty_site_is_calm(operator: FlaskClient) -> None:
    page = words(operator.get("/admin/traffic").text)
    assert "calm" in page
    assert "Nothing was decided so far." in page


def test_what_is_asked_now_stands_beside_what_is_usual(operator: FlaskClient, session: Session) -> None:
    busy(session, 300)
    page = words(operator.get("/admin/traffic").text)
    assert re.search(r"30[01]\.\d requests a minute", page)  # signing in may be counted by now
    assert page.count('class="hour-was"') == 24


def test_each_decision_is_told_with_its_reason_and_its_wait(operator: FlaskClient, session: Session) -> None:
    now = datetime.now(UTC)
    values = {"work": "cleanup", "choice": "wait", "reason": "quieter <later>", "at": now}
    session.add(TimingDecision(**values, until=now + timedelta(hours=3, minutes=1)))
    session.commit()
    page = words(operator.get("/admin/traffic").text)
    assert "cleanup" in page
    assert "wait 3 h" in page
    assert "quieter &lt;later&gt;" in page
