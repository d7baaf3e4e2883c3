"""`setlist bursts`, over the real tables."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.cli import database
from setlist.cli.bursts import bursts
from setlist.domain.tally_check import tallies_apart
from setlist.models import AuditLog, Vote, VoteBurst
from tests.domain.bursts_of_votes import add_ballot, add_burst, give

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(database, "create_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(bursts, [str(one) for one in arguments])


@pytest.fixture
def burst(session: Session) -> VoteBurst:
    show = add_ballot(session)
    give(session, show.id, 1, 1, 2)
    return add_burst(session, show.id, *session.scalars(select(Vote)))


def states(session: Session) -> set[str]:
    session.expire_all()
    return set(session.scalars(select(Vote.state)))


def test_the_list_is_a_table_or_json(run: Run, burst: VoteBurst) -> None:
    assert run("list").output.splitlines()[0].split()[:3] == ["Burst", "Show", "Why"]
    [line] = json.loads(run("list", "--json").output)
    assert (line["burst"], line["votes"], line["choices"]) == (burst.id, 2, ["void", "dismiss"])
    assert run("list", "--state", "voided").output == "There are none.\n"


def test_votes_are_voided_and_given_back(run: Run, session: Session, burst: VoteBurst) -> None:
    assert run("void", burst.id).output == f"burst {burst.id}: 2 votes voided\n"
    assert states(session) == {"void"}
    assert run("void", burst.id).output == f"burst {burst.id}: 0 votes voided\n"
    assert run("unvoid", burst.id).output == f"burst {burst.id}: 2 votes given back\n"
    assert states(session) == {"on"}
    assert tallies_apart(session) == []
    rows = session.scalars(select(AuditLog).order_by(AuditLog.id)).all()
    assert [row.action for row in rows] == ["burst_void", "burst_void", "burst_unvoid"]
    assert {row.details["by"] for row in rows} == {"command line"}


def test_what_cannot_be_is_told_in_a_sentence(run: Run, burst: VoteBurst) -> None:
    assert run("dismiss", burst.id).output == f"burst {burst.id}: its votes stay\n"
    run("void", burst.id)
    refused = run("dismiss", burst.id)
    assert (refused.exit_code, "Give them back first" in refused.output) == (1, True)
    missing = run("void", 99)
    assert (missing.exit_code, missing.output) == (1, "Setlist: There is no burst 99.\n")
