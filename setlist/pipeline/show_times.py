"""When shows start and lock, worked out again where the time zone of their venue came to be known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.showtime import ShowTime, lock_instant, start_instant
from setlist.models import Show, Venue
from setlist.pipeline.venues import Venues
from setlist.pipeline.writer import Writer


def settle(run: Writer, venues: Venues) -> None:
    """What came out about the venues of a step beside their rows."""
    retime(run.session, venues.zoned, default_hour=run.default_start_hour, now=run.now())
    run.ask(venues.questions)
    run.tally.add(venues.tally)


def retime(session: Session, venues: Sequence[Venue], *, default_hour: int, now: datetime) -> None:
    """Of the shows that are not locked yet: what was voted is not locked after the fact. Flushes."""
    if not venues:
        return
    zones = {venue.id: venue.timezone for venue in venues}
    coming = select(Show).where(Show.venue_id.in_(zones), Show.locks_at > now).order_by(Show.id)
    for show in session.scalars(coming):
        known = ShowTime(
            local_date=show.local_date,
            local_time=show.local_time,
            starts_at=show.starts_at,
            timezone=zones[show.venue_id] if show.venue_id else None,
        )
        show.starts_at = start_instant(known)
        show.locks_at = lock_instant(known, default_hour=default_hour)
    session.flush()
