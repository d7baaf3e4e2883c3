from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from setlist.domain import search as searching
from setlist.domain.known_artists import artists_by_mbid
from setlist.models import Artist, ArtistSearch, ExternalId
from tests.pages.catalogue import NOW, add_artist

NAMES = (
    "Paper Lanterns",
    "The Paper Lanterns",
    "Lanterns on Paper Lakes",
    "Mötley Crüe",
    "!!!",
    "夜の電車",
    "AC/DC",
    "100% Cotton",
)


@pytest.fixture
def artists(session: Session) -> None:
    for name in NAMES:
        add_artist(session, name)
    session.commit()


@pytest.mark.usefixtures("artists")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("paper lanterns", ["Paper Lanterns", "The Paper Lanterns", "Lanterns on Paper Lakes"]),
        ("PAPER", ["Paper Lanterns", "The Paper Lanterns", "Lanterns on Paper Lakes"]),
        ("lant pap", ["Paper Lanterns", "The Paper Lanterns", "Lanterns on Paper Lakes"]),
        ("the paper", ["The Paper Lanterns"]),
        ("motley", ["Mötley Crüe"]),
        ("!!!", ["!!!"]),
        ("夜の", ["夜の電車"]),
        ("ac dc", ["AC/DC"]),
        ("%", []),
        ("_", []),
        ("' & | ! ( ):*", []),
        ("nobody", []),
        ("", []),
    ],
)
def test_artists_are_found_by_the_beginnings_of_their_words(
    session: Session, query: str, found: list[str]
) -> None:
    assert [artist.name for artist in searching.find_artists(session, query, limit=5)] == found


@pytest.mark.usefixtures("artists")
def test_no_more_are_found_than_asked_for(session: Session) -> None:
    assert len(searching.find_artists(session, "paper", limit=2)) == 2


@pytest.mark.parametrize(
    ("typed", "query"),
    [("  two\n words ", "two words"), ("a\x00b", "a b"), ("x" * 300, "x" * 120), ("é", "é")],
)
def test_what_was_typed_becomes_one_bounded_line(typed: str, query: str) -> None:
    assert searching.clean_query(typed) == query


def test_a_lookup_is_due_until_its_answer_comes_and_again_after_a_day(session: Session) -> None:
    first = searching.request_lookup(session, "Paper Lanterns", now=NOW)
    assert first.is_due
    assert searching.request_lookup(session, "paper  LANTERNS", now=NOW).search is first.search
    first.search.finished_at = NOW
    assert not searching.request_lookup(session, "Paper Lanterns", now=NOW + timedelta(hours=23)).is_due
    assert searching.request_lookup(session, "Paper Lanterns", now=NOW + timedelta(hours=25)).is_due
    assert first.search.finished_at is None


def test_a_lookup_that_failed_is_due_at_once(session: Session) -> None:
    search = searching.request_lookup(session, "Paper Lanterns", now=NOW).search
    search.finished_at, search.error = NOW, "down"
    assert searching.request_lookup(session, "Paper Lanterns", now=NOW).is_due
    assert search.error is None


def test_a_choice_made_while_the_answer_is_renewed_still_holds(session: Session) -> None:
    candidate = {"mbid": "m1", "name": "Paper Lanterns", "country": None, "begin_year": None}
    search = searching.request_lookup(session, "Paper Lanterns", now=NOW).search
    search.finished_at, search.candidates = NOW, [candidate]
    searching.request_lookup(session, "Paper Lanterns", now=NOW + timedelta(days=2))
    found = searching.candidate_of(searching.stored_search(session, "paper lanterns"), "m1")
    assert found == candidate
    artist = searching.artist_of_candidate(session, candidate)
    assert searching.artist_of_candidate(session, candidate) is artist
    assert artist.country == ""
    assert searching.already_here(session, search) == {"m1": artist.id}


def test_nothing_is_chosen_from_a_search_that_nobody_made() -> None:
    assert searching.candidate_of(None, "m1") is None
    assert searching.candidate_of(ArtistSearch(candidates=[]), "m1") is None


def test_an_artist_given_up_is_found_by_neither_name_nor_id(session: Session) -> None:
    kept = Artist(name="Low Tide", name_folded="low tide", mbid="new")
    session.add(kept)
    session.flush()
    given_up = Artist(name="Low Tide", name_folded="low tide", merged_into_id=kept.id)
    former = {"provider": "musicbrainz", "kind": "artist", "matched_by": "same_id", "confidence": 1}
    session.add_all([given_up, ExternalId(**former, external_id="old", artist_id=kept.id)])
    session.flush()
    assert searching.find_artists(session, "low", limit=9) == [kept]
    assert searching.artist_of_candidate(session, {"mbid": "old", "name": "Low Tide"}) is kept
    assert artists_by_mbid(session, ["old", "new", "unknown"]) == {"old": kept.id, "new": kept.id}
