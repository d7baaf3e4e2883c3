"""The statements that code sends, and what PostgreSQL would read for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event, text

FEW = 5_000  # rows: a table that is no larger may be read whole
EXPLAINED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
_LARGE = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'm', 'i') AND reltuples > :few"
READS = {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}
READ_TO_THE_END = {"Sort", "Incremental Sort", "Aggregate", "Hash", "WindowAgg", "Bitmap Heap Scan"}


@dataclass(frozen=True)
class Sent:
    statement: str
    parameters: Any


@contextmanager
def watched(engine: Engine) -> Iterator[list[Sent]]:
    """What is sent meanwhile, from any thread."""
    sent: list[Sent] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if statement.lstrip().startswith(EXPLAINED):
            sent.append(Sent(statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def whole_reads(engine: Engine, sent: list[Sent]) -> list[str]:
    """The large tables and indexes that a statement would read from end to end, with the statement."""
    found = []
    with engine.connect() as connection:
        large = set(connection.scalars(text(_LARGE), {"few": FEW}))
        cursor = connection.connection.cursor()
        for one in sent:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {one.statement}", one.parameters)
            [[[explained]]] = cursor.fetchall()
            read = [node for node in _whole(explained["Plan"]) if node in large]
            if read:
                found.append(f"{', '.join(read)} in: {' '.join(one.statement.split())}")
    return found


def _whole(node: dict[str, Any], *, stops_early: bool = False) -> Iterator[str]:
    """What is read from end to end. `stops_early`: whoever asks for the rows takes only the first few."""
    kind = node["Node Type"]
    if kind == "Seq Scan":
        yield node["Relation Name"]
    if kind in READS and "Index Cond" not in node and not stops_early:
        yield node["Index Name"]
    stops_early = kind == "Limit" or (stops_early and kind not in READ_TO_THE_END)
    for below in node.get("Plans", ()):
        yield from _whole(below, stops_early=stops_early)
