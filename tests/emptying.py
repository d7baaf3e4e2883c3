"""Empty tables for the next test, with ids from 1: a hundred times faster than TRUNCATE of all of them."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.models import Base

MANY = 2_000  # rows, beyond which dropping a table's file is quicker than deleting them
_TABLES = [table.name for table in reversed(Base.metadata.sorted_tables)]  # whoever refers to another first
_FILLED = " UNION ALL ".join(
    f"SELECT '{name}' AS name, count(*) AS found FROM (SELECT 1 FROM \"{name}\" LIMIT {MANY}) AS first"  # noqa: S608 - our own
    for name in _TABLES
)
_USED = "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"


def empty_tables(session: Session) -> None:
    """The caller commits."""
    rows = {one.name: one.found for one in session.execute(text(_FILLED)) if one.found}
    for name in (name for name in _TABLES if name in rows):
        way = f'TRUNCATE "{name}" CASCADE' if rows[name] >= MANY else f'DELETE FROM "{name}"'  # noqa: S608 - our own
        session.execute(text(way))
    for sequence in session.scalars(text(_USED)).all():
        session.execute(text("SELECT setval(cast(:name AS regclass), 1, false)"), {"name": f'"{sequence}"'})
