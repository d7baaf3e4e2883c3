"""Phase 2: Ticketmaster's listings become shows, venues and line-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from setlist.domain.matching import is_extra_listing
from setlist.domain.showtime import ShowTime, lock_instant, start_instant
from setlist.models import Show, ShowArtist, Venue
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, hand_over, ids_of, known, lock_catalogue, tie
from setlist.pipeline.listed import Listed, listed_on
from setlist.pipeline.nights import Nights
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.pipeline.streams import Fetch
from setlist.pipeline.venues import Venues
from setlist.providers.answers import EventRecord, ShowStatus
from setlist.providers.ticketmaster import LISTINGS
from setlist.services.freshness import Listing

LISTINGS_A_STEP = 25
DUE_AS = {"dated": Listing.DATED, "tba": Listing.UNDATED, "tbd": Listing.UNDATED}
RESALE = "tmr"
PROVIDER = "ticketmaster"
NOTHING = Listed()


def import_shows(run: ImportRun) -> Iterator[float]:
    """A step writes 25 listings, so that the first shows are on the page while the rest is fetched."""
    if run.sources.ticketmaster is None:
        run.skip("shows: Ticketmaster is off")
        return
    yield from run.can_wait(Part.SHOWS, read_shows(run))


def read_shows(run: ImportRun) -> Iterator[float]:
    fetch = shows_fetch(run)
    if fetch is None:
        return
    done = 0
    for fetched in run.streams.pages(Part.SHOWS, fetch, run.cursor):
        page = fetched.page
        run.skip("listings that could not be read", page.skipped if not run.done_of_page else 0)
        events, listed = sorted(page.items, key=_primary_first), listed_on(fetched)
        for part in _batches(events, run.done_of_page):
            write_listings(run, part, listed=listed)
            run.reached(cursor=fetched.cursor, done=run.done_of_page + len(part))
            done += len(part)
            yield min(0.95, done / max(page.total or done, done))
        run.reached(cursor=page.cursor)
    for listing in {Listing.DATED, Listing.UNDATED} & run.due:
        run.read_whole(listing)


def shows_fetch(run: ImportRun) -> Fetch[EventRecord] | None:
    """How to ask for the pages that are due; None: there is nothing to ask for."""
    client, attractions = run.sources.ticketmaster, ids_of(run.session, PROVIDER, "artist", run.artist_id)
    listings = [name for name in LISTINGS if DUE_AS[name] in run.due]
    if client is None or not attractions or not listings:
        return None
    return lambda cursor: client.events(attractions, cursor=cursor, listings=listings)


def write_listings(run: ImportRun, events: Sequence[EventRecord], *, listed: Listed = NOTHING) -> None:
    """One show for each night, whatever number of listings it has. Flushes.

    The first primary listing of a night owns its show and alone describes it, in this import and later
    ones; the others are tied to it. A listing that is gone, as what is `listed` proves, or cancelled
    while another is not, hands over.
    """
    lock_catalogue(run.session)
    acts = known(run.session, PROVIDER, "artist", [act.id for e in events for act in e.attractions])
    venues = Venues(run.session, PROVIDER, [e.venue for e in events if e.venue], now=run.now())
    nights = Nights(run.session, {run.artist_id, *acts.values()}, [e.local_date for e in events])
    tied = nights.tied(PROVIDER, [e.id for e in events])
    night = _Writing(run=run, nights=nights, acts=acts, owners=nights.owners(PROVIDER), listed=listed)
    for event in events:
        venue = venues.resolve(event.venue) if event.venue else None
        night.write(event, venue, tied.get(event.id))


@dataclass(kw_only=True)
class _Writing:
    """A step's listings on their way into shows."""

    run: ImportRun
    nights: Nights
    acts: dict[str, int]  # Ticketmaster's id of an act -> our artist
    owners: dict[int, str]  # show -> the listing that describes it
    listed: Listed

    def write(self, event: EventRecord, venue: Venue | None, found: Show | None) -> None:
        found = found or self._same_night(event, venue)
        if found is None and is_extra_listing(event.name, own_names=_own_names(event)):
            self.run.skip("parking, packages and upgrades")
            return
        show = found or Show()
        owns = _is_primary(event) and self._owns(event, show)
        if owns or found is None:
            _describe(self.run, show, event, venue)
            _bill(self.run, show, event, self.acts)
        elif _is_primary(event):
            _add_to_bill(self.run, show)
        if found is None:
            self.nights.add(show)
        _tie_show(self.run, event, show, Matched.SAME_ID if owns else Matched.NIGHT_AND_VENUE)
        if owns:
            self._take_over(event, show)

    def _same_night(self, event: EventRecord, venue: Venue | None) -> Show | None:
        billed = {self.acts[act.id] for act in event.attractions if act.id in self.acts}
        start = start_instant(_time_of(event, venue))
        same = self.nights.same_night(event.local_date, venue, start, {self.run.artist_id, *billed})
        if not same:
            return None
        self.run.skip("further listings of a night that is here already")
        return same[0]

    def _owns(self, event: EventRecord, show: Show) -> bool:
        owner = self.owners.get(show.id, event.id)
        is_gone = self.listed.lacks(owner, show.local_date)
        is_off = show.status == ShowStatus.CANCELLED and event.status is not ShowStatus.CANCELLED
        return owner == event.id or is_gone or is_off

    def _take_over(self, event: EventRecord, show: Show) -> None:
        old = self.owners.get(show.id)
        if old is not None and old != event.id:
            hand_over(self.run.session, PROVIDER, "show", old=old, new=event.id)
        self.owners[show.id] = event.id


