from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from setlist.cron import leader
from setlist.cron.leader import LOCK, Leadership, leading_clock
from setlist.extensions import db
from tests.queue.polling import until


@pytest.fixture
def engine(app) -> Engine:
    return db.engine


@pytest.fixture
def two_clocks(engine) -> Iterator[tuple[Leadership, Leadership]]:
    clocks = (Leadership(engine), Leadership(engine))
    yield clocks
    for clock in clocks:
        clock.release()


def break_connection_of_leader(session) -> None:
    session.execute(
        text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key"),
        {"key": LOCK},
    )
    session.rollback()


def test_one_leads_and_the_other_waits(two_clocks):
    first, second = two_clocks

    assert first.confirm()
    assert not second.confirm()
    assert first.confirm()


def test_the_other_takes_over_when_the_leader_ends(two_clocks):
    first, second = two_clocks
    first.confirm()
    first.release()

    assert second.confirm()
    assert not first.confirm()


def test_a_leader_that_loses_its_connection_steps_down(session, two_clocks, caplog):
    first, second = two_clocks
    first.confirm()
    break_connection_of_leader(session)

    until(lambda: not first.confirm())
    until(second.confirm)
    assert not first.confirm()
    assert "no lead without the database" in caplog.text


def test_a_leader_that_is_silent_loses_the_lead(session, two_clocks, monkeypatch):
    monkeypatch.setattr(leader, "SILENCE_SECONDS", 1)
    first, second = two_clocks
    first.confirm()
    until(second.confirm)  # the first one is frozen meanwhile

    assert not first.confirm()


def test_everybody_can_ask_who_leads(session, two_clocks):
    first, _ = two_clocks
    assert leading_clock(session) is None
    session.rollback()  # a transaction sees one picture of who is connected
    first.confirm()

    assert ":" in leading_clock(session)
