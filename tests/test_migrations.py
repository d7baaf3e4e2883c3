"""The migrations, up and down on a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text
from sqlalchemy.orm import Session

from config import Settings
from setlist.app import create_app
from setlist.extensions import db
from setlist.models import Base
from setlist.models.locks import AdvisoryLock
from setlist.web import limits
from tests.pages.catalogue import add_artist
from tests.queue.polling import until
from tests.queue.processes import OwnProcess
from tests.servers import let_go, scratch_postgres

VIEWS = {"trending_artists", "trending_shows"}
FUNCTIONS = {"cast_wish", "log_cron_run", "refresh_trending_data"}


@pytest.fixture
def empty(migrated_app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has no tables yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", str(settings.database_url))
        with scratch_postgres(tmp_path) as url:
            own = url.replace("postgresql://", "postgresql+psycopg://")
            made = create_app(settings.model_copy(update={"database_url": own}))
            yield made
            let_go(made)
            limits.install(migrated_app, settings)  # the limiter is one for the process


def names_in(engine: Engine) -> tuple[set[str], set[str], set[str]]:
    """The tables, views and functions of a database."""
    found = inspect(engine)
    with engine.connect() as connection:
        functions = connection.scalars(
            text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        )
        return set(found.get_table_names()), set(found.get_materialized_view_names()), set(functions)


def test_up_down_and_up_again(empty: Flask) -> None:
    with empty.app_context():
        everything = ({*Base.metadata.tables, "alembic_version"}, VIEWS, FUNCTIONS)
        upgrade()
        assert names_in(db.engine) == everything
        downgrade(revision="base")
        assert names_in(db.engine) == ({"alembic_version"}, set(), set())
        upgrade()
        assert names_in(db.engine) == everything


def test_one_step_down_and_up_keeps_the_rows(empty: Flask) -> None:
    with empty.app_context():
        upgrade()
        with Session(db.engine) as session:
            add_artist(session)
            session.commit()
        downgrade()
        upgrade()
        with Session(db.engine) as session:
            assert session.scalar(text("SELECT count(*) FROM artists")) == 1


def test_a_second_upgrade_changes_nothing(migrated_app: Flask) -> None:
    with migrated_app.app_context():
        before = names_in(db.engine)
        upgrade()
        assert names_in(db.engine) == before


def test_models_and_migrations_agree(app: Flask) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_what_the_comparison_does_not_see_agrees_too(app: Flask, settings: Settings) -> None:
    """Checks, the conditions and orders of indexes, and what becomes of rows that refer to deleted ones."""
    own = create_engine(str(settings.database_url), poolclass=NullPool)
    with own.connect() as connection:
        migrated = _definitions(connection, "public")
        connection.execute(text("CREATE SCHEMA modelled"))
        connection.execute(text("SET LOCAL search_path = modelled"))
        Base.metadata.create_all(connection)
        modelled = _definitions(connection, "modelled")
        connection.rollback()
    assert "ix_queue_jobs_leases" in migrated
    assert migrated == modelled


def test_two_that_migrate_at_once_both_succeed(empty: Flask, settings: Settings, tmp_path: Path) -> None:
    """The second waits for the first one's lock, then finds nothing to do."""
    own: Settings = empty.extensions["settings"]
    with empty.app_context():
        engine = db.engine
    with engine.connect() as holder:
        lock = int(AdvisoryLock.MIGRATION)
        holder.execute(text(f"SELECT pg_advisory_lock({lock})"))
        both = [OwnProcess(own, tmp_path / f"{n}.log", "-m", "setlist.cli", "release") for n in range(2)]
        try:
            until(lambda: _waiting(engine, lock) == 2 or any(one.is_over for one in both))
            holder.execute(text(f"SELECT pg_advisory_unlock({lock})"))
            ends = [(one.wait(), one.log.read_text()) for one in both]
        finally:
            for one in both:
                one.end()
    assert [status for status, _ in ends] == [0, 0], ends
    assert names_in(engine)[1:] == (VIEWS, FUNCTIONS)


def _definitions(connection: Connection, schema: str) -> dict[str, str]:
    """Every constraint and index of a schema, as PostgreSQL would write it."""
    rows = connection.execute(
        text("""
            SELECT conrelid::regclass::text || '.' || conname AS name, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint
            WHERE connamespace = CAST(CAST(:schema AS text) AS regnamespace) AND contype <> 'n'
            UNION ALL
            SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = CAST(:schema AS text)
        """),
        {"schema": schema},
    )
    views = ("trending_", "alembic_version")
    return {
        name.removeprefix(f"{schema}."): definition.replace(f"{schema}.", "")
        for name, definition in rows
        if not any(view in name for view in views)
    }


def _waiting(engine: Engine, lock: int) -> int:
    """In this database: others may be migrated meanwhile."""
    statement = text("""
        SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE locktype = 'advisory' AND objid = :lock AND NOT granted AND datname = current_database()
    """)
    with engine.connect() as connection:
        return connection.scalar(statement, {"lock": lock}) or 0
