"""Which of an act's listings a page of them proves to be gone."""

from dataclasses import dataclass
from datetime import date

from setlist.pipeline.streams import Fetched
from setlist.providers.answers import EventRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A page's listings, and the days of which it has all."""

    ids: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()

    def lacks(self, external_id: str, day: date | None) -> bool:
        return day in self.days and external_id not in self.ids


def listed_on(fetched: Fetched[EventRecord]) -> Listed:
    """Pages are sorted by day: the first and the last day of one may go on in its neighbours.

    A page of listings without dates says nothing of any day.
    """
    events = fetched.page.items
    days = {event.local_date for event in events if event.local_date is not None}
    if any(event.local_date is None for event in events):
        days = set()
    if days and fetched.cursor is not None:
        days.discard(min(days))
    if days and fetched.page.cursor is not None:
        days.discard(max(days))
    return Listed(ids=frozenset(event.id for event in events), days=frozenset(days))
