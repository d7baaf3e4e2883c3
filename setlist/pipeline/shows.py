"""Phase 2: Ticketmaster's listings become shows, venues and line-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from setlist.domain.matching import is_extra_listing
from setlist.domain.showtime import ShowTime, lock_instant, start_instant
from setlist.models import Show, Venue
from setlist.models.identity import DoubtKind, Matched
from setlist.pipeline.billing import add_to_bill, bill
from setlist.pipeline.doubts import Question
from setlist.pipeline.identity import Ties, hand_over, ids_of, known, lock_catalogue, tie
from setlist.pipeline.listed import Listed, listed_on
from setlist.pipeline.nights import Nights
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.pipeline.show_times import settle
from setlist.pipeline.streams import Fetch
from setlist.pipeline.tally import CHANGED, NEW, UNCHANGED
from setlist.pipeline.venues import Venues
from setlist.pipeline.writer import Writer
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
        events, listed = sorted(page.items, key=primary_first), listed_on(fetched)
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


def write_listings(run: Writer, events: Sequence[EventRecord], *, listed: Listed = NOTHING) -> None:
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
    night = _Writing(
        run=run,
        nights=nights,
        tied=tied,
        acts=acts,
        owners=nights.owners(PROVIDER),
        listed=listed,
        not_on_sale=frozenset(event.id for event in events if not event.is_on_sale),
    )
    for event in events:
        night.write(event, venues.resolve(event.venue) if event.venue else None)
    settle(run, venues)
    run.ask(night.questions)
    run.tally.count("shows", night.counted.values())


@dataclass(kw_only=True)
class _Writing:
    """A step's listings on their way into shows."""

    run: Writer
    nights: Nights
    tied: dict[str, Show]  # by listing; one may stand twice on a page
    acts: dict[str, int]  # Ticketmaster's id of an act -> our artist
    owners: dict[int, str]  # show -> the listing that describes it
    listed: Listed
    not_on_sale: frozenset[str]  # of this step's listings
    questions: list[Question] = field(default_factory=list)
    counted: dict[int, str] = field(default_factory=dict)  # what became of each show

    def write(self, event: EventRecord, venue: Venue | None) -> None:
        found, maybe = self._meant_by(event, venue)
        if found is None and (reason := _left_out(event, maybe)):
            self.run.skip(reason)
            return
        show = found or Show()
        owns = _is_primary(event) and self._owns(event, show)
        changed = False
        if owns or found is None:
            changed = _describe(self.run, show, event, venue)
            changed |= bill(self.run, show, event, self.acts)
        elif _is_primary(event):
            changed = add_to_bill(self.run, show)
        if found is None:
            self.nights.add(show)
            self._ask_what_became_of(event, show)
            if maybe is not None:
                reason = "two listings of one night, one of which tells no time: an early and a late show?"
                self._ask(event, maybe, reason)
        self._count(show, is_new=found is None, changed=changed)
        self.tied[event.id] = show
        _tie_show(self.run, event, show, Matched.SAME_ID if owns else Matched.NIGHT_AND_VENUE)
        if owns:
            self._take_over(event, show)

    def _count(self, show: Show, *, is_new: bool, changed: bool) -> None:
        """Each show once a step: as new, or changed, by whichever of its listings."""
        before = self.counted.get(show.id)
        now = NEW if is_new or before == NEW else CHANGED if changed or before == CHANGED else UNCHANGED
        self.counted[show.id] = now

    def _ask_what_became_of(self, event: EventRecord, show: Show) -> None:
        """A show that is off, at this venue: the new one may be where it moved to, and nothing says so."""
        if show.venue is None or show.local_date is None:
            return
        for off in self.nights.off_at(show.venue, self.run.artist_id):
            if off.id != show.id and off.local_date != show.local_date:
                self._ask(event, off, f"a show there is {off.status}, and this may be its new date")

    def _ask(self, event: EventRecord, candidate: Show, reason: str) -> None:
        self.questions.append(
            Question(
                kind=DoubtKind.SHOW,
                provider=PROVIDER,
                external_id=event.id,
                name=event.name,
                url=event.url,
                candidate_id=candidate.id,
                reason=reason,
                details=_dates(event, candidate),
            )
        )

    def _meant_by(self, event: EventRecord, venue: Venue | None) -> tuple[Show | None, Show | None]:
        """The show that the listing is of, or else one that it may be of."""
        if event.id in self.tied:
            return self.tied[event.id], None
        billed = {self.acts[act.id] for act in event.attractions if act.id in self.acts}
        start = start_instant(_time_of(event, venue))
        same = self.nights.same_night(event.local_date, venue, start, {self.run.artist_id, *billed})
        if not same:
            return None, None
        is_either = start is None and len(same) > 1 and not _is_primary(event)
        if is_either or self._may_be_another(event, start, same[0]):
            return None, same[0]
        self.run.skip("further listings of a night that is here already")
        return same[0], None

    def _may_be_another(self, event: EventRecord, start: datetime | None, show: Show) -> bool:
        """Two listings that both sell a show, of which one tells no time: early and late look like that."""
        owner = self.owners.get(show.id)
        is_rival = owner not in {None, event.id} and not self.listed.lacks(owner or "", show.local_date)
        return is_rival and _is_primary(event) and (start is None) is not (show.starts_at is None)

    def _owns(self, event: EventRecord, show: Show) -> bool:
        owner = self.owners.get(show.id, event.id)
        is_gone = self.listed.lacks(owner, show.local_date)
        is_off = show.status == ShowStatus.CANCELLED and event.status is not ShowStatus.CANCELLED
        sells = event.is_on_sale and owner in self.not_on_sale
        return owner == event.id or is_gone or is_off or sells

    def _take_over(self, event: EventRecord, show: Show) -> None:
        old = self.owners.get(show.id)
        if old is not None and old != event.id:
            hand_over(self.run.session, PROVIDER, "show", old=old, new=event.id)
        self.owners[show.id] = event.id


