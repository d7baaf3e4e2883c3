"""Whether the database was away, or had no room: not what was asked of it."""

import psycopg
from sqlalchemy.exc import DBAPIError

# SQLSTATE classes: connection, resources (full disk, too many connections), an operator's intervention; and
# the server's own end of a transaction that was idle for too long, as a frozen process leaves it.
WEATHER = ("08", "53", "57P", "25P03")


def is_database_weather(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError)
    return str(state).startswith(WEATHER)
