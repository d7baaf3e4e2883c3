"""`setlist import` of files: real answers where they are there, and made ones for what goes wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click import Command
from click.testing import Result
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from setlist.cli.importing import import_
from setlist.models import Artist, ExternalId, QueueJob, Setlist, Show, ShowArtist, Song
from setlist.pipeline.files.loading import MOST_BYTES
from tests.cli.conftest import Run
from tests.providers.recorded import FOLDER, needs_recordings
from tests.rows import imported_rows

MBID = "11111111-1111-4111-8111-111111111111"
REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON shows
FOR EACH ROW WHEN (NEW.name = 'Refuse me') EXECUTE FUNCTION refuse();
"""
OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def run(use: Callable[[Command, str], Run]) -> Run:
    """Without a provider: files are enough."""
    return use(import_, "http://127.0.0.1:1")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def written(name: str, content: Any) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(json.dumps(content))
        return path

    return written


def told(result: Result) -> dict[str, dict[str, Any]]:
    """The summary, by file."""
    return {Path(report["file"]).name: report for report in json.loads(result.stdout)}


def event(id: str, *acts: dict[str, Any], name: str = "A night") -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "dates": {"start": {"localDate": "2030-05-01", "localTime": "20:00:00"}},
        "_embedded": {
            "attractions": list(acts),
            "venues": [
                {
                    "id": "KovZ1",
                    "name": "The Hall",
                    "city": {"name": "Oslo"},
                    "country": {"countryCode": "NO"},
                }
            ],
        },
    }


def act(id: str, name: str, mbid: str = "") -> dict[str, Any]:
    links = {"externalLinks": {"musicbrainz": [{"id": mbid}]}} if mbid else {}
    return {"id": id, "name": name, **links}


def setlist(id: str, mbid: str = MBID, *songs: str) -> dict[str, Any]:
    return {
        "id": id,
        "versionId": f"v{id}",
        "eventDate": "01-05-2020",
        "artist": {"mbid": mbid, "name": "The Walruses"},
        "venue": {"id": "h1", "name": "The Hall", "city": {"name": "Oslo", "country": {"code": "NO"}}},
        "sets": {"set": [{"song": [{"name": song} for song in songs]}]},
    }


@needs_recordings
def test_all_recorded_answers_go_in_and_a_second_time_change_nothing(run: Run, session: Session) -> None:
    first = run(FOLDER, "--json")
    assert first.exit_code == 0, first.output
    rows = imported_rows(session)
    session.rollback()
    assert all(rows[name] for name in ("artists", "shows", "venues", "songs", "setlists", "setlist_songs"))
    second = run(FOLDER, "--json")
    assert second.exit_code == 0, second.output
    assert imported_rows(session) == rows
    for name, report in told(second).items():
        assert not any({"new", "changed"} & counts.keys() for counts in report["rows"].values()), name
    assert not [report for report in told(first).values() if report["error"]]


@needs_recordings
def test_shows_that_the_recorded_pages_hold_twice_are_there_once(run: Run, session: Session) -> None:
    run(FOLDER)
    nights = select(Show.local_date, Show.venue_id, Show.starts_at).where(Show.local_date.is_not(None))
    doubled = (
        nights.join(ShowArtist).add_columns(ShowArtist.artist_id).where(ShowArtist.artist_id.is_not(None))
    )
    found = session.execute(doubled.group_by(*doubled.selected_columns).having(func.count() > 1)).all()
    assert found == []


@needs_recordings
def test_the_order_of_files_does_not_matter_to_what_is_there_at_the_end(run: Run, session: Session) -> None:
    paths = sorted((FOLDER / "ticketmaster").glob("*.json"))
    run(*paths)
    shows = imported_rows(session)["shows"]
    session.rollback()
    run(*reversed(paths))
    assert len(imported_rows(session)["shows"]) == len(shows)


def test_an_artist_is_who_an_id_says(run: Run, session: Session, file: Callable[..., Path]) -> None:
    run(
        file("listing.json", event("e1", act("K8v1", "The Walruses", MBID))),
        file("played.json", {"setlist": [setlist("s1", MBID, "Glass Onion")]}),
        file("namesake.json", {"setlist": [setlist("s2", OTHER, "Glass Onion")]}),
    )
    assert {artist.mbid for artist in session.scalars(select(Artist))} == {MBID, OTHER}
    assert session.scalar(select(func.count()).select_from(Song)) == 2


def test_whoever_has_no_better_id_is_known_by_ticketmasters_and_becomes_one_with_the_artist_later(
    run: Run, session: Session, file: Callable[..., Path]
) -> None:
    run(file("listing.json", event("e1", act("K8v1", "The Walruses"), act("K8v2", "Support"))))
    assert [artist.mbid for artist in session.scalars(select(Artist))] == [None]
    run(file("act.json", {**act("K8v1", "The Walruses", MBID), "type": "attraction"}))
    session.expire_all()
    artist = session.scalars(select(Artist)).one()
    assert artist.mbid == MBID
    assert session.scalars(select(ShowArtist.artist_id).order_by(ShowArtist.position)).all() == [
        artist.id,
        None,
    ]


def test_two_rows_become_one_where_an_answer_names_both_ids(
    run: Run, session: Session, file: Callable[..., Path]
) -> None:
    run(file("listing.json", event("e1", act("K8v1", "The Walruses"))))
    run(file("played.json", setlist("s1", MBID, "Glass Onion")))
    run(file("act.json", {**act("K8v1", "The Walruses", MBID), "type": "attraction"}))
    kept = session.scalars(select(Artist).where(Artist.merged_into_id.is_(None))).one()
    assert kept.mbid == MBID
    assert {place.artist_id for place in session.scalars(select(ShowArtist))} == {kept.id}


