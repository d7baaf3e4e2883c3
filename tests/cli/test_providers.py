"""`setlist providers`, over the real servers and the sandbox."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Sources as Origin
from setlist.cli import providers as command
from setlist.models import AuditLog, BreakerEvent
from setlist.providers.errors import Unavailable
from setlist.providers.sources import Providers
from setlist.services.budget import Purpose
from setlist.services.redis_client import connect

Run = Callable[..., Result]


LIMITED = {"sources": Origin.SANDBOX, "sandbox_limits": True}


@pytest.fixture
def opened(app: Flask, redis_url: str) -> Iterator[Callable[..., Providers]]:
    """The providers as one process has them."""
    connection = connect(redis_url)
    open_session = app.extensions["providers"].open_session

    def opening(**values: object) -> Providers:
        settings = app.extensions["settings"].model_copy(update=LIMITED | values)
        return Providers(settings=settings, connection=connection, open_session=open_session)

    yield opening
    connection.close()


@pytest.fixture
def run_with(
    app: Flask, monkeypatch: pytest.MonkeyPatch, opened: Callable[..., Providers]
) -> Callable[..., Run]:
    """The command on the tests' servers, with settings of its own."""

    def running_with(**values: object) -> Run:
        def create_app() -> Flask:
            monkeypatch.setitem(app.extensions, "providers", opened(**values))
            return app

        def running(*arguments: str) -> Result:
            monkeypatch.setattr(command, "create_app", create_app)
            return CliRunner().invoke(command.providers, arguments)

        return running

    return running_with


@pytest.fixture
def run(run_with: Callable[..., Run]) -> Run:
    return run_with()


@pytest.fixture
def providers(opened: Callable[..., Providers]) -> Iterator[Providers]:
    """Those of another process, which calls."""
    found = opened()
    yield found
    found.close()


def said(result: Result) -> dict[str, dict[str, object]]:
    assert result.exit_code == 0, result.output
    return {entry["name"]: entry for entry in json.loads(result.output)}


def test_each_provider_has_a_line(run: Run) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "Provider",
        "MusicBrainz",
        "Ticketmaster",
        "setlist.fm",
        "Spotify",
    ]
    assert "sandbox, development" in lines[4]
    assert "1,440 of 1,440" in lines[3]


def test_calls_of_today_are_told_by_purpose(run: Run, providers: Providers) -> None:
    budget = providers.gates["setlistfm"].budget
    for purpose in (Purpose.IMPORT, Purpose.IMPORT, Purpose.SYNC):
        budget.ledger.called(budget.stretch(purpose))
    providers.close()
    found = said(run("--json"))["setlistfm"]
    assert found["calls_today"] == 3
    assert {purpose: tally["calls"] for purpose, tally in found["today"].items()} == {"import": 2, "sync": 1}
    assert "3 (import 2, sync 1)" in run().output


def test_what_is_left_is_told_with_what_is_kept(run: Run, providers: Providers) -> None:
    providers.gates["setlistfm"].budget.reserve(Purpose.SYNC)
    found = said(run("--json"))["setlistfm"]
    assert (found["per_day"], found["left"]) == (1_440, 1_439)
    assert found["left_for_syncs"] == 1_439 - 432 - 216


def test_a_hold_and_a_failure_are_told(run: Run, providers: Providers) -> None:
    gate = providers.gates["spotify"]
    gate.budget.reserve(Purpose.IMPORT)
    gate.budget.hold(13 * 3600, "Spotify wants no more calls for now.")
    gate.budget.ledger.failed(
        gate.budget.stretch(Purpose.IMPORT), "Spotify is out of order.", throttled=False
    )
    providers.close()
    found = said(run("--json"))["spotify"]
    until = datetime.fromisoformat(str(found["held_until"]))
    assert 12 < (until - datetime.now(UTC)).total_seconds() / 3600 < 14
    assert found["held_because"] == "Spotify wants no more calls for now."
    assert found["last_error"] == "Spotify is out of order."
    assert "none until" in run().output


class TestABreaker:
    def test_one_forced_open_refuses_calls_of_all_processes_until_it_is_reset(
        self, run: Run, providers: Providers, session: Session
    ) -> None:
        client = providers.sources().musicbrainz
        assert run("open", "musicbrainz").exit_code == 0
        with pytest.raises(Unavailable, match="left alone"):
            client.ping()
        assert said(run("--json"))["musicbrainz"]["breaker"]["forced"] is True
        assert "open (forced)" in run().output
        assert run("reset", "musicbrainz").exit_code == 0
        assert said(run("--json"))["musicbrainz"]["breaker"]["state"] == "closed"
        states = session.scalars(select(BreakerEvent.new_state).order_by(BreakerEvent.id))
        assert list(states) == ["open", "closed"]

    def test_it_survives_a_flush_of_redis(self, run: Run, redis_client: object) -> None:
        run("open", "spotify")
        redis_client.flushdb()
        assert said(run("--json"))["spotify"]["breaker"]["state"] == "open"

    def test_for_a_while_says_until_when(self, run: Run) -> None:
        assert "until" in run("open", "spotify", "--minutes", "10").output
        assert said(run("--json"))["spotify"]["breaker"]["until"] is not None

    def test_who_did_it_is_written_down(self, run: Run, session: Session) -> None:
        run("open", "spotify")
        run("reset", "spotify")
        actions = session.scalars(select(AuditLog.action).order_by(AuditLog.id))
        assert list(actions) == ["breaker_opened", "breaker_reset"]

    def test_an_unknown_name_says_which_there_are(self, run: Run) -> None:
        result = run("open", "deezer")
        assert result.exit_code == 2
        assert "setlistfm" in result.output


def test_without_a_key_a_provider_is_off_and_says_what_is_missing(run_with: Callable[..., Run]) -> None:
    run = run_with(sources=Origin.LIVE, setlistfm_key=None)
    found = said(run("--json"))
    assert (found["musicbrainz"]["mode"], found["setlistfm"]["mode"]) == ("live", "off")
    assert "set SETLISTFM_KEY" in run().output
