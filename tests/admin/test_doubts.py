"""The list of doubts, and what its buttons do."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, AuditLog, Doubt, ExternalId, QueueJob
from tests.pages.catalogue import HOSTILE, add_artist, add_show, add_song, add_venue
from tests.pipeline.pairs import a_doubt

HTMX = {"HX-Request": "true", "HX-Target": "doubts"}
CONFIRM = {"choice": "confirm", "seen": "open"}


@pytest.fixture
def doubt(session: Session, artist: Artist) -> Doubt:
    made = a_doubt("artist", "K8vX", artist_id=artist.id)
    made.name, made.url = "Paper Lanterns (TM)", "https://www.ticketmaster.example/artist/1"
    made.details = {"theirs": {"Genres": "Folk"}, "ours": {"From": "GB"}, "hits": [1, {"a": None}]}
    artist.imported_at = datetime.now(UTC)
    session.add(made)
    session.commit()
    return made


def test_it_shows_both_sides_and_why_no_rule_decides(operator: FlaskClient, doubt: Doubt) -> None:
    page = operator.get("/admin/doubts").text
    for words in ("1 open doubt", "Paper Lanterns (TM)", "Nothing proves it.", "Folk", "GB", "K8vX"):
        assert words in page
    assert 'href="https://www.ticketmaster.example/artist/1"' in page
    assert 'rel="noreferrer' in page
    assert f'href="/artists/{doubt.artist_id}"' in page


def test_the_dashboard_counts_them(operator: FlaskClient, doubt: Doubt) -> None:
    assert "1 match" in operator.get("/admin/").text


def test_a_form_confirms_goes_back_to_its_list_and_asks_for_the_shows(
    operator: FlaskClient, session: Session, doubt: Doubt
) -> None:
    answer = operator.post(f"/admin/doubts/{doubt.id}?kind=artist&state=open", data=CONFIRM)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/doubts?kind=artist&state=open")
    session.expire_all()
    tied = session.scalars(select(ExternalId)).one()
    assert (tied.artist_id, tied.matched_by) == (doubt.artist_id, "person")
    assert tied.confirmed_by == doubt.decided_by is not None
    assert [job.queue for job in session.scalars(select(QueueJob))] == ["ticketmaster_sync"]
    decided = operator.get("/admin/doubts?state=decided").text
    assert "the same," in decided
    assert "by operator" in decided or "@" in decided
    assert session.scalars(select(AuditLog.account_id)).all()[-1] is not None


def test_a_plain_form_is_told_once_what_was_done(operator: FlaskClient, doubt: Doubt) -> None:
    operator.post(f"/admin/doubts/{doubt.id}", data=CONFIRM)
    assert "It is the same" in operator.get("/admin/doubts").text
    assert "It is the same" not in operator.get("/admin/doubts").text
    operator.post(f"/admin/doubts/{doubt.id}", data={"choice": "reject", "seen": "open"})
    assert "decided already: confirmed" in operator.get("/admin/doubts").text


def test_htmx_gets_the_list_without_it(operator: FlaskClient, doubt: Doubt) -> None:
    answer = operator.post(
        f"/admin/doubts/{doubt.id}", data={"choice": "reject", "seen": "open"}, headers=HTMX
    )
    assert "It is not the same" in answer.text
    assert "0 open doubts" in answer.text
    assert "<html" not in answer.text


def test_the_second_is_told_what_was_decided(operator: FlaskClient, session: Session, doubt: Doubt) -> None:
    operator.post(f"/admin/doubts/{doubt.id}", data=CONFIRM)
    answer = operator.post(
        f"/admin/doubts/{doubt.id}", data={"choice": "reject", "seen": "open"}, headers=HTMX
    )
    assert "decided already: confirmed" in answer.text
    session.expire_all()
    assert doubt.state == "confirmed"


def test_hostile_words_are_text(operator: FlaskClient, session: Session, doubt: Doubt) -> None:
    doubt.name = doubt.reason = doubt.external_id = HOSTILE
    doubt.url, doubt.details = "javascript:alert(1)", {"theirs": {HOSTILE: HOSTILE}, HOSTILE: HOSTILE}
    session.commit()
    page = operator.get("/admin/doubts").text
    assert "<script>alert" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize("details", [{"theirs": "text"}, {"ours": None}, {"theirs": [1]}, {"a": {"b": []}}])
def test_any_details_can_be_shown(
    operator: FlaskClient, session: Session, doubt: Doubt, details: dict[str, object]
) -> None:
    doubt.details = details
    session.commit()
    assert operator.get("/admin/doubts").status_code == 200


def test_each_kind_leads_to_a_page_and_can_be_chosen(operator: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    rows = {
        "artist": artist,
        "venue": add_venue(session),
        "show": add_show(session, artist),
        "song": add_song(session, artist, "Harbour"),
    }
    session.add_all(a_doubt(kind, "X", **{f"{kind}_id": row.id}) for kind, row in rows.items())
    session.commit()
    for kind, row in rows.items():
        page = operator.get(f"/admin/doubts?kind={kind}").text
        assert page.count('class="doubt"') == 1
        assert f'href="/{kind}s/{row.id}"' in page or kind == "song"


def test_pages_go_on(operator: FlaskClient, session: Session, artist: Artist) -> None:
    session.add_all(a_doubt("artist", f"X{number}", artist_id=artist.id) for number in range(30))
    session.commit()
    assert operator.get("/admin/doubts").text.count('class="doubt"') == 25
    assert operator.get("/admin/doubts?page=2").text.count('class="doubt"') == 5


def test_two_are_merged_and_split_by_hand(operator: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    one, other = add_song(session, artist, "Harbour"), add_song(session, artist, "Salt")
    session.commit()
    pair = {"kind": "song", "loser": one.id, "keeper": other.id}
    assert operator.post("/admin/doubts/merge", data=pair).status_code == 303
    session.expire_all()
    assert one.merged_into_id == other.id
    title = {"kind": "song", "song": other.id, "title": "Harbour"}
    assert operator.post("/admin/doubts/split", data=title).status_code == 303
    session.expire_all()
    assert one.merged_into_id is None


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("99", CONFIRM, 404),
        (str(2**63), CONFIRM, 404),
        ("1", {"choice": "maybe", "seen": "open"}, 422),
        ("1", {"choice": "merge", "seen": "open"}, 409),
        ("merge", {"kind": "artist", "loser": "x", "keeper": "1"}, 422),
        ("merge", {"kind": "artist", "loser": "1", "keeper": "1"}, 409),
        ("merge", {"kind": "artist", "loser": "1", "keeper": "99"}, 404),
        ("split", {"kind": "venue", "provider": "setlistfm", "external_id": "none"}, 404),
        ("split", {"kind": "venue", "provider": "\0", "external_id": "\0"}, 404),
        ("split", {"kind": "venue", "provider": "setlistfm", "external_id": "x" * 301}, 422),
        ("split", {"kind": "song", "song": "99", "title": "x"}, 404),
        ("split", {"kind": "song", "song": "99", "title": "x" * 301}, 422),
    ],
)
def test_what_cannot_be_is_said(
    operator: FlaskClient, doubt: Doubt, path: str, data: dict[str, str], status: int
) -> None:
    assert doubt.id == 1
    assert operator.post(f"/admin/doubts/{path}", data=data).status_code == status


@pytest.mark.parametrize("query", ["kind=x", "state=x"])
def test_unknown_lists_are_404(operator: FlaskClient, query: str) -> None:
    assert operator.get(f"/admin/doubts?{query}").status_code == 404


def test_nobody_else_may(client: FlaskClient, doubt: Doubt) -> None:
    assert client.get("/admin/doubts").status_code == 303
    client.post(f"/admin/doubts/{doubt.id}", data=CONFIRM)
    assert doubt.state == "open"
