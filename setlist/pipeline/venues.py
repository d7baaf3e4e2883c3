"""Venues from several providers become one row each, with every name that they go by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.country_zones import only_zone
from setlist.domain.folding import fold
from setlist.domain.matching import Place, venue_match
from setlist.domain.venue_names import Alike
from setlist.models import Venue, VenueAlias
from setlist.models.identity import DoubtKind, Matched
from setlist.pipeline.doubts import Question, refused
from setlist.pipeline.identity import Ties, known, tie
from setlist.pipeline.tally import Tally
from setlist.providers.answers import VenueRecord

AROUND = 0.02  # degrees: two kilometres and more, up to the polar circles


class Venues:
    """The venues that some records of one provider mean, looked up in few queries and added if new.

    `questions` are for a person: what may be one venue and is kept apart until they say so. `zoned` are those
    whose time zone came to be known, so that the times of their shows are to be worked out again.
    """

    def __init__(
        self, session: Session, provider: str, records: Iterable[VenueRecord], *, now: datetime
    ) -> None:
        self._session, self._provider, self._now = session, provider, now
        self.questions: list[Question] = []
        self.zoned: list[Venue] = []
        self.tally = Tally()
        wanted = {record.id: record for record in records}
        tied = known(session, provider, "venue", wanted)
        self._by_id = self._held(tied)
        new = [record for record in wanted.values() if record.id not in self._by_id]
        self._candidates = self._around(new) if new else []
        self._aliases = self._aliases_of(self._candidates)
        self._refused = refused(session, DoubtKind.VENUE, provider, [record.id for record in new])
        self._seen: set[str] = set()
        self._added: set[int] = set()

    def resolve(self, record: VenueRecord) -> Venue:
        venue = self._by_id.get(record.id)
        if venue is None:
            venue = self._match(record) or self._add(record)
            self._by_id[record.id] = venue
        if record.id not in self._seen:
            self._seen.add(record.id)
            self._tell(venue, record)
        return venue

    def _held(self, tied: dict[str, int]) -> dict[str, Venue]:
        found = self._session.scalars(select(Venue).where(Venue.id.in_(set(tied.values()))))
        by_id = {venue.id: venue for venue in found}
        return {external_id: by_id[venue_id] for external_id, venue_id in tied.items()}

    def _around(self, records: Sequence[VenueRecord]) -> list[Venue]:
        """What may be meant: of the name, in the city, or near the spot. The oldest first, for all alike."""
        names = {fold(record.name) for record in records}
        aliases = select(VenueAlias.venue_id).where(VenueAlias.name_folded.in_(names))
        cities = {record.city for record in records if record.city}
        spots = [
            Venue.latitude.between(record.latitude - AROUND, record.latitude + AROUND)
            & Venue.longitude.between(record.longitude - 3 * AROUND, record.longitude + 3 * AROUND)
            for record in records
            if record.latitude is not None and record.longitude is not None
        ]
        meant = or_(Venue.name_folded.in_(names), Venue.id.in_(aliases), Venue.city.in_(cities), *spots)
        statement = select(Venue).where(Venue.merged_into_id.is_(None), meant).order_by(Venue.id)
        return list(self._session.scalars(statement))

    def _match(self, record: VenueRecord) -> Venue | None:
        """The surest one; what it may be besides is asked once it has a row."""
        for venue in self._candidates:
            if (record.id, venue.id) not in self._refused and self._alike(venue, record) is Alike.SAME:
                self._tie(record, venue, Matched.PLACE_AND_NAME)
                return venue
        return None

    def _alike(self, venue: Venue, record: VenueRecord) -> Alike:
        """By the best of its names."""
        names = [venue.name, *self._aliases[venue.id]]
        places = [place_of(venue, name=name) for name in names]
        return min((venue_match(place, place_of(record)) for place in places), key=list(Alike).index)

    def _aliases_of(self, venues: Sequence[Venue]) -> defaultdict[int, list[str]]:
        named = select(VenueAlias.venue_id, VenueAlias.name).where(
            VenueAlias.venue_id.in_([venue.id for venue in venues])
        )
        by_id = defaultdict[int, list[str]](list)
        for venue_id, name in self._session.execute(named.order_by(VenueAlias.id)) if venues else ():
            by_id[venue_id].append(name)
        return by_id

    def _add(self, record: VenueRecord) -> Venue:
        venue = Venue(
            name=record.name,
            name_folded=fold(record.name),
            city=record.city,
            state=record.state,
            country=record.country,
            address=record.address,
            timezone=record.timezone or self._zone_of_the_place(record),
            url=record.url,
        )
        self._session.add(venue)
        self._session.flush()
        self._tie(record, venue, Matched.SAME_ID)
        self._doubt(record)
        self._candidates.append(venue)
        self._added.add(venue.id)
        return venue

    def _doubt(self, record: VenueRecord) -> None:
        for venue in self._candidates:
            if (record.id, venue.id) in self._refused or self._alike(venue, record) is not Alike.MAYBE:
                continue
            self.questions.append(
                Question(
                    kind=DoubtKind.VENUE,
                    provider=self._provider,
                    external_id=record.id,
                    name=record.name,
                    url=record.url,
                    candidate_id=venue.id,
                    reason="a name that is alike at one place, which does not prove that it is one venue",
                    details={"theirs": _told(record), "ours": _told(venue)},
                )
            )

    def _zone_of_the_place(self, record: VenueRecord) -> str | None:
        """One city keeps one time, and most countries do; who leaves it out has often named it next door."""
        if not record.country:
            return None
        statement = select(Venue.timezone).where(
            Venue.city == record.city,
            Venue.state == record.state,
            Venue.country == record.country,
            Venue.timezone.is_not(None),
        )
        zones = set(self._session.scalars(statement)) if record.city else set()
        return zones.pop() if len(zones) == 1 else only_zone(record.country)

    def _tie(self, record: VenueRecord, venue: Venue, matched_by: Matched) -> None:
        ties = Ties(
            provider=self._provider, kind="venue", targets={record.id: venue.id}, matched_by=matched_by
        )
        tie(self._session, ties, now=self._now)

    def _tell(self, venue: Venue, record: VenueRecord) -> None:
        """Fills what is missing; what a venue already says stays."""
        had_zone = venue.timezone is not None
        venue.timezone = venue.timezone or record.timezone
        venue.address = venue.address or record.address
        venue.url = venue.url or record.url
        if venue.latitude is None:
            venue.latitude, venue.longitude = record.latitude, record.longitude
        changed = self._session.is_modified(venue)
        named = self._keep_name(venue, record)
        if not had_zone and venue.timezone is not None:
            self.zoned.append(venue)
        if venue.id in self._added:
            self.tally.new("venues")
            self._added.discard(venue.id)
        elif changed or named:
            self.tally.changed("venues")
        else:
            self.tally.unchanged("venues")

    def _keep_name(self, venue: Venue, record: VenueRecord) -> bool:
        """A sponsor's, an older or a translated name is another one of its; whether it was not known."""
        folded = fold(record.name)
        if folded == venue.name_folded:
            return False
        alias = {"venue_id": venue.id, "name": record.name, "name_folded": folded, "provider": self._provider}
        kept = insert(VenueAlias).values(alias).on_conflict_do_nothing().returning(VenueAlias.id)
        is_new = self._session.scalar(kept) is not None
        if is_new:
            self._aliases[venue.id].append(record.name)
        return is_new


def place_of(held: Venue | VenueRecord, *, name: str = "") -> Place:
    return Place(
        name=name or held.name,
        city=held.city,
        state=held.state,
        country=held.country,
        latitude=held.latitude,
        longitude=held.longitude,
    )


def _told(held: Venue | VenueRecord) -> dict[str, object]:
    where = ", ".join(filter(None, (held.address, held.city, held.state, held.country)))
    spot = None if held.latitude is None else f"{held.latitude:.4f}, {held.longitude:.4f}"
    return {"name": held.name, "where": where, "position": spot}
