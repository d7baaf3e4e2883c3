"""Which of the clocks leads: the one whose connection holds an advisory lock.

The lock is the session's: it must not go through a pooler that shares sessions, and it ends with the
connection. A leader that is frozen keeps its connection, so PostgreSQL ends it after some seconds of
silence, and another clock takes over.
"""

import logging
import os
import socket

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from setlist.models.locks import AdvisoryLock
from setlist.settings.peers import OURS

log = logging.getLogger(__name__)

LOCK = int(AdvisoryLock.CLOCK)
SILENCE_SECONDS = 10
CONNECT_SECONDS = 3
_NAME = "setlist clock"
_LONGEST_HOST = 40  # PostgreSQL cuts names of connections to 63 bytes, and the pid stands at their end


class Leadership:
    """Of one clock. Not for use by several threads."""

    def __init__(self, engine: Engine) -> None:
        # No pool: closing the connection is what gives up the lock.
        self._engine = create_engine(
            engine.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": CONNECT_SECONDS, **OURS},
        )
        self._connection: Connection | None = None
        self._fault = ""

    def confirm(self) -> bool:
        """Whether this clock leads now; takes the lead where nobody has it. Ask every second or so."""
        try:
            leads = self._takes_over() if self._connection is None else _answers(self._connection)
        except SQLAlchemyError as error:
            self._lose(str(error))
            return False
        self._fault = ""
        return leads

    def release(self) -> None:
        if self._connection is not None:
            self._close(self._connection)

    def _takes_over(self) -> bool:
        connection = self._engine.connect()
        try:
            leads = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}))
            if leads:
                connection.execute(text(f"SET idle_session_timeout = '{SILENCE_SECONDS}s'"))
                name = text("SELECT set_config('application_name', :name, false)")
                connection.execute(name, {"name": _own_name()})
                self._connection = connection
            return leads
        finally:
            if self._connection is not connection:
                connection.close()

    def _lose(self, fault: str) -> None:
        if fault != self._fault:
            log.warning("no lead without the database: %s", fault)
            self._fault = fault
        if self._connection is not None:
            self._close(self._connection)

    def _close(self, connection: Connection) -> None:
        self._connection = None
        try:
            connection.close()
        except SQLAlchemyError as error:
            log.debug("the leader's connection was broken already: %s", error)


def _answers(connection: Connection) -> bool:
    """It is there, so the lock is; else it raises."""
    return connection.scalar(text("SELECT true")) is True


def _own_name() -> str:
    return f"{_NAME} {socket.gethostname()[:_LONGEST_HOST]}:{os.getpid()}"


def leading_clock(session: Session) -> str | None:
    """host:pid of the clock that leads; None where none does.

    None too while one takes over: it names its connection when it has the lock, since one that only
    tries must not look like the leader.
    """
    name = session.scalar(
        text("""
            SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND classid = 0 AND objid = :key AND objsubid = 1 AND granted
              AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND application_name ~ :complete
        """),
        {"key": LOCK, "complete": rf"^{_NAME} .+:[0-9]+$"},
    )
    return None if name is None else str(name).removeprefix(f"{_NAME} ")
