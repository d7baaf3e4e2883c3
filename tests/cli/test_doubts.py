"""`setlist doubts`, over the real tables."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.cli import doubts as command
from setlist.models import AuditLog, Doubt, ExternalId, QueueJob
from tests.pages.catalogue import add_artist, add_song, add_venue
from tests.pipeline.pairs import a_doubt, an_id

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(command, "create_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(command.doubts, [str(one) for one in arguments])


@pytest.fixture
def doubt(session: Session) -> Doubt:
    made = a_doubt("artist", "K8vX", artist_id=add_artist(session, "Low Tide", country="GB").id)
    session.add(made)
    session.commit()
    return made


def test_the_list_is_a_table_or_json(run: Run, doubt: Doubt) -> None:
    shown = run("list").output
    assert shown.splitlines()[0].startswith("Doubt  Kind    Provider")
    assert "Low Tide (artist 1, GB)" in shown
    assert "confirm, reject" in shown
    [line] = json.loads(run("list", "--json").output)
    assert (line["doubt"], line["external_id"], line["choices"]) == (doubt.id, "K8vX", ["confirm", "reject"])
    assert run("list", "--kind", "song").output == "none waits for a decision\n"
    assert run("list", "--decided").output == "none was decided\n"


def test_one_is_shown_with_its_evidence(run: Run, session: Session, doubt: Doubt) -> None:
    doubt.details = {"theirs": {"Genres": "Folk"}}
    session.commit()
    assert '"Genres": "Folk"' in run("show", doubt.id).output
    assert json.loads(run("show", doubt.id, "--json").output)["details"] == doubt.details


def test_confirming_ties_and_asks_for_the_shows(run: Run, session: Session, doubt: Doubt) -> None:
    answer = run("confirm", doubt.id)
    assert answer.output == "It is the same.\nLow Tide is being read anew\n"
    assert session.scalars(select(ExternalId.matched_by)).all() == ["person"]
    assert [job.queue for job in session.scalars(select(QueueJob))] == ["ticketmaster_sync"]
    assert session.scalars(select(AuditLog.action)).all() == ["doubt_confirmed"]


def test_a_decision_is_told_and_can_be_taken_back(run: Run, session: Session, doubt: Doubt) -> None:
    assert run("reject", doubt.id).exit_code == 0
    again = run("reject", doubt.id)
    assert (again.exit_code, "decided already: rejected" in again.output) == (1, True)
    assert run("confirm", doubt.id).exit_code == 0
    assert run("split", doubt.id).exit_code == 0
    session.expire_all()
    assert doubt.state == "split"


def test_rows_are_merged_and_split_without_a_doubt(run: Run, session: Session) -> None:
    artist = add_artist(session)
    one, other = add_song(session, artist, "Harbour"), add_song(session, artist, "Salt")
    venue = add_venue(session)
    session.add(an_id("setlistfm", "venue", "63d6b", venue_id=venue.id))
    session.commit()
    assert run("merge", "song", one.id, other.id).output == "Harbour and Salt are one now: song 2.\n"
    assert run("split", "song", other.id, "Harbour").output == "Harbour is a song of its own now: song 1.\n"
    assert run("split", "venue", "setlistfm", "63d6b").exit_code == 0
    session.expire_all()
    assert session.scalars(select(ExternalId.venue_id)).all() != [venue.id]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("confirm", "99"), "there is no doubt 99: `setlist doubts list`"),
        (("merge", "song", "1"), "merge song 12 34"),
        (("merge", "song", "1", "2"), "There is no song 1."),
        (("merge", "cat", "1", "2"), "cat is none of artist, venue, show, song"),
        (("split", "venue", "setlistfm"), "split venue setlistfm 63d6b"),
        (("split", "venue", "nobody", "1"), "A provider is one of"),
        (("split", "venue", "setlistfm", "1"), "no id 1 that means a venue here"),
        (("split", "song", "x", "T"), "A song is given by its number"),
        (("merge", "9" * 30), "there is no doubt"),
    ],
)
@pytest.mark.usefixtures("session")
def test_what_cannot_be_says_what_to_do(run: Run, arguments: tuple[str, ...], says: str) -> None:
    answer = run(*arguments)
    assert answer.exit_code != 0
    assert says in answer.output
