"""How old what is known of an artist may get, and what a re-sync asks for. Pure: `now` is an argument.

New shows and setlists are asked for every time, a call each. What is seldom new shares two further calls,
the most overdue first, so that a re-sync with nothing changed costs four calls at most. A listing that was
never read whole is always due, whatever it costs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_SELDOM_CALLS = 2
WHOLE_AGAIN = timedelta(days=60)  # a listing whose count is the same may have been edited all the same


class Listing(StrEnum):
    """What is read of an artist, each from one provider."""

    IDENTITY = "identity"  # MusicBrainz: names, links, merges
    ATTRACTION = "attraction"  # Ticketmaster: which act it is, its picture
    PICTURE = "picture"  # Spotify
    DATED = "dated"  # Ticketmaster: coming shows
    UNDATED = "undated"  # Ticketmaster: those to be announced and to be determined, a call each
    RECORDINGS = "recordings"  # MusicBrainz
    ALBUMS = "albums"  # Spotify
    SETLISTS = "setlists"  # setlist.fm
    BACKLOG = "backlog"  # setlist.fm: older setlists than a first import reads, some pages at a time


USUAL = tuple(listing for listing in Listing if listing is not Listing.BACKLOG)  # which follows by and by


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    calls: int  # to learn that nothing changed
    every: timedelta


SELDOM: Mapping[Listing, Rule] = {
    Listing.IDENTITY: Rule(calls=1, every=timedelta(days=7)),
    Listing.ATTRACTION: Rule(calls=1, every=timedelta(days=30)),
    Listing.PICTURE: Rule(calls=1, every=timedelta(days=30)),
    Listing.UNDATED: Rule(calls=2, every=timedelta(days=1)),
    Listing.RECORDINGS: Rule(calls=1, every=timedelta(days=7)),
    Listing.ALBUMS: Rule(calls=1, every=timedelta(days=7)),
}


def due(
    checked: Mapping[Listing, datetime], *, now: datetime, offered: Iterable[Listing] = USUAL
) -> frozenset[Listing]:
    """Of the listings that are `offered` (their provider is on), those to ask for now.

    `checked` says when each was last known to be as it is here.
    """
    wanted = set(offered)
    asked = {listing for listing in wanted if listing not in checked or listing not in SELDOM}
    left = MOST_SELDOM_CALLS
    for listing in sorted(wanted - asked, key=lambda name: _overdue(name, checked[name], now), reverse=True):
        rule = SELDOM[listing]
        if _overdue(listing, checked[listing], now) >= 1 and rule.calls <= left:
            left -= rule.calls
            asked.add(listing)
    return frozenset(asked)


def _overdue(listing: Listing, checked_at: datetime, now: datetime) -> float:
    """How many times its due age has passed."""
    return (now - checked_at) / SELDOM[listing].every
