"""What an artist's listings looked like when they were last read whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import SyncMark
from setlist.models.base import Json
from setlist.services.freshness import WHOLE_AGAIN, Listing

PROVIDERS: Mapping[Listing, str] = {
    Listing.IDENTITY: "musicbrainz",
    Listing.ATTRACTION: "ticketmaster",
    Listing.PICTURE: "spotify",
    Listing.DATED: "ticketmaster",
    Listing.UNDATED: "ticketmaster",
    Listing.RECORDINGS: "musicbrainz",
    Listing.ALBUMS: "spotify",
    Listing.SETLISTS: "setlistfm",
    Listing.BACKLOG: "setlistfm",
}
WHOLE_AT = "whole_at"  # in `seen`: when it was last read whole


@dataclass(frozen=True, kw_only=True)
class Mark:
    checked_at: datetime
    seen: Json

    def looks_like(self, seen: Json, *, now: datetime) -> bool:
        """Whether the listing still looks so, and was read whole not too long ago."""
        whole_at = datetime.fromisoformat(self.seen[WHOLE_AT]) if WHOLE_AT in self.seen else None
        if whole_at is None or now - whole_at > WHOLE_AGAIN:
            return False
        return all(name in self.seen and self.seen[name] == value for name, value in seen.items())


def marks_of(session: Session, artist_id: int) -> dict[Listing, Mark]:
    statement = select(SyncMark.listing, SyncMark.checked_at, SyncMark.seen).where(
        SyncMark.artist_id == artist_id
    )
    return {
        Listing(listing): Mark(checked_at=checked_at, seen=seen)
        for listing, checked_at, seen in session.execute(statement)
        if listing in set(Listing)
    }


def read_whole(session: Session, artist_id: int, listing: Listing, *, now: datetime, **seen: object) -> None:
    """The listing was read to its end, and looked so."""
    _keep(session, artist_id, listing, now, {**seen, WHOLE_AT: now.isoformat()})


def still_so(session: Session, artist_id: int, listing: Listing, mark: Mark, *, now: datetime) -> None:
    """It was asked for, and nothing had changed."""
    _keep(session, artist_id, listing, now, mark.seen)


def since(mark: Mark, margin: timedelta) -> datetime | None:
    """From when on changes are to be asked for."""
    began = mark.seen.get("began_at")
    return datetime.fromisoformat(str(began)) - margin if began else None


def _keep(session: Session, artist_id: int, listing: Listing, now: datetime, seen: Json) -> None:
    statement = insert(SyncMark).values(
        artist_id=artist_id,
        provider=PROVIDERS[listing],
        listing=listing.value,
        seen=seen,
        checked_at=now,
    )
    key = [SyncMark.artist_id, SyncMark.provider, SyncMark.listing]
    changed = {"seen": statement.excluded.seen, "checked_at": statement.excluded.checked_at}
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))
