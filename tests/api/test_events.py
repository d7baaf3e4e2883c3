import time

import redis
from flask import Flask
from sqlalchemy import create_engine

from setlist.api.events import ImportEvents
from setlist.extensions import db
from tests.api.conftest import Importing


def _events(importing: Importing, app: Flask, **times: float) -> ImportEvents:
    client: redis.Redis = app.extensions["redis"]
    return ImportEvents(engine=db.engine, redis=client, sync_id=importing.id, after=0, **times)


def test_silence_is_broken_by_a_comment(app: Flask, importing: Importing) -> None:
    lines = _events(importing, app, heartbeat_seconds=0.2, longest_seconds=60).stream()
    assert [next(lines) for _ in range(3)] == ["retry: 3000\n\n", ": still here\n\n", ": still here\n\n"]
    lines.close()


def test_after_its_longest_time_it_stops_without_an_end(app: Flask, importing: Importing) -> None:
    importing.step(10.0)
    told = list(_events(importing, app, heartbeat_seconds=0.1, longest_seconds=0.5).stream())
    assert any("event: progress" in line for line in told)
    assert not any("event: end" in line for line in told)


def test_a_database_that_goes_away_and_comes_back_costs_nothing_but_time(
    app: Flask, importing: Importing
) -> None:
    importing.step(10.0)
    lines = _events(importing, app, heartbeat_seconds=0.2, longest_seconds=60).stream()
    assert [next(lines).splitlines()[0] for _ in range(2)] == ["retry: 3000", "id: 1"]
    importing.session.rollback()
    db.engine.dispose()
    outside = create_engine(db.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{db.engine.url.database}" ALLOW_CONNECTIONS false')
        try:
            assert [next(lines) for _ in range(2)] == [": still here\n\n"] * 2
        finally:
            connection.exec_driver_sql(f'ALTER DATABASE "{db.engine.url.database}" ALLOW_CONNECTIONS true')
    outside.dispose()
    importing.step(20.0)
    deadline = time.monotonic() + 15
    while "event: progress" not in (line := next(lines)):
        assert time.monotonic() < deadline
    assert '"percent": 20.0' in line
    lines.close()
