"""Connections to PostgreSQL are asked whether they are alive before use, but by who can use another one.

It is what SQLAlchemy's pre-ping does, which knows no exception; and the question would be half of a vote's
round trips.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError

R = TypeVar("R")
Driver = psycopg.Connection[Any]

log = logging.getLogger(__name__)

_is_unasked: ContextVar[bool] = ContextVar("is_unasked", default=False)


def ping_before_use(engine: Engine) -> None:
    def ask(connection: Driver, *_: object) -> None:
        if _is_unasked.get():
            return
        if not _answers(engine, connection):
            raise InvalidatePoolError  # the pool lets go of all it has, and opens another one
        if connection.autocommit:  # at_once() had it last
            connection.autocommit = False

    event.listen(engine, "checkout", ask)


def at_once(engine: Engine, statement: Callable[[Driver], R]) -> R:
    """Do one statement that commits by itself, on psycopg's own connection: for what comes by the thousand.

    Of an engine of ping_before_use() alone: that has whoever comes next begin transactions again.
    Where that connection turns out to be broken it is done again on another one, so it must be one that may
    be done twice. Raises SQLAlchemy's errors, as everything else does.
    """
    token = _is_unasked.set(True)
    try:
        return _at_once(engine, statement)
    except OperationalError as error:
        if not error.connection_invalidated:
            raise
        log.warning("a statement is repeated on another connection: %s", error.orig)
    finally:
        _is_unasked.reset(token)
    return _at_once(engine, statement)


def _at_once(engine: Engine, statement: Callable[[Driver], R]) -> R:
    try:
        pooled = engine.raw_connection()
    except psycopg.Error as error:
        raise _told(engine, error, is_broken=False) from error
    driver: Driver = pooled.driver_connection  # type: ignore[assignment] # there is one until it is closed
    try:
        if not driver.autocommit:
            driver.autocommit = True
        answer = statement(driver)
    except BaseException as error:
        is_broken = driver.closed
        pooled.invalidate(error)  # it may commit by itself still
        if isinstance(error, psycopg.Error):
            raise _told(engine, error, is_broken=is_broken) from error
        raise
    finally:
        pooled.close()
    return answer


def _told(engine: Engine, error: psycopg.Error, *, is_broken: bool) -> BaseException:
    """As SQLAlchemy tells it."""
    return DBAPIError.instance(
        None, None, error, psycopg.Error, connection_invalidated=is_broken, dialect=engine.dialect
    )


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except (DBAPIError, engine.dialect.loaded_dbapi.Error):
        return False
