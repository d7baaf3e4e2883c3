"""The coming shows of many acts, asked for at once: one call of Ticketmaster lists those of all it names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, ExternalId, SyncJob
from setlist.models.base import Json
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.ballots import fill_ballots
from setlist.pipeline.listed import listed_on
from setlist.pipeline.run import ImportRun
from setlist.pipeline.shows import PROVIDER, write_listings
from setlist.pipeline.streams import Fetched
from setlist.providers.answers import EventRecord
from setlist.providers.ticketmaster import Ticketmaster
from setlist.services.freshness import Listing

EMPTY = ("counts", "skipped", "calls", "checkpoint", "phase_seconds", "postponed", "rows")
RunOf = Callable[[SyncJob], ImportRun]


@dataclass(frozen=True, kw_only=True)
class Acts:
    """Artists, and the acts at Ticketmaster that are known to be theirs."""

    artists: Sequence[Artist]
    ids: Mapping[int, frozenset[str]]  # by artist

    def all_ids(self) -> list[str]:
        return sorted(set().union(*self.ids.values()))


def acts_of(session: Session, artist_ids: Sequence[int]) -> Acts:
    """Those of the artists that are known at Ticketmaster."""
    tied = (
        select(ExternalId.artist_id, ExternalId.external_id)
        .where(ExternalId.provider == PROVIDER, ExternalId.kind == "artist")
        .where(ExternalId.artist_id.in_(artist_ids))
    )
    ids: dict[int, set[str]] = {}
    for artist_id, external_id in session.execute(tied):
        if artist_id is not None:
            ids.setdefault(artist_id, set()).add(external_id)
    artists = session.scalars(select(Artist).where(Artist.id.in_(ids)).order_by(Artist.id))
    known = [artist for artist in artists if artist.mbid is not None]
    return Acts(artists=known, ids={artist.id: frozenset(ids[artist.id]) for artist in known})


def read_together(client: Ticketmaster, acts: Acts) -> list[Fetched[EventRecord]]:
    """All pages of all their listings. Nothing is written while a provider answers."""
    wanted, pages, cursor = acts.all_ids(), [], None
    while wanted:
        page = client.events(wanted, cursor=cursor)
        pages.append(Fetched(cursor=cursor, page=page))
        if page.cursor is None:
            break
        cursor = page.cursor
    return pages


def write_together(acts: Acts, pages: Sequence[Fetched[EventRecord]], run_of: RunOf) -> Iterator[ImportRun]:
    """Yields after each artist, whose rows are consistent then; the caller commits."""
    for artist in acts.artists:
        run = run_of(_unkept(artist))
        run.begin("shows")
        for fetched in pages:
            theirs = [event for event in fetched.page.items if _names(event, acts.ids[artist.id])]
            write_listings(run, theirs, listed=listed_on(fetched))
        for listing in (Listing.DATED, Listing.UNDATED):
            run.read_whole(listing)
        for _ in fill_ballots(run):
            pass
        yield run


def _names(event: EventRecord, ids: frozenset[str]) -> bool:
    return any(act.id in ids for act in event.attractions)


def _unkept(artist: Artist) -> SyncJob:
    """The state of one artist's part. It is no row: nobody watches it, and the whole has a summary."""
    empty: dict[str, Json] = {
        name: {} for name in ("counts", "skipped", "calls", "checkpoint", "phase_seconds", "postponed")
    }
    return SyncJob(
        kind=SyncKind.TICKETMASTER,
        artist=artist,
        artist_id=artist.id,
        state=SyncState.RUNNING,
        phase="shows",
        percent=0.0,
        **empty,
    )
