"""`setlist sync`: what the providers know anew, from a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Command
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.cli.importing import import_
from setlist.cli.syncing import KINDS, sync
from setlist.domain.folding import fold
from setlist.models import Artist, QueueJob, SyncJob, SyncSummary
from setlist.sandbox.server import RunningSandbox
from tests.cli.conftest import Run
from tests.rows import imported_rows

PROVIDERS = {
    "shows": "ticketmaster",
    "setlists": "setlistfm",
    "catalogue": "musicbrainz",
    "albums": "spotify",
    "venues": "ticketmaster",
}


@pytest.fixture
def mbid(use: Callable[[Command, str], Run], sandbox: RunningSandbox, session: Session) -> str:
    """Of an artist who is here."""
    found = sandbox.sandbox.catalogue.mbid(22)
    assert use(import_, sandbox.url)(found).exit_code == 0
    session.expire_all()
    return found


@pytest.fixture
def run(use: Callable[[Command, str], Run], sandbox: RunningSandbox) -> Run:
    return use(sync, sandbox.url)


@pytest.mark.parametrize("kind", PROVIDERS)
def test_each_kind_asks_its_provider_and_where_nothing_is_new_changes_nothing(
    run: Run, session: Session, mbid: str, kind: str
) -> None:
    rows = imported_rows(session)
    session.rollback()
    result = run(mbid, "--kind", kind, "--json")
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)
    assert (told["state"], set(told["calls"])) == ("done", {PROVIDERS[kind]})
    assert imported_rows(session) == rows


def test_all_kinds_are_followed_one_after_the_other(run: Run, session: Session, mbid: str) -> None:
    result = run(mbid, "--json")
    assert result.exit_code == 0, result.output
    kinds = [told["kind"] for told in json.loads(result.stdout)]
    assert kinds == [*(kind.value for kind in KINDS.values()), "venue_sync"]
    assert session.scalars(select(QueueJob.state).distinct()).all() == ["done"]


def test_an_artist_is_found_by_name_among_those_who_are_here(run: Run, session: Session, mbid: str) -> None:
    artist = session.scalars(select(Artist).where(Artist.mbid == mbid)).one()
    result = run(artist.name.upper(), "--kind", "setlists")
    assert result.exit_code == 0, result.output
    assert artist.name in result.stdout


def test_of_namesakes_nobody_is_chosen(run: Run, session: Session, mbid: str) -> None:
    artist = session.scalars(select(Artist).where(Artist.mbid == mbid)).one()
    other = "22222222-2222-4222-8222-222222222222"
    session.add(Artist(mbid=other, name=artist.name, name_folded=fold(artist.name)))
    session.commit()
    result = run(artist.name)
    assert result.exit_code == 1
    assert mbid in result.stderr
    assert other in result.stderr


def test_who_is_not_here_is_to_be_imported(run: Run, session: Session) -> None:
    result = run("Nobody at all")
    assert result.exit_code == 1
    assert "setlist import" in result.stderr
    assert session.scalar(select(func.count()).select_from(SyncJob)) == 0


def test_a_sync_is_recorded_and_replayed(
    run: Run, use: Callable[[Command, str], Run], session: Session, mbid: str, tmp_path: Path
) -> None:
    rows = imported_rows(session)
    session.rollback()
    assert run(mbid, "--kind", "setlists", "--record", tmp_path).exit_code == 0
    offline = use(sync, "http://127.0.0.1:1")
    result = offline(mbid, "--kind", "setlists", "--answers", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)
    assert (told["skipped"], told["calls"]) == ({}, {})
    assert imported_rows(session) == rows


def test_what_was_not_recorded_is_left_out_and_the_sync_ends(
    use: Callable[[Command, str], Run], session: Session, mbid: str, tmp_path: Path
) -> None:
    offline = use(sync, "http://127.0.0.1:1")
    result = offline(mbid, "--kind", "setlists", "--answers", tmp_path)
    assert result.exit_code == 0, result.output
    assert "setlist.fm has no recorded answer" in result.stdout


@pytest.mark.parametrize("arguments", [(), ("--due", "somebody"), ("--due", "--record", "folder")])
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_what_is_due_is_asked_for_as_the_timetable_does_it(run: Run, session: Session, mbid: str) -> None:
    """Right after an import nothing is; the job that looks says so in its summary."""
    result = run("--due")
    assert result.exit_code == 0, result.output
    assert "Looking for what is due: done" in result.stdout
    assert "scheduled_sync" in session.scalars(select(SyncSummary.queue)).all()
