"""Phase 4: setlist.fm's pages become past shows and what was played at them.

A first import reads the newest pages. What is older costs as much again many times over and tells little of
the next show: syncs fetch it by and by (pipeline/backlog.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, ExternalId, Setlist, SetlistSong, Show
from setlist.models.identity import DoubtKind
from setlist.models.played import SetlistKind
from setlist.pipeline.doubts import agreed
from setlist.pipeline.identity import Ties, ids_of, known, lock_catalogue, tie
from setlist.pipeline.marks import since
from setlist.pipeline.nights import Nights
from setlist.pipeline.played import SongFinder
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlist_nights import PROVIDER, show_of
from setlist.pipeline.show_times import settle
from setlist.pipeline.streams import Fetch
from setlist.pipeline.tally import CHANGED, NEW
from setlist.pipeline.venues import Venues
from setlist.pipeline.writer import Writer
from setlist.providers.answers import Page, SetlistRecord
from setlist.services.freshness import Listing

FIRST_PAGES = 10  # of a first import
FIRST_SETLISTS = FIRST_PAGES * 20
MARGIN = timedelta(hours=1)  # between our clock and setlist.fm's, and its own delays


def import_setlists(run: ImportRun) -> Iterator[float]:
    """Newest first, twenty a step; later on those that changed since."""
    if run.sources.setlistfm is None:
        run.skip("past setlists: setlist.fm is off")
        return
    yield from run.can_wait(Part.SETLISTS, read_setlists(run))


def read_setlists(run: ImportRun) -> Iterator[float]:
    fetch = setlists_fetch(run)
    if fetch is None:
        return
    done = 0
    for fetched in run.streams.pages(Part.SETLISTS, fetch, run.cursor):
        page = fetched.page
        write_setlists(run, page.items)
        run.skip("setlists that could not be read", page.skipped)
        done += len(page.items)
        run.reached(cursor=page.cursor)
        if page.cursor is not None:
            yield min(0.95, done / max(page.total or done, 1))
        if page.later is not None:
            run.read_whole(Listing.BACKLOG, cursor=page.later)
    run.read_whole(Listing.SETLISTS, began_at=run.began_at.isoformat())


def setlists_fetch(run: ImportRun) -> Fetch[SetlistRecord] | None:
    client, mbid, mark = run.sources.setlistfm, run.mbid, run.marks.get(Listing.SETLISTS)
    if client is None or Listing.SETLISTS not in run.due:
        return None
    changed_since = since(mark, MARGIN) if mark is not None else None
    if changed_since is None:
        return _first_pages(lambda cursor: client.setlists(mbid, cursor=cursor))
    return lambda cursor: client.changed_setlists(mbid, since=changed_since, cursor=cursor)


def _first_pages(fetch: Fetch[SetlistRecord]) -> Fetch[SetlistRecord]:
    def fetched(cursor: str | None) -> Page[SetlistRecord]:
        page = fetch(cursor)
        if page.total is not None:
            page = replace(page, total=min(page.total, FIRST_SETLISTS))
        if page.cursor is None or int(page.cursor) <= FIRST_PAGES:
            return page
        return replace(page, cursor=None, later=page.cursor)

    return fetched


def write_setlists(run: Writer, records: Sequence[SetlistRecord]) -> None:
    """Adds new setlists and rewrites those whose version changed. Flushes."""
    theirs = _of_the_artist(run, records)
    held = _held(run.session, theirs)
    changed = [r for r in theirs if r.id not in held or held[r.id].version_id != r.version_id]
    run.tally.unchanged("setlists", len(theirs) - len(changed))
    if not changed:
        return
    lock_catalogue(run.session)
    venues = Venues(run.session, PROVIDER, [r.venue for r in changed if r.venue], now=run.now())
    nights = Nights(run.session, [run.artist_id], _days_around(changed))
    songs = SongFinder(run.session, run.artist_id, changed)
    by_hand = agreed(run.session, DoubtKind.SHOW, PROVIDER, held)
    at = {record.id: venues.resolve(record.venue) if record.venue else None for record in changed}
    # Who names a show's very venue has the first choice: a record shop's set is not the arena's.
    for record in sorted(changed, key=lambda r: not nights.is_at(r.local_date, at[r.id])):
        setlist = held.get(record.id)
        run.tally.count("setlists", [NEW if setlist is None else CHANGED])
        if setlist is None:
            setlist = _new_setlist(run, record, show_of(run, record, at[record.id], nights))
        elif setlist.show.local_date != record.local_date and (record.id, setlist.show_id) not in by_hand:
            _move(run, setlist, show_of(run, record, at[record.id], nights))
        held[record.id] = setlist
        _describe(run, setlist, record)
        _write_songs(run.session, setlist, record, songs)
    run.skip("pages of setlist.fm without songs so far", sum(not record.songs for record in changed))
    run.tally.new("songs", len(songs.added))
    settle(run, venues)
    run.session.flush()


def _of_the_artist(run: Writer, records: Sequence[SetlistRecord]) -> list[SetlistRecord]:
    """Each once, and no other act's: what stands on a page is not trusted to belong there."""
    mbids = {run.artist.mbid, *ids_of(run.session, "musicbrainz", "artist", run.artist_id)}
    theirs = {record.id: record for record in records if record.artist_mbid in mbids}
    run.skip("setlists that name another artist", sum(r.artist_mbid not in mbids for r in records))
    return list(theirs.values())


