from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import ArtistSearch, QueueJob
from tests.pages.catalogue import NOW, add_artist
from tests.pages.reading import as_htmx, assert_fragment, assert_page

CANDIDATE = {
    "mbid": "6a2a2f5e-0000-4000-8000-000000000001",
    "name": "Paper Lanterns",
    "disambiguation": "Bristol trip hop trio",
    "country": "GB",
    "area": "Bristol",
    "kind": "Group",
    "begin_year": 1994,
    "end_year": 2003,
}


def add_search(session: Session, query: str = "paper lanterns", **more: object) -> ArtistSearch:
    given = {"candidates": [CANDIDATE], "finished_at": NOW} | more
    search = ArtistSearch(query=query, query_folded=query, **given)
    session.add(search)
    session.commit()
    return search


def test_local_hits_come_at_once_and_typing_changes_only_the_results(
    client: FlaskClient, session: Session
) -> None:
    artist = add_artist(session, "Paper Lanterns", disambiguation="US punk band")
    session.commit()
    page = assert_page(client.get("/search?q=lanterns"))
    assert f'href="/artists/{artist.id}"' in page
    assert "US punk band" in page
    assert "Here already" in assert_fragment(
        client.get("/search?q=pap", headers=as_htmx("results")), "results"
    )


def test_typing_never_asks_the_providers_but_the_whole_page_does(client: FlaskClient) -> None:
    typed = client.get("/search?q=nobody", headers=as_htmx("results")).text
    assert "Look further" in typed
    assert "load" not in typed.split('id="candidates"')[1]
    assert 'hx-trigger="load, submit"' in client.get("/search?q=nobody").text


def test_looking_further_asks_once_for_everybody(client: FlaskClient, session: Session) -> None:
    for _ in range(2):
        answer = client.post("/search/lookups", data={"q": "Paper Lanterns"}, headers=as_htmx("candidates"))
        assert 'hx-trigger="load delay:700ms' in assert_fragment(answer, "candidates")
    assert session.scalar(select(func.count()).select_from(ArtistSearch)) == 1
    jobs = session.scalars(select(QueueJob)).all()
    assert [job.queue for job in jobs] == ["artist_search"]


def test_without_javascript_looking_further_leads_back_to_the_search(client: FlaskClient) -> None:
    answer = client.post("/search/lookups", data={"q": "Paper Lanterns"})
    assert answer.status_code == 303
    assert answer.location == "/search?q=Paper+Lanterns#candidates"
    page = assert_page(client.get("/search/candidates?q=Paper+Lanterns"))
    assert 'http-equiv="refresh"' in page


def test_an_answer_of_the_last_day_is_used_again(client: FlaskClient, session: Session) -> None:
    add_search(session)
    answer = client.post("/search/lookups", data={"q": "Paper Lanterns"}, headers=as_htmx("candidates"))
    assert "Which one?" in answer.text
    assert session.scalar(select(func.count()).select_from(QueueJob)) == 0


def test_an_older_answer_is_asked_for_anew(client: FlaskClient, session: Session) -> None:
    add_search(session, finished_at=NOW - timedelta(days=2))
    assert "Look further" in client.get("/search?q=paper+lanterns").text
    client.post("/search/lookups", data={"q": "paper lanterns"})
    assert session.scalar(select(func.count()).select_from(QueueJob)) == 1


def test_a_search_that_nobody_answers_can_be_asked_for_again(client: FlaskClient, session: Session) -> None:
    add_search(session, candidates=[], finished_at=None, requested_at=NOW - timedelta(minutes=3))
    for address in ("/search?q=paper+lanterns", "/search/candidates?q=paper+lanterns"):
        page = assert_page(client.get(address))
        assert "Look further" in page
        assert "load delay" not in page
        assert 'http-equiv="refresh"' not in page
    asked = client.post("/search/lookups", data={"q": "paper lanterns"}, headers=as_htmx("candidates"))
    assert "load delay" in asked.text
    assert "load delay" in client.get("/search?q=paper+lanterns").text
    assert session.scalar(select(func.count()).select_from(QueueJob)) == 1


def test_candidates_are_told_apart_and_polling_stops_with_them(client: FlaskClient, session: Session) -> None:
    add_search(session)
    found = assert_fragment(
        client.get("/search/candidates?q=paper+lanterns", headers=as_htmx("candidates")), "candidates"
    )
    assert "Bristol trip hop trio · United Kingdom · 1994–2003" in found
    assert f'value="{CANDIDATE["mbid"]}"' in found
    assert "hx-get" not in found


def test_a_candidate_who_is_here_by_now_is_opened_instead(client: FlaskClient, session: Session) -> None:
    add_search(session)
    artist = add_artist(session, mbid=CANDIDATE["mbid"])
    session.commit()
    found = client.get("/search/candidates?q=paper+lanterns").text
    assert f'href="/artists/{artist.id}"' in found
    assert "Import" not in found.split('id="candidates"')[1].split("</section>")[0]


def test_a_provider_that_fails_is_said_in_plain_words(client: FlaskClient, session: Session) -> None:
    add_search(session, candidates=[], error="MusicBrainz: HTTP 503 <html>")
    found = client.get("/search/candidates?q=paper+lanterns").text
    assert "could not be asked just now" in found
    assert "Try again" in found
    assert "503" not in found


def test_nobody_of_that_name_is_said(client: FlaskClient, session: Session) -> None:
    add_search(session, candidates=[])
    assert "knows nobody called" in client.get("/search/candidates?q=paper+lanterns").text


@pytest.mark.parametrize("query", ["", " ", "\x00", "a" * 5000, "'; DROP TABLE artists", "!!!", "%", "日本"])
def test_anything_may_be_typed(client: FlaskClient, query: str) -> None:
    assert_page(client.get("/search", query_string={"q": query}))
    assert client.post("/search/lookups", data={"q": query}).status_code == 303
