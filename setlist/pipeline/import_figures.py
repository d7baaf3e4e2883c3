"""Figures over past imports: how many, how many failed, how long they took, how far off the time left was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.models.sync import SyncKind

WINDOWS: Mapping[str, timedelta] = MappingProxyType(
    {"24 hours": timedelta(hours=24), "7 days": timedelta(days=7), "30 days": timedelta(days=30)}
)
MOST = 5_000  # the latest imports of a window that are read
RECENT = 40  # imports that say how far off the time left usually is

# Of the latest ones by the index over imports, so that the cost is bounded. Times are of those that are done.
_RECENT = """
WITH recent AS MATERIALIZED (
    SELECT state, phase_seconds, estimate_error,
        extract(epoch FROM finished_at - started_at)::float8 AS took
    FROM sync_jobs
    WHERE kind = 'import' AND finished_at > :since
    ORDER BY finished_at DESC LIMIT :most
)
"""
_WHOLE = text(
    _RECENT
    + """
SELECT count(*) AS imports,
    count(*) FILTER (WHERE state = 'done') AS done,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE state = 'done') AS median,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY took) FILTER (WHERE state = 'done') AS p95,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY estimate_error) AS estimate_error
FROM recent
"""
)
_PHASES = text(
    _RECENT
    + """
SELECT key AS phase, count(*) AS imports,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY value::float8) AS median,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY value::float8) AS p95
FROM recent CROSS JOIN LATERAL jsonb_each_text(phase_seconds)
WHERE state = 'done'
GROUP BY key
"""
)
_USUAL_ERROR = text("""
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY estimate_error) FROM (
    SELECT estimate_error FROM sync_jobs
    WHERE kind = :kind AND kind IN ('import', 'follow_up') AND state = 'done' AND finished_at IS NOT NULL
    ORDER BY finished_at DESC LIMIT :most
) AS recent
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseFigures:
    """Seconds of work, waiting for a provider's time left out."""

    phase: str
    imports: int
    median: float
    p95: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportFigures:
    """Of the imports that ended within a window. Seconds; None: none was done."""

    window: str
    imports: int
    done: int
    failed: int
    cancelled: int
    median: float | None  # from the first work to the end, waits and all
    p95: float | None
    estimate_error: float | None
    phases: Sequence[PhaseFigures]

    @property
    def failure_rate(self) -> float | None:
        """Of those that ended by themselves: nobody's cancelling is a failure."""
        ended = self.done + self.failed
        return self.failed / ended if ended else None

    @property
    def is_capped(self) -> bool:
        return self.imports >= MOST


def import_figures(session: Session, now: datetime, phases: Sequence[str]) -> list[ImportFigures]:
    """One for each window, its phases in the order given."""
    return [_of(session, window, now - age, phases) for window, age in WINDOWS.items()]


def usual_error(session: Session, kind: str = SyncKind.IMPORT) -> float | None:
    """The median error of the time left over recent imports: 0.2 is 20 %; None while none tells."""
    found: float | None = session.scalar(_USUAL_ERROR, {"kind": str(kind), "most": RECENT})
    return found


def _of(session: Session, window: str, since: datetime, phases: Sequence[str]) -> ImportFigures:
    bounds = {"since": since, "most": MOST}
    whole = session.execute(_WHOLE, bounds).mappings().one()
    by_phase = {row.phase: row for row in session.execute(_PHASES, bounds)}
    return ImportFigures(
        window=window,
        phases=[PhaseFigures(**by_phase[name]._mapping) for name in phases if name in by_phase],
        **whole,
    )
