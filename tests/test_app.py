"""The app's making, and how each program begins with settings that are wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT, Settings
from setlist.app import BLUEPRINTS, create_app
from setlist.settings.peers import OURS, THEIRS
from tests.queue.polling import until
from tests.queue.processes import OwnProcess

SECONDS = 120  # a web server tries its workers several times before it gives up
PROGRAMS = {
    "web": ["-m", "granian", "--interface", "wsgi", "--port", "0", "--respawn-failed-workers", "wsgi:app"],
    "worker": ["-m", "setlist.worker"],
    "workers": ["-m", "setlist.cli", "workers"],
    "clock": ["-m", "setlist.clock"],
    "flask": ["-m", "flask", "--app", "wsgi", "routes"],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_with_wrong_settings_says_which_and_ends(name: str) -> None:
    """Not with a traceback, which would show the secrets among them."""
    ended = _run(name, PORT="eight", REDIS_URL="http://fan:hunter2@host")
    assert ended.returncode == 1, ended.stderr
    assert "  PORT: must be a valid integer\n" in ended.stderr
    assert "  REDIS_URL: must start with redis://, rediss:// or unix://\n" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stderr


@pytest.mark.parametrize("name", ["worker", "clock"])
def test_a_program_in_production_refuses_what_is_meant_for_development(name: str) -> None:
    ended = _run(name, ENVIRONMENT="production", EXTERNAL_URL="https://setlist.example")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[1:] == [
        "  SECRET_KEY: must be set to 32 random characters or more, in production"
    ]


def test_an_app_needs_the_servers_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(SystemExit, match=r"DATABASE_URL: is not set.*\n.*REDIS_URL: is not set"):
        create_app()


def test_an_app_holds_every_blueprint_and_its_settings(migrated_app: Flask, settings: Settings) -> None:
    assert migrated_app.extensions["settings"] is settings
    assert list(migrated_app.blueprints.values())[-len(BLUEPRINTS) :] == list(BLUEPRINTS)


def test_a_query_may_not_hold_a_page_for_ever_and_times_are_utc(app: Flask) -> None:
    with app.extensions["sqlalchemy"].engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "8s"
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"


def test_a_peer_that_is_gone_without_a_word_is_not_waited_for_long(app: Flask) -> None:
    with app.extensions["sqlalchemy"].engine.connect() as connection:
        asked = connection.connection.dbapi_connection.info.get_parameters()
        assert {name: asked.get(name) for name in OURS} == {name: str(value) for name, value in OURS.items()}
        for name, value in THEIRS.items():
            assert f"-c {name}={value}" in asked["options"]
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "5min"


def test_a_worker_says_that_it_is_ready_and_nothing_of_its_libraries(
    session: object, settings: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    worker = OwnProcess(settings, log, "-m", "setlist.worker")
    try:
        until(lambda: "is ready" in log.read_text() or worker.is_over)
        lines = log.read_text().splitlines()
        assert len(lines) == 1, lines
        assert "INFO setlist.worker.life" in lines[0]
    finally:
        worker.end()


def _run(name: str, **wrong: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *PROGRAMS[name]],
        cwd=ROOT,
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
