"""`setlist imports`, over the real servers."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.cli import database
from setlist.cli.imports import imports
from setlist.models import AuditLog, QueueJob, SyncJob
from setlist.pipeline.start import start_import
from tests.pages.catalogue import NOW, add_artist, add_import

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(database, "create_app", lambda: app)

    def running(*arguments: object, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(imports, [str(one) for one in arguments])
        assert result.exit_code == exit_code, result.output
        return result

    return running


@pytest.fixture
def failed(session: Session) -> SyncJob:
    sync = add_import(
        session,
        add_artist(session),
        state="failed",
        percent=40.0,
        error="Unavailable: setlist.fm is down.",
        phase_seconds={"shows": 9.5, "identify": 1.0},
        calls={"setlistfm": 7, "musicbrainz": 2},
        checkpoint={"phase": "catalogue"},
        started_at=NOW,
        finished_at=NOW,
    )
    session.commit()
    return sync


def test_they_are_listed_the_newest_first_a_page_at_a_time(
    run: Run, session: Session, failed: SyncJob
) -> None:
    second = add_import(session, add_artist(session, "Night Ferry"), percent=12.0)
    session.commit()
    lines = run("list", "--limit", 1).output.splitlines()
    assert "Night Ferry" in lines[1]
    assert lines[-1] == f"older ones: setlist imports list --before {second.id}"
    [older] = run("list", "--before", second.id).output.splitlines()[1:]
    assert "Paper Lanterns" in older
    assert "setlist.fm is down." in older
    assert "Unavailable" not in older


def test_one_state_alone(run: Run, failed: SyncJob) -> None:
    [line] = json.loads(run("list", "--state", "failed", "--json").output)
    assert (line["import"], line["calls"]) == (failed.id, {"setlistfm": 7, "musicbrainz": 2})
    assert run("list", "--state", "done").output == "none is done\n"


def test_one_is_shown_with_its_phases_in_their_order(run: Run, failed: SyncJob) -> None:
    shown = run("show", failed.id).output
    assert 'phase_seconds: {"identify": 1.0, "shows": 9.5}' in shown
    assert "left_seconds: –" in shown


def test_resume_lets_the_same_import_go_on(run: Run, session: Session, failed: SyncJob) -> None:
    assert f"goes on at 40 %. (import {failed.id})" in run("resume", failed.id).output
    assert "goes on already" in run("resume", failed.id).output
    session.expire_all()
    assert (failed.state, failed.checkpoint) == ("queued", {"phase": "catalogue"})
    assert [job.args for job in session.scalars(select(QueueJob))] == [{"sync_id": failed.id}]


def test_retry_is_a_new_import(run: Run, session: Session, failed: SyncJob) -> None:
    new = failed.id + 1
    assert f"is being imported again. (import {new})" in run("retry", failed.id).output
    session.expire_all()
    assert failed.state == "failed"
    assert session.get_one(SyncJob, new).state == "queued"


def test_cancel_stops_what_waits_and_says_who_did_it(run: Run, session: Session) -> None:
    waiting = start_import(session, add_artist(session))
    session.commit()
    assert "is cancelled." in run("cancel", waiting.id).output
    assert "is cancelled already." in run("cancel", waiting.id).output
    session.expire_all()
    assert waiting.state == "cancelled"
    cancelled = select(AuditLog).where(AuditLog.action == "import_cancelled").order_by(AuditLog.id)
    rows = session.scalars(cancelled).all()
    assert [row.details["was"] for row in rows] == ["queued", "cancelled"]


@pytest.mark.parametrize("action", ["cancel", "retry", "resume"])
def test_what_is_done_is_left_alone(run: Run, session: Session, failed: SyncJob, action: str) -> None:
    failed.state = "done"
    session.commit()
    assert "there is nothing to" in run(action, failed.id, exit_code=1).output
    assert session.scalars(select(QueueJob)).all() == []


@pytest.mark.parametrize("action", ["show", "cancel", "retry", "resume"])
def test_an_unknown_number_is_told(run: Run, action: str) -> None:
    assert "There is no import 99" in run(action, 99, exit_code=1).output
