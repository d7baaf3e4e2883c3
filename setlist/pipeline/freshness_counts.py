"""How many things of each kind are due and stale: counted where all are looked at anyway, and kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import FreshnessCount
from setlist.services.freshness_ages import Kind
from setlist.services.freshness_order import Thing


@dataclass(kw_only=True, slots=True)
class Count:
    things: int = 0
    due: int = 0
    stale: int = 0
    oldest: float = 0.0  # its age, in allowances


def count(things: Iterable[Thing]) -> dict[Kind, Count]:
    found: dict[Kind, Count] = {}
    for thing in things:
        of_kind = found.setdefault(thing.kind, Count())
        of_kind.things += 1
        of_kind.due += thing.age.is_due
        of_kind.stale += thing.age.is_stale
        of_kind.oldest = max(of_kind.oldest, thing.age.ratio)
    return found


def write_counts(session: Session, counts: dict[Kind, Count], now: datetime) -> None:
    """In place of the last ones. Adds; the caller commits."""
    session.execute(delete(FreshnessCount).where(FreshnessCount.kind.not_in([*counts])))
    for kind, of_kind in counts.items():
        values = {
            "things": of_kind.things,
            "due": of_kind.due,
            "stale": of_kind.stale,
            "oldest": of_kind.oldest,
            "counted_at": now,
        }
        row = insert(FreshnessCount).values({"kind": kind.value, **values})
        session.execute(row.on_conflict_do_update(index_elements=[FreshnessCount.kind], set_=values))


def last_counts(session: Session) -> Sequence[FreshnessCount]:
    """In the order of the kinds; none before the first run of scheduled_sync."""
    found = {row.kind: row for row in session.scalars(select(FreshnessCount))}
    return [found[kind.value] for kind in Kind if kind.value in found]
