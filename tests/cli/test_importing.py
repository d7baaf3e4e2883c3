"""`setlist import` of an artist: over the sandbox, with and without recorded answers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Command
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from setlist.cli import choosing
from setlist.cli.importing import import_
from setlist.extensions import db
from setlist.models import Artist, QueueJob, Show, SyncJob, SyncMark
from setlist.models.operations import ProviderUsage
from setlist.sandbox.server import RunningSandbox
from tests.cli.conftest import Run
from tests.emptying import empty_tables
from tests.rows import imported_rows

NOWHERE = "http://127.0.0.1:1"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def run(use: Callable[[Command, str], Run], sandbox: RunningSandbox) -> Run:
    return use(import_, sandbox.url)


@pytest.fixture
def run_offline(use: Callable[[Command, str], Run]) -> Run:
    return use(import_, NOWHERE)


@pytest.fixture(scope="module")
def mbid(sandbox: RunningSandbox) -> str:
    return sandbox.sandbox.catalogue.mbid(22)


def wiped(session: Session) -> None:
    session.rollback()
    empty_tables(session)
    session.commit()


def test_an_id_is_brought_in_here_where_no_worker_takes_it(run: Run, session: Session, mbid: str) -> None:
    result = run(mbid)
    assert result.exit_code == 0, result.output
    sync = session.scalars(select(SyncJob)).one()
    assert (sync.state, sync.kind) == ("done", "import")
    assert f"{sync.artist.name} is all here" in result.stdout
    assert "MusicBrainz" in result.stdout
    assert session.scalar(select(func.count()).select_from(Show))


def test_the_progress_tells_the_phases_in_the_products_words(run: Run, mbid: str) -> None:
    lines = run(mbid).stderr.splitlines()
    steps = [line.strip() for line in lines if line.startswith("  ")]
    assert steps[0] == "found them"
    assert [step.partition(" ")[2] for step in steps[1:4]] == ["shows", "songs", "past setlists"]
    assert steps[-1] == "ready"


def test_the_summary_is_json_alone_on_standard_output(run: Run, mbid: str) -> None:
    told = json.loads(run(mbid, "--json").stdout)
    assert told["artist"]["mbid"] == mbid
    assert (told["state"], told["error"]) == ("done", "")
    assert told["calls"]["musicbrainz"] > 0
    assert told["counts"]["shows"] > 0


def test_a_name_is_never_taken_for_somebody(run: Run, session: Session, mbid: str) -> None:
    """Without a terminal nobody can choose: the list says how to."""
    run(mbid)
    name = session.scalars(select(Artist.name).where(Artist.mbid == mbid)).one()
    result = run(name)
    assert result.exit_code == 1
    assert "setlist import MBID" in result.stderr
    assert mbid in result.stderr
    assert session.scalar(select(func.count()).select_from(SyncJob)) == 1


def test_at_a_terminal_one_is_chosen_by_number(
    run: Run, session: Session, mbid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(mbid)
    name = session.scalars(select(Artist.name).where(Artist.mbid == mbid)).one()
    monkeypatch.setattr(choosing, "can_ask", lambda: True)
    hits = run(name, input="999\n").stderr  # none has this number; then the terminal is closed
    (number,) = [line.split()[0] for line in hits.splitlines() if line.endswith(mbid)]
    result = run(name, input=f"{number}\n")
    assert result.exit_code == 0, result.output
    assert {sync.artist.mbid for sync in session.scalars(select(SyncJob))} == {mbid}


def test_an_id_that_nobody_has_is_said_so(run: Run, session: Session) -> None:
    result = run(NOBODY)
    assert result.exit_code == 1
    assert result.stderr == "Setlist: MusicBrainz has nothing under that id.\n"
    assert session.scalar(select(func.count()).select_from(Artist)) == 0


def test_what_was_recorded_brings_in_the_same_rows_without_a_call(
    app: Flask, run: Run, run_offline: Run, session: Session, tmp_path: Path, mbid: str
) -> None:
    recorded = run(mbid, "--record", tmp_path)
    assert recorded.exit_code == 0, recorded.output
    rows = imported_rows(session)
    wiped(session)
    replayed = run_offline(mbid, "--answers", tmp_path, "--json")
    assert replayed.exit_code == 0, replayed.output
    assert imported_rows(session) == rows
    told = json.loads(replayed.stdout)
    assert told["calls"] == {}
    assert session.scalar(select(func.count()).select_from(ProviderUsage)) == 0


def test_the_folder_of_a_recording_is_files_with_answers_too(
    run: Run, session: Session, tmp_path: Path, mbid: str
) -> None:
    """What its pages hold is there as after the import that they were recorded of."""
    assert run(mbid, "--record", tmp_path).exit_code == 0
    rows = imported_rows(session)
    wiped(session)
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    again = imported_rows(session)
    for name in ("shows", "setlists", "setlist_songs", "songs", "venues"):
        assert again[name] == rows[name], name


def test_a_part_that_was_not_recorded_is_left_out_and_said_so(
    run: Run, run_offline: Run, session: Session, tmp_path: Path, mbid: str
) -> None:
    run(mbid, "--record", tmp_path)
    rows = imported_rows(session)
    wiped(session)
    for path in (tmp_path / "setlistfm").iterdir():
        path.unlink()
    result = run_offline(mbid, "--answers", tmp_path)
    assert result.exit_code == 0, result.output
    assert "setlist.fm has no recorded answer" in result.stdout
    assert len(imported_rows(session)["songs"]) > 0
    assert imported_rows(session)["setlists"] == []
    assert rows["setlists"] != []
    assert not session.scalars(select(QueueJob).where(QueueJob.state != "done")).all()


def test_without_who_the_artist_is_a_replay_fails_at_once_with_the_reason(
    run: Run, run_offline: Run, session: Session, tmp_path: Path, mbid: str
) -> None:
    run(mbid, "--record", tmp_path)
    for path in (tmp_path / "musicbrainz").iterdir():
        path.unlink()
    session.execute(delete(SyncMark))
    session.commit()
    result = run_offline(mbid, "--answers", tmp_path)
    assert result.exit_code == 1
    assert "MusicBrainz has no recorded answer to artist" in result.output
    session.expire_all()
    jobs = session.scalars(select(QueueJob.state)).all()
    assert set(jobs) <= {"done", "dead", "cancelled"}


def test_an_import_under_way_elsewhere_is_not_done_twice(
    run: Run, session: Session, tmp_path: Path, mbid: str
) -> None:
    run(mbid)
    artist = session.scalars(select(Artist).where(Artist.mbid == mbid)).one()
    db.session.execute(text("UPDATE queue_jobs SET state = 'running', fence = fence + 1"))
    db.session.execute(text("UPDATE sync_jobs SET state = 'running'"))
    session.commit()
    result = run(mbid, "--record", tmp_path)
    assert result.exit_code == 1
    assert f"{artist.name} is being brought in already" in result.stderr


def test_answers_and_recording_exclude_each_other(run: Run, tmp_path: Path, mbid: str) -> None:
    result = run(mbid, "--answers", tmp_path, "--record", tmp_path)
    assert result.exit_code == 2