def _days_around(records: Sequence[SetlistRecord]) -> set[date]:
    """A page may have the day wrong by one."""
    return {record.local_date + timedelta(days=off) for record in records for off in (-1, 0, 1)}


def _held(session: Session, records: Sequence[SetlistRecord]) -> dict[str, Setlist]:
    ids = known(session, PROVIDER, "setlist", [record.id for record in records])
    setlists = session.scalars(select(Setlist).where(Setlist.id.in_(ids.values())))
    by_id = {setlist.id: setlist for setlist in setlists}
    return {external_id: by_id[setlist_id] for external_id, setlist_id in ids.items()}


def _new_setlist(run: Writer, record: SetlistRecord, show: Show) -> Setlist:
    setlist = Setlist(
        show_id=show.id,
        artist_id=run.artist_id,
        kind=SetlistKind.ACTUAL,
        provider=PROVIDER,
        is_stub=not record.songs,
        is_final=False,
    )
    run.session.add(setlist)
    run.session.flush()
    urls = {record.id: record.url} if record.url else None
    ties = Ties(provider=PROVIDER, kind="setlist", targets={record.id: setlist.id}, urls=urls)
    tie(run.session, ties, now=run.now())
    return setlist


def _move(run: Writer, setlist: Setlist, show: Show) -> None:
    """To the night that its page now names. A night that only this page had made goes with it."""
    old = setlist.show
    setlist.show = show
    run.session.flush()
    used = select(
        exists().where(Setlist.show_id == old.id)
        | exists().where(BallotSong.show_id == old.id)
        | exists().where(ExternalId.show_id == old.id, ExternalId.provider != PROVIDER)
    )
    if not run.session.scalar(used):
        run.session.delete(old)
        run.session.flush()


def _describe(run: Writer, setlist: Setlist, record: SetlistRecord) -> None:
    setlist.version_id, setlist.source_url = record.version_id, record.url
    setlist.tour, setlist.info = record.tour, record.info
    setlist.updated_at, setlist.fetched_at = record.updated_at, run.now()
    setlist.is_stub = not record.songs


def _write_songs(session: Session, setlist: Setlist, record: SetlistRecord, songs: SongFinder) -> None:
    session.execute(delete(SetlistSong).where(SetlistSong.setlist_id == setlist.id))
    session.expire(setlist, ["songs"])
    session.add_all(
        SetlistSong(
            setlist_id=setlist.id,
            position=position,
            song_id=song_id,
            title=title,
            set_index=played.set_index,
            set_name=played.set_name,
            encore=played.encore,
            is_tape=played.tape,
            cover_mbid=played.cover_mbid,
            cover_artist=played.cover_artist,
            guest=played.guest,
            info=played.info,
        )
        for position, (title, song_id, played) in enumerate(songs.entries(record))
    )
