"""Venues from several providers become one row each."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.matching import Place, same_venue
from setlist.domain.titles import fold
from setlist.models import Venue
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, known, tie
from setlist.providers.answers import VenueRecord


class Venues:
    """The venues that some records of one provider mean, looked up in three queries and added if new."""

    def __init__(
        self, session: Session, provider: str, records: Iterable[VenueRecord], *, now: datetime
    ) -> None:
        self._session, self._provider, self._now = session, provider, now
        wanted = {record.id: record for record in records}
        tied = known(session, provider, "venue", wanted)
        names = {fold(record.name) for record in wanted.values()}
        self._near_by_name = list(session.scalars(select(Venue).where(Venue.name_folded.in_(names))))
        held = {
            venue.id: venue for venue in session.scalars(select(Venue).where(Venue.id.in_(tied.values())))
        }
        self._by_id = {external_id: held[venue_id] for external_id, venue_id in tied.items()}

    def resolve(self, record: VenueRecord) -> Venue:
        venue = self._by_id.get(record.id)
        if venue is None:
            venue = self._match(record) or self._add(record)
            self._by_id[record.id] = venue
        _complete(venue, record)
        return venue

    def _match(self, record: VenueRecord) -> Venue | None:
        for venue in self._near_by_name:
            if same_venue(place_of(venue), place_of(record)):
                self._tie(record, venue, Matched.PLACE_AND_NAME)
                return venue
        return None

    def _add(self, record: VenueRecord) -> Venue:
        venue = Venue(
            name=record.name,
            name_folded=fold(record.name),
            city=record.city,
            state=record.state,
            country=record.country,
            address=record.address,
            timezone=record.timezone or self._zone_of_the_city(record),
            url=record.url,
        )
        self._session.add(venue)
        self._session.flush()
        self._near_by_name.append(venue)
        self._tie(record, venue, Matched.SAME_ID)
        return venue

    def _zone_of_the_city(self, record: VenueRecord) -> str | None:
        """One city keeps one time; a provider that leaves the zone out has often named it next door."""
        if not record.city or not record.country:
            return None
        statement = select(Venue.timezone).where(
            Venue.city == record.city,
            Venue.state == record.state,
            Venue.country == record.country,
            Venue.timezone.is_not(None),
        )
        zones = set(self._session.scalars(statement))
        return zones.pop() if len(zones) == 1 else None

    def _tie(self, record: VenueRecord, venue: Venue, matched_by: Matched) -> None:
        ties = Ties(
            provider=self._provider, kind="venue", targets={record.id: venue.id}, matched_by=matched_by
        )
        tie(self._session, ties, now=self._now)


def place_of(held: Venue | VenueRecord) -> Place:
    return Place(
        name=held.name,
        city=held.city,
        country=held.country,
        latitude=held.latitude,
        longitude=held.longitude,
    )


def _complete(venue: Venue, record: VenueRecord) -> None:
    """Fills what is missing; what a venue already says stays."""
    venue.timezone = venue.timezone or record.timezone
    venue.address = venue.address or record.address
    venue.url = venue.url or record.url
    if venue.latitude is None:
        venue.latitude, venue.longitude = record.latitude, record.longitude
