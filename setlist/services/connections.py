"""Connections to PostgreSQL are asked whether they are alive before use, but by who can use another one.

It is what SQLAlchemy's pre-ping does, which knows no exception; and the question would be half of a vote's
round trips.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

_is_unasked: ContextVar[bool] = ContextVar("is_unasked", default=False)


def ping_before_use(engine: Engine) -> None:
    def ask(connection: Any, *_: object) -> None:
        if not _is_unasked.get() and not _answers(engine, connection):
            raise InvalidatePoolError  # the pool lets go of all it has, and opens another one

    event.listen(engine, "checkout", ask)


@contextmanager
def unasked(engine: Engine) -> Iterator[Connection]:
    """A connection that may turn out to be broken, for who then repeats the whole statement."""
    token = _is_unasked.set(True)
    try:
        connection = engine.connect()
    finally:
        _is_unasked.reset(token)
    with connection:
        yield connection


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except (DBAPIError, engine.dialect.loaded_dbapi.Error):
        return False
