"""Recorded answers out of files: each file for itself, and a summary of all."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from setlist.cli.progress import Moment, Teller
from setlist.cli.synced import rows_table, skipped_lines
from setlist.cli.tables import table
from setlist.extensions import db
from setlist.pipeline.files.batch import fill_ballots, introduce, write
from setlist.pipeline.files.hand import Hand
from setlist.pipeline.files.loading import FileProblem, files_in, load
from setlist.pipeline.files.shapes import Found, Shape
from setlist.pipeline.files.writing import Notes
from setlist.pipeline.tally import CHANGED, DOUBTS, NEW, UNCHANGED, Tally

Step = Callable[[Hand, Found, Notes], None]
HEADS = ("File", "What it is", "New", "Changed", "Unchanged", "Left out")


@dataclass(kw_only=True)
class FileReport:
    path: Path
    shapes: list[Shape] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    problem: str = ""

    @property
    def is_known(self) -> bool:
        return any(shape is not Shape.UNKNOWN for shape in self.shapes)

    def counted(self, what: str) -> int:
        rows = self.notes.tally.as_json()
        return sum(counts.get(what, 0) for name, counts in rows.items() if name != DOUBTS)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "what": [shape.value for shape in self.shapes],
            "rows": self.notes.tally.as_json(),
            "skipped": dict(self.notes.skipped),
            "error": self.problem or None,
        }


@dataclass(kw_only=True)
class FileImport:
    """Twice through the files: who is in them, then what they tell. A transaction each."""

    teller: Teller
    default_start_hour: int
    said: str = ""
    is_dry: bool = False

    def bring_in(self, paths: Sequence[Path]) -> list[FileReport]:
        reports = [FileReport(path=path) for path in files_in(paths)]
        with _session(is_dry=self.is_dry) as session:
            hand = Hand(
                session=session,
                now=datetime.now(UTC),
                default_start_hour=self.default_start_hour,
                said=self.said,
            )
            for place, report in enumerate(reports):
                self._tell(place / 2, reports)
                self._step(hand, report, introduce)
            for place, report in enumerate(reports):
                self._tell((len(reports) + place) / 2, reports)
                if not report.problem:
                    self._step(hand, report, write)
        self.teller.close()
        return reports

    def _step(self, hand: Hand, report: FileReport, step: Step) -> None:
        """What goes wrong with one file leaves nothing of it behind, and does not keep the others out."""
        before = Notes(tally=Tally(report.notes.tally.as_json()), skipped=Counter(report.notes.skipped))
        try:
            found: list[Found] = load(report.path)
            report.shapes = list(dict.fromkeys(one.shape for one in found))
            for one in found:
                step(hand, one, report.notes)
            fill_ballots(hand)
            hand.session.commit()
        except FileProblem as problem:
            report.problem = str(problem)
        except OperationalError:
            raise
        except DBAPIError as error:
            hand.session.rollback()
            hand.touched.clear()
            report.notes = before
            report.problem = f"{report.path}: the database does not take it ({type(error.orig).__name__})"

    def _tell(self, done: float, reports: Sequence[FileReport]) -> None:
        percent = 100 * done / len(reports)
        words = f"{int(done)} of {len(reports)} files"
        self.teller.tell(Moment(headline="Bringing in recorded answers", percent=percent, steps=(words,)))


def as_text(reports: Sequence[FileReport], *, is_dry: bool) -> str:
    """A line for each file, the sums, and what was left out."""
    read = [report for report in reports if not report.problem]
    total = Notes()
    for report in read:
        total.tally.add(report.notes.tally)
        total.skipped.update(report.notes.skipped)
    rows = total.tally.as_json()
    parts = [table(HEADS, [_row(report) for report in read])] if read else []
    parts += [rows_table(rows)] if rows else []
    parts += ["\n".join(skipped_lines(dict(total.skipped)))] if total.skipped else []
    doubts = rows.get(DOUBTS, {}).get(NEW, 0)
    parts += [f"Left to a person to decide: {doubts:,}"] if doubts else []
    parts += ["Nothing was written: this was a dry run."] if is_dry else []
    return "\n\n".join(parts)


def _row(report: FileReport) -> tuple[str, ...]:
    counts = (f"{report.counted(what):,}" for what in (NEW, CHANGED, UNCHANGED))
    shapes = ", ".join(shape.value for shape in report.shapes)
    return (report.path.name, shapes, *counts, f"{report.notes.skipped.total():,}")


@contextmanager
def _session(*, is_dry: bool) -> Iterator[Session]:
    """Its commits are real, but in a dry run, where they are savepoints of what is taken back at the end."""
    with db.engine.connect() as connection:
        if not is_dry:
            with Session(connection) as session:
                yield session
            return
        with (
            connection.begin() as whole,
            Session(connection, join_transaction_mode="create_savepoint") as session,
        ):
            yield session
            whole.rollback()
