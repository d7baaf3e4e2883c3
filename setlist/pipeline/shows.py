"""Phase 2: Ticketmaster's listings become shows, venues and line-ups."""

from collections.abc import Iterator, Sequence

from setlist.domain.matching import is_extra_listing
from setlist.domain.showtime import ShowTime, lock_instant, start_instant
from setlist.models import Show, ShowArtist, Venue
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, ids_of, known, lock_catalogue, tie
from setlist.pipeline.nights import Nights
from setlist.pipeline.run import ImportRun
from setlist.pipeline.venues import Venues
from setlist.providers.answers import EventRecord

LISTINGS_A_STEP = 25
RESALE = "tmr"
PROVIDER = "ticketmaster"


def import_shows(run: ImportRun) -> Iterator[float]:
    """A step writes 25 listings, so that the first shows are on the page while the rest is fetched."""
    client = run.sources.ticketmaster
    if client is None:
        run.skip("shows: Ticketmaster is off")
        return
    attractions = ids_of(run.session, PROVIDER, "artist", run.artist_id)
    for number, attraction_id in enumerate(attractions):
        first, cursor = _resume(run.cursor, number)
        if not first:
            continue
        while True:
            page = client.events(attraction_id, cursor=cursor)
            run.skip("listings that could not be read", page.skipped if not run.done_of_page else 0)
            events = sorted(page.items, key=_primary_first)
            for part in _batches(events, run.done_of_page):
                write_listings(run, part)
                done = run.done_of_page + len(part)
                run.reached(cursor=f"{number}|{cursor or ''}", done=done)
                yield min(0.95, (number + done / max(len(events), 1)) / len(attractions))
            cursor = page.cursor
            if cursor is None:
                break
            run.reached(cursor=f"{number}|{cursor}")
        run.reached(cursor=f"{number + 1}|")


def write_listings(run: ImportRun, events: Sequence[EventRecord]) -> None:
    """One show for each night, whatever number of listings it has. Flushes.

    The first primary listing of a night owns its show and alone describes it, in this import and later
    ones; the others are tied to it.
    """
    lock_catalogue(run.session)
    venues = Venues(run.session, PROVIDER, [e.venue for e in events if e.venue], now=run.now())
    nights = Nights(run.session, run.artist_id, [e.local_date for e in events])
    tied = nights.tied(PROVIDER, [e.id for e in events])
    owners = nights.owners(PROVIDER)
    artists = known(run.session, PROVIDER, "artist", [act.id for e in events for act in e.attractions])
    for event in events:
        venue = venues.resolve(event.venue) if event.venue else None
        found = tied.get(event.id) or _same_night(run, event, venue, nights)
        if found is None and is_extra_listing(event.name):
            run.skip("parking, packages and upgrades")
            continue
        show = found or Show()
        owns = _is_primary(event) and owners.get(show.id, event.id) == event.id
        if owns or found is None:
            _describe(run, show, event, venue)
            _bill(run, show, event, artists)
        if found is None:
            nights.add(show)
        if owns:
            owners[show.id] = event.id
        _tie_show(run, event, show, Matched.SAME_ID if owns else Matched.NIGHT_AND_VENUE)


def _resume(cursor: str | None, number: int) -> tuple[bool, str | None]:
    """Whether the attraction at `number` is still to be read, and from which page on."""
    at, _, page = (cursor or "0|").partition("|")
    return number >= int(at), (page or None) if number == int(at) else None


def _batches(events: list[EventRecord], done: int) -> Iterator[Sequence[EventRecord]]:
    for start in range(done, len(events), LISTINGS_A_STEP):
        yield events[start : start + LISTINGS_A_STEP]


def _is_primary(event: EventRecord) -> bool:
    return event.source != RESALE and not is_extra_listing(event.name)


def _primary_first(event: EventRecord) -> tuple[bool, str, str]:
    day = event.local_date or event.original_date
    return (not _is_primary(event), day.isoformat() if day else "9999", event.id)


def _same_night(run: ImportRun, event: EventRecord, venue: Venue | None, nights: Nights) -> Show | None:
    same = nights.same_night(event.local_date, venue, start_instant(_time_of(event, venue)))
    if not same:
        return None
    run.skip("further listings of a night that is here already")
    return same[0]


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
    """The line-up in billing order. The artist of this import is on the bill even if the listing forgot."""
    billing: list[tuple[int | None, str]] = []
    for act in event.attractions:
        artist_id = artists.get(act.id)
        if artist_id is None or artist_id not in {listed for listed, _ in billing}:
            billing.append((artist_id, act.name))
    if run.artist_id not in {artist_id for artist_id, _ in billing}:
        billing.append((run.artist_id, run.sync.artist.name))
    if [(place.artist_id, place.billed_as) for place in show.line_up] == billing:
        return
    show.line_up.clear()
    run.session.flush()
    show.line_up.extend(
        ShowArtist(position=position, artist_id=artist_id, billed_as=name)
        for position, (artist_id, name) in enumerate(billing)
    )
    run.session.flush()


def _tie_show(run: ImportRun, event: EventRecord, show: Show, matched_by: Matched) -> None:
    urls = {event.id: event.url} if event.url else None
    ties = Ties(provider=PROVIDER, kind="show", targets={event.id: show.id}, matched_by=matched_by, urls=urls)
    tie(run.session, ties, now=run.now())
