"""Requests by the minute, over threads, processes and a database that is away."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import Traffic
from setlist.services.traffic import MOST_MINUTES, RequestKind, TrafficCounter

NOON = datetime(2020, 2, 29, 12, 0, 30, tzinfo=UTC)  # no request of another test is counted on that day
Rows = list[tuple[datetime, str, int, int]]


@pytest.fixture
def open_session(app: Flask) -> Callable[[], Session]:
    engine = db.engine
    return lambda: Session(engine)


@dataclass
class Opened:
    """A database that may be another one the next time."""

    how: Callable[[], Session]

    def __call__(self) -> Session:
        return self.how()


def rows(session: Session) -> Rows:
    """Of that day: another test's app may still write its last second."""
    session.rollback()
    found = session.execute(
        select(Traffic.minute, Traffic.kind, Traffic.requests, Traffic.failures)
        .where(Traffic.minute < NOON + timedelta(days=1))
        .order_by(Traffic.minute, Traffic.kind)
    )
    return [tuple(row) for row in found]


def test_counters_of_several_processes_and_threads_add_up(
    session: Session, open_session: Callable[[], Session]
) -> None:
    counters = [TrafficCounter(open_session) for _ in range(3)]

    def ask(number: int) -> None:
        counters[number % 3].note(RequestKind.PAGE, failed=number % 10 == 0, at=NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(300)))
    counters[0].note(RequestKind.VOTE, failed=False, at=NOON + timedelta(minutes=1))
    for counter in counters:
        counter.close()
    minute = NOON.replace(second=0)
    assert rows(session) == [
        (minute, "page", 300, 30),
        (minute + timedelta(minutes=1), "vote", 1, 0),
    ]


def test_while_the_database_is_away_they_are_kept_and_it_is_said_once(
    session: Session, open_session: Callable[[], Session], caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = create_engine("postgresql+psycopg://127.0.0.1:1/nothing", connect_args={"connect_timeout": 1})
    opened = Opened(lambda: Session(nowhere))
    counter = TrafficCounter(opened)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            counter.note(RequestKind.API, failed=False, at=NOON)
            counter.flush()
    assert len([record for record in caplog.records if "not written down" in record.message]) == 1
    opened.how = open_session
    counter.close()
    assert rows(session) == [(NOON.replace(second=0), "api", 2, 0)]


def test_what_waits_for_the_database_is_bounded(
    session: Session, open_session: Callable[[], Session]
) -> None:
    nowhere = create_engine("postgresql+psycopg://127.0.0.1:1/nothing", connect_args={"connect_timeout": 1})
    opened = Opened(lambda: Session(nowhere))
    counter = TrafficCounter(opened)
    for number in range(MOST_MINUTES + 60):
        counter.note(RequestKind.PAGE, failed=False, at=NOON + timedelta(minutes=number))
    counter.flush()
    opened.how = open_session
    counter.close()
    kept = rows(session)
    assert len(kept) == MOST_MINUTES
    assert kept[-1][0] == NOON.replace(second=0) + timedelta(minutes=MOST_MINUTES + 59)


def test_pages_votes_api_and_operators_are_counted_apart_and_files_are_not(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    for path in ("/", "/nowhere", "/api/queues/stats", "/api/health", "/admin/", "/static/css/base.css"):
        client.get(path).close()
    client.post("/shows/1/songs/1/wish", data={"wish": "on"})
    app.extensions["traffic"].flush()
    counted: dict[str, int] = {}
    for kind, requests in session.execute(select(Traffic.kind, Traffic.requests)):
        counted[kind] = counted.get(kind, 0) + requests
    assert counted == {"page": 2, "api": 1, "admin": 1, "vote": 1}
