from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from setlist.services.connections import Driver, at_once, ping_before_use

KILL = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'to be killed' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, connect_args={"application_name": "to be killed"})
    ping_before_use(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE noted (what text)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE noted"))
    engine.dispose()


def note(connection: Driver) -> str:
    return str(connection.execute("INSERT INTO noted VALUES ('this') RETURNING what").fetchall()[0][0])


def noted(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM noted")).scalar_one())


def fill_pool(engine: Engine, connections: int) -> None:
    opened = [engine.connect() for _ in range(connections)]
    for connection in opened:
        connection.close()


def test_a_statement_is_committed_when_it_has_answered(engine: Engine) -> None:
    assert at_once(engine, note) == "this"
    assert noted(engine) == 1


def test_whoever_has_the_connection_next_has_a_transaction(engine: Engine) -> None:
    at_once(engine, note)
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO noted VALUES ('that')"))
        connection.rollback()
    assert noted(engine) == 1


def test_it_is_done_although_all_connections_were_cut(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    fill_pool(engine, 3)
    killer = create_engine(engine.url)
    with killer.connect() as connection:
        assert connection.execute(KILL).scalar_one() == 3
    killer.dispose()
    assert at_once(engine, note) == "this"
    assert noted(engine) == 1
    assert "repeated on another connection" in caplog.text


def test_the_database_being_away_is_told_as_by_sqlalchemy() -> None:
    nowhere = create_engine("postgresql+psycopg://127.0.0.1:1/nothing", connect_args={"connect_timeout": 1})
    ping_before_use(nowhere)
    with pytest.raises(OperationalError):
        at_once(nowhere, note)


def test_a_failed_statement_is_told_as_by_sqlalchemy_and_not_repeated(engine: Engine) -> None:
    tries = []

    def wrong(connection: Driver) -> None:
        tries.append(connection)
        connection.execute("SELECT nothing FROM nowhere")

    with pytest.raises(ProgrammingError, match="nowhere"):
        at_once(engine, wrong)
    assert len(tries) == 1


def test_a_statement_that_takes_too_long_is_told_as_by_sqlalchemy(engine: Engine) -> None:
    def sleep(connection: Driver) -> None:
        connection.execute("SET statement_timeout = 50")
        connection.execute("SELECT pg_sleep(30)")

    with pytest.raises(OperationalError, match="statement timeout"):
        at_once(engine, sleep)
    assert at_once(engine, note) == "this"


def test_our_own_mistake_leaves_no_connection_that_commits_by_itself(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        at_once(engine, lambda _: 1 // 0)
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO noted VALUES ('that')"))
        connection.rollback()
    assert noted(engine) == 0
