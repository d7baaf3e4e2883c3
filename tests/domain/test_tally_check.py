"""The nightly proof, and mending what somebody broke by hand."""

import threading
import uuid

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.cli import database
from setlist.cli.ballots import ballots
from setlist.cron.runs import CronRun
from setlist.cron.timetable import TIMETABLE
from setlist.domain.tally_check import TalliesApartError, tallies_apart
from setlist.models import Fan, Vote
from tests.pages.catalogue import NOW, open_show


@pytest.fixture
def wished(session: Session) -> tuple[int, int]:
    """A show and the first song of its ballot, with one wish."""
    show, (song, *_) = open_show(session)
    fan = Fan(key=uuid.uuid4())
    session.add(fan)
    session.flush()
    wish = Vote(show_id=show.id, song_id=song.id, fan_id=fan.id, state="on", by_account=False, changed_at=NOW)
    session.add(wish)
    session.execute(text("UPDATE ballot_songs SET wishes_guests = 1 WHERE song_id = :id"), {"id": song.id})
    session.commit()
    return show.id, song.id


def nightly(session: Session) -> None:
    entry = next(entry for entry in TIMETABLE if entry.name == "tally_check")
    entry.work(CronRun(session=session, stopping=threading.Event()))


def break_one(session: Session, song_id: int, change: str) -> None:
    session.execute(text(f"UPDATE ballot_songs SET {change} WHERE song_id = :id"), {"id": song_id})  # noqa: S608
    session.commit()


def test_all_is_well(session: Session, wished: tuple[int, int]) -> None:
    assert tallies_apart(session) == []
    nightly(session)


@pytest.mark.parametrize(
    ("change", "tally"),
    [("wishes_guests = 5", (0, 5)), ("wishes_guests = 0", (0, 0)), ("wishes_accounts = 1", (1, 1))],
)
def test_what_differs_is_named_and_fails_the_nightly_run(
    session: Session, wished: tuple[int, int], change: str, tally: tuple[int, int]
) -> None:
    break_one(session, wished[1], change)
    (apart,) = tallies_apart(session)
    assert (apart.show_id, apart.song_id, apart.tally, apart.rows) == (*wished, tally, (0, 1))
    with pytest.raises(TalliesApartError, match=f"song {wished[1]}"):
        nightly(session)


def test_the_command_names_it_and_mends_it_where_that_is_asked_for(
    app: Flask, session: Session, wished: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "create_app", lambda: app)
    break_one(session, wished[1], "wishes_guests = 5")
    found = CliRunner().invoke(ballots, ["check"])
    assert found.exit_code == 1
    assert f"show {wished[0]}, song {wished[1]}" in found.output
    assert "1 mended" in CliRunner().invoke(ballots, ["check", "--mend"]).output
    assert "Each tally is what its rows say" in CliRunner().invoke(ballots, ["check"]).output
    session.rollback()
    assert tallies_apart(session) == []
