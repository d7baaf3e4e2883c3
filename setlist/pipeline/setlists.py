"""Phase 4: setlist.fm's pages become past shows and what was played at them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from setlist.domain.showtime import ShowTime, lock_instant
from setlist.models import BallotSong, ExternalId, Setlist, SetlistSong, Show, ShowArtist, Venue
from setlist.models.identity import Matched
from setlist.models.played import SetlistKind
from setlist.pipeline.identity import Ties, known, lock_catalogue, tie
from setlist.pipeline.marks import since
from setlist.pipeline.nights import Nights
from setlist.pipeline.played import SongFinder
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.pipeline.streams import Fetch
from setlist.pipeline.venues import Venues
from setlist.providers.answers import SetlistRecord
from setlist.services.freshness import Listing

PROVIDER = "setlistfm"
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
    run.read_whole(Listing.SETLISTS, began_at=run.began_at.isoformat())


def setlists_fetch(run: ImportRun) -> Fetch[SetlistRecord] | None:
    client, mbid, mark = run.sources.setlistfm, run.mbid, run.marks.get(Listing.SETLISTS)
    if client is None or Listing.SETLISTS not in run.due:
        return None
    changed_since = since(mark, MARGIN) if mark is not None else None
    if changed_since is None:
        return lambda cursor: client.setlists(mbid, cursor=cursor)
    return lambda cursor: client.changed_setlists(mbid, since=changed_since, cursor=cursor)


def write_setlists(run: ImportRun, records: Sequence[SetlistRecord]) -> None:
    """Adds new setlists and rewrites those whose version changed. Flushes."""
    held = _held(run.session, records)
    changed = [r for r in records if r.id not in held or held[r.id].version_id != r.version_id]
    if not changed:
        return
    lock_catalogue(run.session)
    venues = Venues(run.session, PROVIDER, [r.venue for r in changed if r.venue], now=run.now())
    nights = Nights(run.session, [run.artist_id], [r.local_date for r in changed])
    songs = SongFinder(run.session, run.artist_id, changed)
    at = {record.id: venues.resolve(record.venue) if record.venue else None for record in changed}
    # Who names a show's very venue has the first choice: a record shop's set is not the arena's.
    for record in sorted(changed, key=lambda r: not nights.is_at(r.local_date, at[r.id])):
        setlist = held.get(record.id)
        if setlist is None:
            setlist = _new_setlist(run, record, _show_of(run, record, at[record.id], nights))
        elif setlist.show.local_date != record.local_date:
            _move(run, setlist, _show_of(run, record, at[record.id], nights))
        _describe(run, setlist, record)
        _write_songs(run.session, setlist, record, songs)
    run.skip("pages of setlist.fm without songs so far", sum(not record.songs for record in changed))
    run.session.flush()


def _held(session: Session, records: Sequence[SetlistRecord]) -> dict[str, Setlist]:
    ids = known(session, PROVIDER, "setlist", [record.id for record in records])
    setlists = session.scalars(select(Setlist).where(Setlist.id.in_(ids.values())))
    by_id = {setlist.id: setlist for setlist in setlists}
    return {external_id: by_id[setlist_id] for external_id, setlist_id in ids.items()}


def _show_of(run: ImportRun, record: SetlistRecord, venue: Venue | None, nights: Nights) -> Show:
    return _free_show(run, record, venue, nights) or _past_show(run, record, venue, nights)


def _new_setlist(run: ImportRun, record: SetlistRecord, show: Show) -> Setlist:
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


def _move(run: ImportRun, setlist: Setlist, show: Show) -> None:
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


def _free_show(run: ImportRun, record: SetlistRecord, venue: Venue | None, nights: Nights) -> Show | None:
    """The show of that night that has no setlist of the artist yet: early and late shows take turns."""
    for show in nights.same_night(record.local_date, venue, None, [run.artist_id]):
        taken = select(Setlist.id).where(
            Setlist.show_id == show.id,
            Setlist.artist_id == run.artist_id,
            Setlist.kind == SetlistKind.ACTUAL,
        )
        if run.session.scalar(taken) is None:
            return show
    return None


def _past_show(run: ImportRun, record: SetlistRecord, venue: Venue | None, nights: Nights) -> Show:
    known_time = ShowTime(local_date=record.local_date, timezone=venue.timezone if venue else None)
    show = Show(
        name=record.tour,
        local_date=record.local_date,
        locks_at=lock_instant(known_time, default_hour=run.default_start_hour),
        venue=venue,
        line_up=[ShowArtist(position=0, artist_id=run.artist_id, billed_as=record.artist_name)],
    )
    run.session.add(show)
    run.session.flush()
    nights.add(show)
    ties = Ties(provider=PROVIDER, kind="show", targets={record.id: show.id}, matched_by=Matched.SAME_ID)
    tie(run.session, ties, now=run.now())
    return show


def _describe(run: ImportRun, setlist: Setlist, record: SetlistRecord) -> None:
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
