"""`setlist sync`: what the providers know anew, of some artists or of all that is due."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.cli.answers_from import answer_options, opened
from setlist.cli.complaints import ComplaintError
from setlist.cli.following import Errand, Follower, Outcome
from setlist.cli.progress import teller_for
from setlist.cli.synced import Done, done_by
from setlist.domain.folding import fold
from setlist.domain.known_artists import artists_by_mbid
from setlist.extensions import db
from setlist.models import Artist, QueueJob, Show, ShowArtist
from setlist.models.sync import SyncKind
from setlist.pipeline.start import start_sync
from setlist.providers.reading import mbid as as_mbid
from setlist.queue.enqueue import enqueue

VENUES, ALL, SCHEDULED = "venues", "all", "scheduled_sync"
KINDS = {
    "shows": SyncKind.TICKETMASTER,
    "setlists": SyncKind.SETLISTS,
    "catalogue": SyncKind.CATALOGUE,
    "albums": SyncKind.SPOTIFY,
}
VENUE_QUEUE = "venue_sync"
SYNC_QUEUES = (*(kind.value for kind in KINDS.values()), VENUE_QUEUE)

Begin = Callable[[], Errand | None]


@click.command("sync")
@click.argument("artists", nargs=-1)
@click.option("--kind", type=click.Choice((*KINDS, VENUES, ALL)), default=ALL, help="What is asked for anew.")
@click.option(
    "--due", "is_due", is_flag=True, help="What is due now, of everybody, as the timetable does it."
)
@answer_options
@click.option("--json", "as_json", is_flag=True, help="The summaries as a JSON list.")
def sync(
    artists: tuple[str, ...], kind: str, answers: Path | None, into: Path | None, **options: Any
) -> None:
    """Ask the providers anew about ARTISTS who are here, by name or MusicBrainz id."""
    is_due, alone = options["is_due"], bool(answers or into)
    if is_due == bool(artists):
        raise click.UsageError("name artists, or give --due")
    if is_due and alone:
        raise click.UsageError("--due leaves the jobs to any worker: --answers and --record are for artists")
    with opened(answers, into) as app:
        session, follower = db.session(), Follower(app, teller_for())
        if is_due:
            begins = _whatever_is_due(session, follower)
        else:
            found = [_found(session, said) for said in artists]
            begins = _of_artists(session, follower, found, kind, alone=alone)
        outcome, done = _follow_all(session, follower, begins)
        if options["as_json"]:
            click.echo(json.dumps([one.as_json for one in done], indent=2))
        else:
            click.echo("\n\n".join(one.as_text for one in done) or "Nothing is due.")
    raise SystemExit(outcome)


def _follow_all(session: Session, follower: Follower, begins: Iterator[Begin]) -> tuple[Outcome, list[Done]]:
    """One after the other; one that fails does not keep the others, Ctrl-C does."""
    worst, done = Outcome.DONE, []
    for begin in begins:
        errand = begin()
        if errand is None:
            continue
        outcome = follower.follow(errand)
        worst = max(worst, outcome)
        session.expire_all()
        done.append(done_by(session, errand))
        if outcome is Outcome.INTERRUPTED:
            break
    return worst, done


def _of_artists(
    session: Session, follower: Follower, artists: Sequence[Artist], kind: str, *, alone: bool
) -> Iterator[Begin]:
    """Each begins when the one before is over."""
    for artist in artists:
        for name, sync_kind in KINDS.items():
            if kind in {name, ALL}:
                yield lambda artist=artist, sync_kind=sync_kind: follower.errand(  # type: ignore[misc]
                    session, start_sync(session, artist, sync_kind), alone=alone
                )
        if kind in {VENUES, ALL}:
            yield lambda artist=artist: _venues(session, follower, artist, alone=alone)  # type: ignore[misc]


def _venues(session: Session, follower: Follower, artist: Artist, *, alone: bool) -> Errand | None:
    """Where the artist comes to; None: nobody knows yet."""
    theirs = select(Show.venue_id).join(ShowArtist).where(ShowArtist.artist_id == artist.id)
    coming = theirs.where(Show.locks_at > func.now(), Show.venue_id.is_not(None))
    venue_ids = sorted(set(filter(None, session.scalars(coming))))
    if not venue_ids:
        return None
    job = enqueue(session, VENUE_QUEUE, {"venue_ids": venue_ids})
    return follower.errand_of_job(session, job, f"Venues of {artist.name}", alone=alone)


def _whatever_is_due(session: Session, follower: Follower) -> Iterator[Begin]:
    """The timetable's own job says what; then each job that it asked for."""
    job = enqueue(session, SCHEDULED, {}, dedup_key=SCHEDULED)
    before = job.id
    yield lambda: follower.errand_of_job(session, job, "Looking for what is due", alone=False)
    asked = (
        select(QueueJob).where(QueueJob.id > before, QueueJob.queue.in_(SYNC_QUEUES)).order_by(QueueJob.id)
    )
    for one in session.scalars(asked).all():
        yield lambda one=one: follower.errand_of_job(session, one, one.queue, alone=False)  # type: ignore[misc]


def _found(session: Session, said: str) -> Artist:
    """Of those who are here; a name that several have is a question."""
    mbid = as_mbid(said)
    if mbid:
        found = artists_by_mbid(session, [mbid]).values()
        here = [session.get_one(Artist, artist_id) for artist_id in found]
    else:
        named = select(Artist).where(Artist.name_folded == fold(said), Artist.merged_into_id.is_(None))
        here = list(session.scalars(named.where(Artist.mbid.is_not(None)).order_by(Artist.id)))
    if not here:
        raise ComplaintError(f"{said} is not here: `setlist import` brings them in")
    if len(here) > 1:
        who = "; ".join(f"{artist.mbid} ({artist.disambiguation or artist.country})" for artist in here)
        raise ComplaintError(f"several artists are called {said}: give the id of one: {who}")
    return here[0]