def _batches(events: list[EventRecord], done: int) -> Iterator[Sequence[EventRecord]]:
    for start in range(done, len(events), LISTINGS_A_STEP):
        yield events[start : start + LISTINGS_A_STEP]


def _left_out(event: EventRecord, maybe: Show | None) -> str | None:
    """Why a listing that is of no known show makes none of its own."""
    if maybe is not None and not _is_primary(event):
        return "further listings without a time on a night with two shows"
    is_extra = is_extra_listing(event.name, own_names=_own_names(event))
    return "parking, packages and upgrades" if is_extra else None


def _is_primary(event: EventRecord) -> bool:
    return event.source != RESALE and not is_extra_listing(event.name, own_names=_own_names(event))


def _own_names(event: EventRecord) -> list[str]:
    return [act.name for act in event.attractions] + ([event.venue.name] if event.venue else [])


def primary_first(event: EventRecord) -> tuple[bool, bool, bool, str, str]:
    """Of listings of one night the best describes it: no resale, not called off, with tickets to sell."""
    day = event.local_date or event.original_date
    is_off = event.status is ShowStatus.CANCELLED
    return (
        not _is_primary(event),
        is_off,
        not event.is_on_sale,
        day.isoformat() if day else "9999",
        event.id,
    )


def _describe(run: Writer, show: Show, event: EventRecord, venue: Venue | None) -> bool:
    """Whether that changed anything. The day is the venue's own, and votes stay when it moves."""
    known_time = _time_of(event, venue)
    show.name, show.status, show.ticket_url = event.name, event.status.value, event.url
    show.local_date, show.local_time = event.local_date, event.local_time
    show.original_date = event.original_date or show.original_date
    show.starts_at = start_instant(known_time)
    show.locks_at = lock_instant(known_time, default_hour=run.default_start_hour)
    show.venue = venue or show.venue
    run.session.add(show)
    changed = run.session.is_modified(show)
    run.session.flush()
    return changed


def _time_of(event: EventRecord, venue: Venue | None) -> ShowTime:
    zone = event.timezone or (venue.timezone if venue else None)
    return ShowTime(
        local_date=event.local_date, local_time=event.local_time, starts_at=event.starts_at, timezone=zone
    )


def _dates(event: EventRecord, off: Show) -> dict[str, object]:
    new, old = event.local_date, off.local_date or off.original_date
    return {"theirs": {"date": str(new)}, "ours": {"date": str(old) if old else None, "status": off.status}}


def _tie_show(run: Writer, event: EventRecord, show: Show, matched_by: Matched) -> None:
    urls = {event.id: event.url} if event.url else None
    ties = Ties(provider=PROVIDER, kind="show", targets={event.id: show.id}, matched_by=matched_by, urls=urls)
    tie(run.session, ties, now=run.now())
