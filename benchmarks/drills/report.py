"""The table of results."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.drills.verdict import LONGEST_RECOVERY, Outcome

HEAD = ("drill", "rounds", "jobs", "lost", "doubled", "went back", "recovery p50", "p95", "max", "verdict")


@dataclass(kw_only=True)
class Report:
    """Of one drill. `error`: what ended it before its time."""

    name: str
    rounds: list[Outcome] = field(default_factory=list)
    skipped: str = ""
    error: str = ""

    @property
    def recoveries(self) -> list[float]:
        return sorted(seconds for outcome in self.rounds for seconds in outcome.recoveries)

    @property
    def holds(self) -> bool:
        is_quick = not self.recoveries or at(self.recoveries, 0.95) <= LONGEST_RECOVERY
        return not self.error and is_quick and all(outcome.is_clean for outcome in self.rounds)

    @property
    def verdict(self) -> str:
        if self.skipped:
            return f"skipped: {self.skipped}"
        return "holds" if self.holds else f"BROKEN {self.error}".rstrip()

    def row(self) -> tuple[str, ...]:
        sums = (
            sum(getattr(one, what) for one in self.rounds)
            for what in ("jobs", "lost", "doubled", "went_back")
        )
        seconds = (
            f"{at(self.recoveries, share):.1f} s" if self.recoveries else "-" for share in (0.5, 0.95, 1)
        )
        return (self.name, str(len(self.rounds)), *map(str, sums), *seconds, self.verdict)


def at(ordered: Sequence[float], share: float) -> float:
    """The smallest value that this share of all do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(reports: Iterable[Report]) -> str:
    rows = [HEAD, *(report.row() for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others, last = (
        cell.ljust(width) if place in (0, len(widths) - 1) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *others, last)).rstrip()