def _batches(events: list[EventRecord], done: int) -> Iterator[Sequence[EventRecord]]:
    for start in range(done, len(events), LISTINGS_A_STEP):
        yield events[start : start + LISTINGS_A_STEP]


def _is_primary(event: EventRecord) -> bool:
    return event.source != RESALE and not is_extra_listing(event.name, own_names=_own_names(event))


def _own_names(event: EventRecord) -> list[str]:
    return [act.name for act in event.attractions] + ([event.venue.name] if event.venue else [])


def _primary_first(event: EventRecord) -> tuple[bool, bool, str, str]:
    day = event.local_date or event.original_date
    is_off = event.status is ShowStatus.CANCELLED
    return (not _is_primary(event), is_off, day.isoformat() if day else "9999", event.id)


def _describe(run: ImportRun, show: Show, event: EventRecord, venue: Venue | None) -> None:
    known_time = _time_of(event, venue)
    show.name, show.status, show.ticket_url = event.name, event.status.value, event.url
    show.local_date, show.local_time = event.local_date, event.local_time
    show.original_date = event.original_date or show.original_date
    show.starts_at = start_instant(known_time)
    show.locks_at = lock_instant(known_time, default_hour=run.default_start_hour)
    show.venue = venue or show.venue
    run.session.add(show)
    run.session.flush()


def _time_of(event: EventRecord, venue: Venue | None) -> ShowTime:
    zone = event.timezone or (venue.timezone if venue else None)
    return ShowTime(
        local_date=event.local_date, local_time=event.local_time, starts_at=event.starts_at, timezone=zone
    )


def _bill(run: ImportRun, show: Show, event: EventRecord, artists: dict[str, int]) -> None:
    """The line-up in billing order.

    The artist of this import is on the bill even if the listing forgot, and so are those whom another
    listing of the night has brought.
    """
    brought = {place.billed_as: place.artist_id for place in show.line_up if place.artist_id}
    billing: list[tuple[int | None, str]] = []
    for act in event.attractions:
        artist_id = artists.get(act.id) or brought.get(act.name)
        if artist_id is None or artist_id not in {listed for listed, _ in billing}:
            billing.append((artist_id, act.name))
    for name, artist_id in (*brought.items(), (run.sync.artist.name, run.artist_id)):
        if artist_id not in {listed for listed, _ in billing}:
            billing.append((artist_id, name))
    if [(place.artist_id, place.billed_as) for place in show.line_up] == billing:
        return
    show.line_up.clear()
    run.session.flush()
    show.line_up.extend(
        ShowArtist(position=position, artist_id=artist_id, billed_as=name)
        for position, (artist_id, name) in enumerate(billing)
    )
    run.session.flush()


def _add_to_bill(run: ImportRun, show: Show) -> None:
    if run.artist_id not in {place.artist_id for place in show.line_up}:
        position = max((place.position for place in show.line_up), default=-1) + 1
        show.line_up.append(
            ShowArtist(position=position, artist_id=run.artist_id, billed_as=run.sync.artist.name)
        )
        run.session.flush()


def _tie_show(run: ImportRun, event: EventRecord, show: Show, matched_by: Matched) -> None:
    urls = {event.id: event.url} if event.url else None
    ties = Ties(provider=PROVIDER, kind="show", targets={event.id: show.id}, matched_by=matched_by, urls=urls)
    tie(run.session, ties, now=run.now())
