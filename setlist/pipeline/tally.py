"""What a run did to the rows: new, changed, unchanged, deleted, by table."""

from collections.abc import Iterable

from setlist.models.base import Json

NEW, CHANGED, UNCHANGED, DELETED = "new", "changed", "unchanged", "deleted"
DOUBTS = "doubts"


class Tally:
    """Counts on where an earlier run of the same sync stopped."""

    def __init__(self, known: Json | None = None) -> None:
        self._rows: dict[str, dict[str, int]] = {
            table: dict(counts) for table, counts in (known or {}).items()
        }

    @property
    def doubts(self) -> int:
        """How many were raised that nobody had asked before."""
        return self._rows.get(DOUBTS, {}).get(NEW, 0)

    def new(self, table: str, times: int = 1) -> None:
        self._add(table, NEW, times)

    def changed(self, table: str, times: int = 1) -> None:
        self._add(table, CHANGED, times)

    def unchanged(self, table: str, times: int = 1) -> None:
        self._add(table, UNCHANGED, times)

    def deleted(self, what: str, times: int = 1) -> None:
        self._add(what, DELETED, times)

    def count(self, table: str, what: Iterable[str]) -> None:
        """Rows of a table, by what became of each."""
        for one in what:
            self._add(table, one, 1)

    def add(self, other: "Tally") -> None:
        """What another run did, beside what this one did."""
        for table, counts in other.as_json().items():
            for what, times in counts.items():
                self._add(table, what, times)

    def as_json(self) -> Json:
        """{table: {"new": n, "changed": n, "unchanged": n}}, without what is nought."""
        return {table: dict(counts) for table, counts in self._rows.items()}

    def _add(self, table: str, what: str, times: int) -> None:
        if times:
            counts = self._rows.setdefault(table, {})
            counts[what] = counts.get(what, 0) + times
