"""From all that is kept fresh to what is asked for anew: who is due and not asked for yet, and the jobs."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist
from setlist.pipeline.asked import SYNC_OF, VENUE_SYNC, VENUES, Asked
from setlist.pipeline.due import LISTINGS, Subject, artists, venues
from setlist.pipeline.freshness_counts import Count, count
from setlist.pipeline.start import start_shows_sync, start_sync
from setlist.queue.enqueue import enqueue
from setlist.services.budget import Purpose
from setlist.services.freshness_ages import Kind
from setlist.services.freshness_order import Thing, batches

VENUES_A_JOB = 20
UNDER_WAY = "asked for already"
IN_VAIN = "asked for within a day, in vain"


@dataclass(kw_only=True, slots=True)
class Found:
    counts: dict[Kind, Count] = field(default_factory=dict)
    due: list[Thing] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # of what is due, by why


def find_due(session: Session, known: Asked, now: datetime, offered: Collection[Kind]) -> Found:
    """Of the kinds that are `offered`: their provider is on."""
    things, found = list[Thing](), Found()
    for subject in (*artists(session, now), *venues(session, now)):
        for thing in subject.things(now, offered):
            things.append(thing)
            if not thing.age.is_due:
                continue
            if why := _why_not(thing, subject, known):
                found.left_out[why] += 1
            else:
                found.due.append(thing)
    found.counts = count(things)
    return found


def start(session: Session, served: Sequence[Thing], known: Asked) -> Iterator[int]:
    """The jobs for what is served, a step each: how many things it asks for. The caller commits."""
    together = [thing for thing in served if thing.kind is Kind.SHOWS and thing.id not in known.apart]
    for batch in batches(together):
        start_shows_sync(session, [thing.id for thing in batch])
        yield len(batch)
    venue_ids = [thing.id for thing in served if thing.kind is Kind.VENUES]
    for at in range(0, len(venue_ids), VENUES_A_JOB):
        some = venue_ids[at : at + VENUES_A_JOB]
        enqueue(session, VENUE_SYNC, {VENUES: some})
        yield len(some)
    syncs = defaultdict(list)
    for thing in served:
        if thing.kind in SYNC_OF and thing not in together:
            syncs[thing.id, SYNC_OF[thing.kind]].append(thing)
    wanted = select(Artist).where(Artist.id.in_({artist_id for artist_id, _ in syncs}))
    held = {artist.id: artist for artist in session.scalars(wanted)}
    for (artist_id, kind), things in syncs.items():
        is_awaited = any(thing.purpose is Purpose.SETLISTS for thing in things)
        start_sync(
            session,
            held[artist_id],
            kind,
            purpose=Purpose.SETLISTS if is_awaited else Purpose.SYNC,
            listings=[listing for thing in things for listing in LISTINGS[thing.kind]],
        )
        yield len(things)


def _why_not(thing: Thing, subject: Subject, known: Asked) -> str:
    if known.is_under_way(thing.id, thing.kind):
        return UNDER_WAY
    return IN_VAIN if known.was_in_vain(thing.id, thing.kind, subject.checked[thing.kind]) else ""
