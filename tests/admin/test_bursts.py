"""The list of bursts, and what its buttons do."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain import voiding
from setlist.domain.tally_check import tallies_apart
from setlist.models import AuditLog, Show, Vote, VoteBurst
from tests.domain.bursts_of_votes import add_ballot, add_burst, give
from tests.web.accounts import sign_in_as

HTMX = {"HX-Request": "true", "HX-Target": "bursts"}


@pytest.fixture
def show(session: Session) -> Show:
    return add_ballot(session)


@pytest.fixture
def burst(session: Session, show: Show) -> VoteBurst:
    for fan in (1, 2, 3):
        give(session, show.id, fan, 1, 2)
    evidence = {"most_in_a_minute": 321, "addresses": 1, "song_sets": 1, "songs": [1, 2, 999]}
    return add_burst(session, show.id, *session.scalars(select(Vote)), evidence=evidence)


def states(session: Session) -> set[str]:
    session.expire_all()
    return set(session.scalars(select(Vote.state)))


def audited(session: Session) -> list[tuple[str, object]]:
    rows = session.scalars(select(AuditLog).where(AuditLog.target.like("burst %")).order_by(AuditLog.id))
    return [(row.action, row.details.get("votes")) for row in rows]


def decide(client: FlaskClient, burst: VoteBurst, choice: str, **more: object) -> str:
    answer = client.post(f"/admin/bursts/{burst.id}", data={"choice": choice}, headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text
    return answer.text


def test_it_shows_the_evidence(operator: FlaskClient, burst: VoteBurst) -> None:
    page = operator.get("/admin/bursts").text
    for words in (
        "1 open burst",
        "6 votes",
        "3 guests",
        "one address within a minute",
        "321",
        "All for Song 0, Song 1",
    ):
        assert words in page
    assert f'href="/shows/{burst.show_id}"' in page


def test_the_dashboard_counts_them(operator: FlaskClient, burst: VoteBurst) -> None:
    assert '<a href="/admin/bursts">1 burst</a> of votes' in operator.get("/admin/").text


def test_without_any_it_says_so(operator: FlaskClient) -> None:
    assert "No votes look made." in operator.get("/admin/bursts").text
    assert "There are none so far." in operator.get("/admin/bursts?state=voided").text
    assert operator.get("/admin/bursts?state=odd").status_code == 404


def test_votes_are_voided_and_given_back(operator: FlaskClient, session: Session, burst: VoteBurst) -> None:
    assert "6 votes are void now." in decide(operator, burst, "void")
    assert states(session) == {"void"}
    assert tallies_apart(session) == []
    assert "That was done already." in decide(operator, burst, "void")
    assert "Give them back" in operator.get("/admin/bursts?state=voided").text
    assert "6 votes are given back." in decide(operator, burst, "unvoid")
    assert states(session) == {"on"}
    assert tallies_apart(session) == []
    assert burst.decided_by is not None
    assert audited(session) == [("burst_void", 6), ("burst_void", 0), ("burst_unvoid", 6)]


def test_a_plain_form_is_told_once(operator: FlaskClient, burst: VoteBurst) -> None:
    answer = operator.post(f"/admin/bursts/{burst.id}", data={"choice": "dismiss"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/bursts?state=open")
    assert "The votes stay." in operator.get("/admin/bursts").text
    assert "The votes stay." not in operator.get("/admin/bursts").text
    assert "That was decided already." in decide(operator, burst, "dismiss")


def test_what_is_void_is_not_dismissed(operator: FlaskClient, session: Session, burst: VoteBurst) -> None:
    decide(operator, burst, "void")
    answer = operator.post(f"/admin/bursts/{burst.id}", data={"choice": "dismiss"}, headers=HTMX)
    assert (answer.status_code, "Give them back first" in answer.text) == (409, True)
    assert states(session) == {"void"}


def test_many_are_dealt_with_in_batches_and_the_rest_when_asked_again(
    operator: FlaskClient, session: Session, burst: VoteBurst, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("setlist.domain.voiding", "setlist.pipeline.burst_list"):
        monkeypatch.setattr(f"{module}.BATCH", 1)
    monkeypatch.setattr("setlist.admin.bursts.MOST_BATCHES", 4)
    assert voiding.BATCH == 1
    assert "4 votes are void now. There are more: press again." in decide(operator, burst, "void")
    assert tallies_apart(session) == []
    assert "2 votes are void now." in decide(operator, burst, "void")
    assert states(session) == {"void"}


@pytest.mark.parametrize(
    ("burst_id", "choice", "status"), [(99, "void", 404), (2**63, "void", 404), (1, "x", 422)]
)
def test_nonsense_is_refused(operator: FlaskClient, burst_id: int, choice: str, status: int) -> None:
    assert operator.post(f"/admin/bursts/{burst_id}", data={"choice": choice}).status_code == status


@pytest.mark.parametrize(("role", "status"), [("anonymous", 303), ("fan", 403)])
def test_it_is_for_admins(
    client: FlaskClient, session: Session, burst: VoteBurst, role: str, status: int
) -> None:
    sign_in_as(client, session, role)
    assert client.get("/admin/bursts").status_code == status
    assert client.post(f"/admin/bursts/{burst.id}", data={"choice": "void"}).status_code == status
    assert states(session) == {"on"}
