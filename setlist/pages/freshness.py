"""How new what a page shows is, in one quiet line; and a mark where it is older than it should be."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from setlist.models import Show, Venue
from setlist.pipeline.due import Subject, artist
from setlist.services.freshness_ages import ALLOWANCES, STALE, Kind, Reason, age_of
from setlist.web.filters import plural

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORDS = {Kind.SHOWS: "Shows", Kind.SETLISTS: "Setlists"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    what: str  # nothing: the page as a whole
    checked_at: datetime
    ago: str
    is_stale: bool

    @property
    def words(self) -> str:
        if self.is_stale:
            return f"{self.what} may be out of date: last checked {self.ago}".lstrip().capitalize()
        return f"{self.what} checked {self.ago}".lstrip().capitalize()


def of_artist(session: Session, artist_id: int, now: datetime) -> list[Freshness]:
    """Of the coming shows and of the past setlists, each from a source of its own."""
    found = artist(session, artist_id, now)
    return [one for kind in WORDS if found and (one := _freshness(found, kind, now))]


def of_show(session: Session, show: Show, now: datetime) -> list[Freshness]:
    """Of a coming show, when it was last seen to take place; of a past one, when its setlist was asked for.

    By the first of the bill that is here: any of them would do.
    """
    first = next((place.artist_id for place in show.line_up if place.artist_id is not None), None)
    found = artist(session, first, now) if first is not None else None
    is_past = show.locks_at is not None and show.locks_at <= now
    one = _freshness(found, Kind.SETLISTS if is_past else Kind.SHOWS, now) if found else None
    if one is None:
        return []
    return [one if is_past else replace(one, what="")]


def of_venue(venue: Venue, now: datetime) -> list[Freshness]:
    """By the longest allowance that a venue has: what stands on its page seldom changes."""
    if venue.checked_at is None:
        return []
    is_stale = now - venue.checked_at > STALE * ALLOWANCES[Kind.VENUES][Reason.DORMANT]
    when = ago(venue.checked_at, now)
    return [Freshness(what="", checked_at=venue.checked_at, ago=when, is_stale=is_stale)]


def ago(then: datetime, now: datetime) -> str:
    """As coarse as stays true while a page is kept."""
    passed = now - then
    if passed < 2 * MINUTE:
        return "just now"
    if passed < HOUR:
        return f"{plural(passed // MINUTE, 'minute')} ago"
    if passed < 2 * DAY:
        return f"{plural(passed // HOUR, 'hour')} ago"
    return f"{plural(passed // DAY, 'day')} ago"


def _freshness(subject: Subject, kind: Kind, now: datetime) -> Freshness | None:
    checked_at = subject.checked.get(kind)
    if checked_at is None:
        return None
    is_stale = age_of(kind, subject.known, checked_at, now).is_stale
    return Freshness(what=WORDS[kind], checked_at=checked_at, ago=ago(checked_at, now), is_stale=is_stale)