def test_one_night_in_two_files_under_two_acts_is_one_show(
    run: Run, session: Session, file: Callable[..., Path]
) -> None:
    run(
        file("a.json", event("e1", act("K8v1", "The Walruses", MBID), act("K8v2", "The Others"))),
        file("b.json", event("e2", act("K8v2", "The Others"))),
    )
    assert session.scalar(select(func.count()).select_from(Show)) == 1


def test_recordings_that_do_not_say_whose_they_are_are_whom_the_option_says(
    run: Run, session: Session, file: Callable[..., Path]
) -> None:
    page = file("recordings.json", {"recordings": [{"id": OTHER, "title": "Glass Onion", "length": 1000}]})
    who = file("who.json", {"mbid": MBID, "name": "The Walruses", "sortName": "Walruses, The"})
    unknown = run(page, who, "--json")
    assert unknown.exit_code == 0
    assert list(told(unknown)["recordings.json"]["skipped"]) == [
        "recordings that do not say whose they are: --artist MBID does"
    ]
    assert run(page, who, "--artist", MBID).exit_code == 0
    assert session.scalars(select(Song)).one().title == "Glass Onion"


def test_search_hits_make_nobody(run: Run, session: Session, file: Callable[..., Path]) -> None:
    hits = {"created": "2030", "artists": [{"id": MBID, "name": "A", "sort-name": "A", "score": 100}]}
    result = run(file("hits.json", hits), "--json")
    assert result.exit_code == 0
    assert session.scalar(select(func.count()).select_from(Artist)) == 0
    assert sum(told(result)["hits.json"]["skipped"].values()) == 1


def test_a_dry_run_says_the_same_and_writes_nothing(
    run: Run, session: Session, file: Callable[..., Path]
) -> None:
    paths = (
        file("a.json", event("e1", act("K8v1", "The Walruses", MBID))),
        file("b.json", setlist("s1", MBID, "X")),
    )
    dry = run(*paths, "--dry-run", "--json")
    assert session.scalar(select(func.count()).select_from(Artist)) == 0
    session.rollback()
    real = run(*paths, "--json")
    assert told(dry) == told(real)
    assert session.scalar(select(func.count()).select_from(Setlist)) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b'{"setlist": [', "breaks off in the middle"),
        (b"<html></html>", "is no JSON"),
        ('{"name": "Mgła"}'.encode("latin-1", "replace") + b"\xff", "UTF-8"),
        (b'"\xff\xfe"', "UTF-8"),
        (b"[" * 200_000, "nested deeper"),
        (b" " * (MOST_BYTES + 1), "split it"),
    ],
)
def test_a_broken_file_is_named_with_what_to_do_and_the_others_go_in(
    run: Run, session: Session, file: Callable[..., Path], content: bytes, why: str
) -> None:
    broken, good = file("broken.json", content), file("good.json", setlist("s1", MBID, "Glass Onion"))
    result = run(broken, good)
    assert result.exit_code == 1
    assert str(broken) in result.stderr
    assert why in result.stderr
    assert session.scalar(select(func.count()).select_from(Setlist)) == 1


def test_a_file_that_the_database_refuses_leaves_nothing_behind_and_the_others_go_in(
    run: Run, session: Session, file: Callable[..., Path]
) -> None:
    session.execute(text(REFUSE))
    session.commit()
    try:
        good, bad = (
            event("e1", act("K8v1", "The Walruses", MBID)),
            event("e2", act("K8v2", "No"), name="Refuse me"),
        )
        result = run(
            file("a.json", {"_embedded": {"events": [{**good, "id": "e3"}, bad]}}),
            file("b.json", setlist("s1", MBID, "Glass Onion")),
        )
    finally:
        session.rollback()
        session.execute(text("DROP FUNCTION refuse CASCADE"))
        session.commit()
    assert result.exit_code == 1
    assert "a.json: the database does not take it" in result.stderr
    assert [show.name for show in session.scalars(select(Show))] == [""]
    assert session.scalar(select(func.count()).select_from(Setlist)) == 1


@pytest.mark.parametrize(
    "nothing",
    [{}, [], 7, None, "text", {"data": [{"id": 1}]}, {"images": [], "id": "x"}, {"error": "Not Found"}],
)
def test_what_has_no_place_is_left_out_with_a_reason(
    run: Run, file: Callable[..., Path], nothing: Any
) -> None:
    good = file("good.json", setlist("s1", MBID, "Glass Onion"))
    result = run(good, file("nothing.json", nothing), "--json")
    assert result.exit_code == 0, result.output
    assert sum(told(result)["nothing.json"]["skipped"].values()) >= 1


def test_if_nothing_at_all_is_known_the_command_fails(run: Run, file: Callable[..., Path]) -> None:
    assert run(file("nothing.json", {"data": []})).exit_code == 1


def test_what_is_not_there_and_a_folder_without_answers_are_said_so(run: Run, tmp_path: Path) -> None:
    missing = run(tmp_path / "missing.json")
    assert (missing.exit_code, "there is no file or folder" in missing.stderr) == (1, True)
    empty = run(tmp_path)
    assert (empty.exit_code, "holds no .json file" in empty.stderr) == (1, True)


def test_files_ask_for_nothing(run: Run, session: Session, file: Callable[..., Path]) -> None:
    run(file("a.json", setlist("s1", MBID, "Glass Onion")))
    assert session.scalar(select(func.count()).select_from(QueueJob)) == 0
    assert session.scalar(select(func.count()).select_from(ExternalId))
