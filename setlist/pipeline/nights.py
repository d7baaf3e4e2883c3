"""An artist's shows by day: which of them a listing or a setlist means."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from setlist.domain.matching import same_grounds, same_performance
from setlist.models import ExternalId, Show, ShowArtist, Venue
from setlist.models.catalogue import ShowStatus
from setlist.models.identity import Matched
from setlist.pipeline.identity import known
from setlist.pipeline.venues import place_of


class Nights:
    """The shows of some artists on some days, and those that some of a provider's ids mean."""

    def __init__(self, session: Session, artist_ids: Iterable[int], days: Iterable[date | None]) -> None:
        self._session = session
        self._by_day: dict[date, list[Show]] = defaultdict(list)
        self._moved_from: dict[date, list[Show]] = defaultdict(list)
        self._seen: set[int] = set()
        wanted = {day for day in days if day is not None}
        statement = (
            select(Show)
            .join(ShowArtist, ShowArtist.show_id == Show.id)
            .where(ShowArtist.artist_id.in_(set(artist_ids)))
            .where(or_(Show.local_date.in_(wanted), Show.original_date.in_(wanted)))
            .options(joinedload(Show.venue), selectinload(Show.line_up))
            .order_by(Show.id)
            .distinct()
        )
        for show in session.scalars(statement):
            self.add(show)

    def tied(self, provider: str, external_ids: Iterable[str]) -> dict[str, Show]:
        """The shows that a provider's ids are known to mean."""
        ids = known(self._session, provider, "show", external_ids)
        options = (joinedload(Show.venue), selectinload(Show.line_up))
        shows = self._session.scalars(select(Show).where(Show.id.in_(set(ids.values()))).options(*options))
        by_id = {show.id: show for show in shows}
        self._seen |= by_id.keys()
        return {external_id: by_id[show_id] for external_id, show_id in ids.items()}

    def owners(self, provider: str) -> dict[int, str]:
        """By show, the provider's id that describes it."""
        statement = select(ExternalId.show_id, ExternalId.external_id).where(
            ExternalId.provider == provider,
            ExternalId.kind == "show",
            ExternalId.matched_by == Matched.SAME_ID,
            ExternalId.show_id.in_(self._seen),
        )
        return {show_id: external_id for show_id, external_id in self._session.execute(statement) if show_id}

    def add(self, show: Show) -> None:
        self._seen.add(show.id)
        if show.local_date is not None:
            self._by_day[show.local_date].append(show)
        if show.original_date is not None and show.original_date != show.local_date:
            self._moved_from[show.original_date].append(show)

    def same_night(
        self, day: date | None, venue: Venue | None, start: datetime | None, acts: Iterable[int]
    ) -> list[Show]:
        """Shows of a day at one place that could be one performance: nobody plays two at once.

        One of the acts is on the bill of each; the likeliest comes first: one that is known to start
        then, and next one at this very venue.
        """
        on_stage = set(acts)
        found = [
            show
            for show in (self._by_day[day] if day else [])
            if _one_place(show.venue, venue)
            and same_performance(show.starts_at, start)
            and on_stage & {place.artist_id for place in show.line_up}
        ]
        is_timed = start is not None
        return sorted(
            found,
            key=lambda show: (is_timed and show.starts_at is None, show.venue is not venue, show.id),
        )

    def moved_from(self, day: date, venue: Venue) -> list[Show]:
        """Shows at this place that were to be on a day and are on another, or on none so far."""
        return [show for show in self._moved_from[day] if _one_place(show.venue, venue)]

    def off_at(self, venue: Venue, artist_id: int) -> list[Show]:
        """The artist's shows at this venue that were postponed or called off."""
        statement = (
            select(Show)
            .join(ShowArtist, ShowArtist.show_id == Show.id)
            .where(
                ShowArtist.artist_id == artist_id,
                Show.venue_id == venue.id,
                Show.status.in_([ShowStatus.POSTPONED.value, ShowStatus.CANCELLED.value]),
                Show.merged_into_id.is_(None),
            )
            .order_by(Show.id)
        )
        return list(self._session.scalars(statement))

    def is_at(self, day: date | None, venue: Venue | None) -> bool:
        """Whether a show of that day is known at this very venue."""
        return any(show.venue is venue for show in (self._by_day[day] if day and venue else []))


def _one_place(one: Venue | None, other: Venue | None) -> bool:
    return one is other or one is None or other is None or same_grounds(place_of(one), place_of(other))
