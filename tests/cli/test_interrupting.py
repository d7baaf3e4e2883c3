"""Ctrl-C during `setlist import`, in a real process of its own; and an import that a worker has."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import ROOT, Settings
from setlist.cli import following
from setlist.cli.following import Errand, Follower, Outcome
from setlist.cli.progress import Moment
from setlist.models import QueueJob, Show, SyncJob
from setlist.processors.artist_import import artist_import
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread
from tests.processors.conftest import requested

SECONDS = 60.0
SLOW = 60  # milliseconds of each answer: long enough to be interrupted


class Told:
    """A teller that remembers."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.sentences: list[str] = []

    def tell(self, moment: Moment) -> None:
        self.moments.append(moment)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def close(self) -> None:
        """Nothing is drawn."""


@pytest.fixture(scope="module")
def slow_sandbox() -> Iterator[RunningSandbox]:
    with start_in_thread(SandboxOptions(artists=10, seed=7, latency_ms=SLOW)) as running:
        yield running


@pytest.fixture
def start(
    app: Flask, settings: Settings, slow_sandbox: RunningSandbox
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def starting(*arguments: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": settings.redis_url or "",
            "SOURCES": "sandbox",
            "SANDBOX_URL": slow_sandbox.url,
            "SANDBOX_LIMITS": "false",
        }
        command = [sys.executable, "-m", "setlist.cli", *arguments]
        started.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                # As from a terminal, also where the tests themselves were started to ignore it.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            )
        )
        return started[-1]

    yield starting
    for process in started:
        process.kill()
        process.communicate()


def wait_for(session: Session, what: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        session.rollback()
        assert time.monotonic() < until
        time.sleep(0.05)
    session.rollback()


def test_ctrl_c_hands_over_at_a_checkpoint_and_the_same_command_goes_on(
    start: Callable[..., subprocess.Popen[str]], session: Session, slow_sandbox: RunningSandbox
) -> None:
    mbid = slow_sandbox.sandbox.catalogue.mbid(3)
    process = start("import", mbid)
    wait_for(session, lambda: session.scalar(select(Show.id).limit(1)))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == Outcome.INTERRUPTED, err
    assert f"`setlist import {mbid}` goes on from there." in err
    job = session.scalars(select(QueueJob)).one()
    assert (job.state, job.attempts, job.lease_owner) == ("queued", 0, None)
    session.rollback()

    again = start("import", mbid)
    _, err = again.communicate(timeout=SECONDS)
    assert again.returncode == Outcome.DONE, err
    session.expire_all()
    assert session.scalars(select(SyncJob.state)).all() == ["done"]


def test_with_a_worker_at_it_ctrl_c_only_stops_looking(
    start: Callable[..., subprocess.Popen[str]], session: Session, slow_sandbox: RunningSandbox
) -> None:
    mbid = slow_sandbox.sandbox.catalogue.mbid(3)
    sync = requested(session, mbid)
    session.execute(text("UPDATE queue_jobs SET state = 'running', fence = 1, lease_owner = 'a worker'"))
    session.execute(text("UPDATE queue_jobs SET lease_until = now() + interval '1 hour'"))
    session.commit()
    process = start("import", mbid)
    line = process.stderr.readline() if process.stderr else ""
    assert "Whoever" in line
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == Outcome.INTERRUPTED
    assert "It goes on without this command" in err
    session.expire_all()
    assert session.get_one(QueueJob, sync.queue_job_id).state == "running"


def test_what_a_worker_takes_is_not_run_here(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the progress is looked at: the job's end is seen, whoever brought it about."""
    monkeypatch.setattr(following, "LOOK_EVERY", 0.01)
    sync = requested(session, "11111111-1111-4111-8111-111111111111")
    errand = Errand(queue="artist_import", job_id=sync.queue_job_id or 0, sync_id=sync.id, headline="Whoever")
    with session.get_bind().connect() as connection:  # another worker has it, and ends it
        connection.execute(text("UPDATE queue_jobs SET state = 'done'"))
        connection.commit()
    told = Told()
    assert Follower(app, told).follow(errand) is Outcome.DONE
    assert artist_import.run_once(errand.job_id) is None


def test_a_paused_queue_is_said_to_be_paused(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = requested(session, "11111111-1111-4111-8111-111111111111")
    session.execute(text("INSERT INTO queue_pauses (queue) VALUES ('artist_import')"))
    session.commit()
    told, looks = Told(), []

    def look_on(_seconds: float) -> None:
        looks.append(1)
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(following.time, "sleep", look_on)
    monkeypatch.setattr(following, "TAKEN_WITHIN", 0.0)
    errand = Errand(queue="artist_import", job_id=sync.queue_job_id or 0, sync_id=sync.id, headline="Whoever")
    assert Follower(app, told).follow(errand) is Outcome.INTERRUPTED
    assert "paused" in told.moments[-1].note
    session.expire_all()
    assert session.get_one(QueueJob, errand.job_id).attempts == 0
