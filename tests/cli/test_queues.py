"""`setlist queues`, over the real servers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.cli import database
from setlist.cli.queues import queues
from setlist.models import AuditLog, QueueJob, QueuePause
from setlist.models.queue import QueueMinute
from setlist.queue.history import last_end
from setlist.queue.names import QUEUES

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(database, "create_app", lambda: app)

    def running(*arguments: str, exit_code: int = 0, answer: str = "") -> Result:
        result = CliRunner().invoke(queues, arguments, input=answer)
        assert result.exit_code == exit_code, result.output
        return result

    return running


def minute(session: Session, **figures: object) -> None:
    usual = {"queue": "cleanup", "done": 0, "failed": 0, "lost": 0, "dead": 0, "waiting": 0}
    at = last_end(datetime.now(UTC)) - timedelta(minutes=2)
    session.add(QueueMinute(minute=at, **usual | figures))
    session.commit()


def line(output: str, name: str) -> str:
    return next(" ".join(one.split()) for one in output.splitlines() if one.startswith(name))


def test_each_queue_has_a_line(run: Run, session: Session) -> None:
    session.add(QueueJob(queue="cleanup", args={}, max_attempts=5))
    session.commit()
    minute(session, done=30, failed=2, lost=1, wait_p50=12.0, wait_p95=1500.0, run_p50=1.0, run_p95=2.0)
    output = run().output
    assert [one.split()[0] for one in output.splitlines()[1:]] == list(QUEUES)
    assert line(output, "cleanup") == "cleanup background 1 0 s 0 0 0 0.5 3 12 ms / 1.5 s 1 ms / 2 ms no"
    assert line(output, "artist_import") == "artist_import imports 0 – 0 0 0 0 0 – – no"


def test_json_tells_the_same(run: Run, session: Session) -> None:
    minute(session, done=30)
    told = {one["queue"]: one for one in json.loads(run("--json").output)}
    assert told["cleanup"]["last_hour"]["done"] == 30
    assert told["artist_import"]["paused"] is False


def test_a_pause_is_made_once_told_and_taken_back(run: Run, session: Session) -> None:
    assert run("pause", "cleanup", "--reason", "a full disk").output == "cleanup: paused\n"
    assert "was paused already" in run("pause", "cleanup", "--reason", "another").output
    assert "a full disk" in line(run().output, "cleanup")
    assert session.scalars(select(QueuePause.reason)).all() == ["a full disk"]
    assert run("resume", "cleanup").output == "cleanup: goes on\n"
    assert "was not paused" in run("resume", "cleanup").output
    session.rollback()
    assert session.scalars(select(QueuePause.queue)).all() == []
    rows = session.scalars(select(AuditLog).order_by(AuditLog.id)).all()
    assert [(row.action, row.target) for row in rows] == [
        ("queue_paused", "cleanup"),
        ("queue_resumed", "cleanup"),
    ]
    assert rows[0].details == {"by": "command line", "reason": "a full disk"}


def test_history_is_a_line_a_minute(run: Run, session: Session) -> None:
    minute(session, done=1234, waiting=7, run_p50=5.0, run_p95=2500.0)
    heads, only = run("history", "cleanup").output.splitlines()
    assert heads.startswith("Minute, UTC")
    assert only.split()[3:] == ["1,234", "0", "0", "0", "–", "5", "ms", "/", "2.5", "s", "7"]
    assert "nothing in the last 5 minutes" in run("history", "artist_search", "--minutes", "5").output


@pytest.mark.parametrize("command", ["pause", "resume", "history"])
def test_an_unknown_name_says_which_there_are(run: Run, command: str) -> None:
    result = run(command, "nobody", exit_code=2)
    assert "artist_import" in result.output


@pytest.mark.parametrize("minutes", ["0", "1441", "x"])
def test_how_far_back_is_bounded(run: Run, minutes: str) -> None:
    run("history", "cleanup", "--minutes", minutes, exit_code=2)


def test_what_waits_is_cancelled_after_a_question_and_what_runs_goes_on(run: Run, session: Session) -> None:
    def put(queue: str, state: str) -> None:
        session.add(QueueJob(queue=queue, state=state, args={}, max_attempts=5))

    for queue, state in (("cleanup", "queued"), ("cleanup", "retrying"), ("cleanup", "running")):
        put(queue, state)
    put("trending_calc", "queued")
    session.commit()
    assert "Cancel 2 waiting jobs of cleanup?" in run("cancel", "cleanup", answer="n\n", exit_code=1).output
    assert "2 cancelled" in run("cancel", "cleanup", answer="y\n").output
    assert "0 cancelled" in run("cancel", "cleanup", "--yes").output
    session.rollback()
    states = session.execute(select(QueueJob.queue, QueueJob.state).order_by(QueueJob.id)).all()
    assert [tuple(row) for row in states] == [
        ("cleanup", "cancelled"),
        ("cleanup", "cancelled"),
        ("cleanup", "running"),
        ("trending_calc", "queued"),
    ]
    rows = session.scalars(select(AuditLog).order_by(AuditLog.id))
    assert [row.details["cancelled"] for row in rows] == [2, 0]
