"""A venue asked for anew: where it is, in which time zone, what it is called now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import ExternalId, Venue
from setlist.models.identity import Matched
from setlist.pipeline.show_times import retime
from setlist.pipeline.tally import CHANGED, UNCHANGED, Tally
from setlist.pipeline.venues import Venues
from setlist.providers.answers import VenueRecord
from setlist.providers.errors import NotFound
from setlist.providers.ticketmaster import Ticketmaster

PROVIDER = "ticketmaster"
GONE = "venues that Ticketmaster does not have any more"
UNKNOWN = "venues that Ticketmaster never named"


def unchecked(session: Session, venue_ids: list[int], since: datetime) -> list[Venue]:
    """Those not yet asked for in this job, which may be its second run."""
    statement = (
        select(Venue)
        .where(Venue.id.in_(venue_ids), Venue.merged_into_id.is_(None))
        .where(Venue.checked_at.is_(None) | (Venue.checked_at < since))
        .order_by(Venue.id)
    )
    return list(session.scalars(statement))


def refresh_venue(
    session: Session, client: Ticketmaster, venue: Venue, *, default_hour: int, now: datetime
) -> tuple[Tally, str]:
    """What became of it, and why it was left out, if it was. Flushes. Raises ProviderError."""
    external_id = session.scalar(
        select(ExternalId.external_id)
        .where(ExternalId.provider == PROVIDER, ExternalId.kind == "venue", ExternalId.venue_id == venue.id)
        # The venue's own id before those of resale, which lie a few streets away.
        .order_by((ExternalId.matched_by == Matched.SAME_ID.value).desc(), ExternalId.id)
        .limit(1)
    )
    venue.checked_at = now
    if external_id is None:
        return Tally(), UNKNOWN
    try:
        record = client.venue(external_id)
    except NotFound:
        return Tally(), GONE
    return _told(session, venue, record, default_hour=default_hour, now=now), ""


def _told(session: Session, venue: Venue, record: VenueRecord, *, default_hour: int, now: datetime) -> Tally:
    """What the provider says of its own venue is newer than what we have; what it leaves out stays."""
    session.flush()
    venues = Venues(session, PROVIDER, [record], now=now)
    if venues.resolve(record) is not venue:
        return venues.tally  # a person says that the id means another one
    had_zone = venue.timezone
    venue.timezone = record.timezone or venue.timezone
    venue.address, venue.url = record.address or venue.address, record.url or venue.url
    if record.latitude is not None:
        venue.latitude, venue.longitude = record.latitude, record.longitude
    changed = session.is_modified(venue)
    session.flush()
    if venue.timezone != had_zone or venues.zoned:
        retime(session, [venue], default_hour=default_hour, now=now)
    tally, renamed = Tally(), CHANGED in venues.tally.as_json()["venues"]
    tally.count("venues", [CHANGED if changed or renamed else UNCHANGED])
    return tally
