"""Runs migrations on the app's engine, for `flask db` and for `setlist run`."""

from alembic import context
from flask import current_app

from setlist.models import Base
from setlist.models.locks import AdvisoryLock

LOCK = int(AdvisoryLock.MIGRATION)


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
            context.run_migrations()
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
        connection.commit()


run()
