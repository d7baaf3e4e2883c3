"""Phase 3: recordings become songs."""

from collections.abc import Iterator
from dataclasses import dataclass

from setlist.pipeline.identity import ids_of
from setlist.pipeline.postponed import Part
from setlist.pipeline.rekeying import rekey_songs
from setlist.pipeline.run import ImportRun
from setlist.pipeline.streams import Fetch
from setlist.pipeline.tracks import write_tracks
from setlist.providers.answers import AlbumRecord, Page, TrackRecord
from setlist.providers.spotify import Spotify
from setlist.services.freshness import Listing

MUSICBRAINZ, SPOTIFY = "musicbrainz", "spotify"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """A page of albums, and what is on them."""

    albums: tuple[str, ...]
    tracks: tuple[TrackRecord, ...]


def import_catalogue(run: ImportRun) -> Iterator[float]:
    """MusicBrainz's recordings by the hundred, then Spotify's albums where a key is set."""
    if not run.cursor:
        run.tally.changed("songs", rekey_songs(run.session, run.artist_id))
    if not (run.cursor or "").startswith(f"{SPOTIFY}|"):
        yield from run.can_wait(Part.RECORDINGS, import_recordings(run))
        run.reached(cursor=f"{SPOTIFY}|")
        yield 0.5
    yield from run.can_wait(Part.ALBUMS, import_albums(run))


def import_recordings(run: ImportRun) -> Iterator[float]:
    """All of them, unless as many are there as last time."""
    mark, cursor = run.marks.get(Listing.RECORDINGS), page_cursor(run, MUSICBRAINZ)
    if Listing.RECORDINGS not in run.due:
        return
    if mark is not None and cursor is None:
        count = run.sources.musicbrainz.recording_count(run.mbid)
        if mark.looks_like({"count": count}, now=run.now()):
            run.still_so(Listing.RECORDINGS)
            return
    done, total = 0, None
    for fetched in run.streams.pages(Part.RECORDINGS, recordings_fetch(run), cursor):
        page = fetched.page
        write_tracks(run, MUSICBRAINZ, page.items)
        run.skip("recordings that could not be read", page.skipped)
        done, total = done + len(page.items), page.total
        run.reached(cursor=f"{MUSICBRAINZ}|{page.cursor or ''}")
        if page.cursor is not None:
            yield 0.5 * min(1.0, done / max(page.total or done, 1))
    run.read_whole(Listing.RECORDINGS, count=total)


def recordings_fetch(run: ImportRun) -> Fetch[TrackRecord]:
    client, mbid = run.sources.musicbrainz, run.mbid
    return lambda cursor: client.recordings(mbid, cursor=cursor)


def import_albums(run: ImportRun) -> Iterator[float]:
    """All, unless the newest and their number are those of last time; tracks only of those not read yet."""
    client, ids = run.sources.spotify, ids_of(run.session, SPOTIFY, "artist", run.artist_id)
    if client is None or not ids:
        run.skip("albums: " + ("Spotify is off" if client is None else "no Spotify id is known"))
        return
    mark, cursor = run.marks.get(Listing.ALBUMS), page_cursor(run, SPOTIFY)
    if Listing.ALBUMS not in run.due:
        return
    if mark is not None and not cursor and mark.looks_like(_looks(client.albums(ids[0])), now=run.now()):
        run.still_so(Listing.ALBUMS)
        return
    done, looks = 0, None
    read = frozenset(mark.seen.get("albums", ()) if mark is not None else ())
    for fetched in run.streams.pages(Part.ALBUMS, albums_fetch(client, ids[0], read=read), cursor):
        page = fetched.page
        for shelf in page.items:
            write_tracks(run, SPOTIFY, shelf.tracks)
            done, read = done + len(shelf.albums), read.union(shelf.albums)
            looks = looks or ({"total": page.total, "first": list(shelf.albums)} if not cursor else {})
        run.skip("albums that could not be read", page.skipped)
        run.reached(cursor=f"{SPOTIFY}|{page.cursor or ''}")
        if page.cursor is not None:
            yield 0.5 + 0.5 * min(1.0, done / max(page.total or done, 1))
    run.read_whole(Listing.ALBUMS, albums=sorted(read), **(looks or {}))


def albums_fetch(client: Spotify, artist_id: str, *, read: frozenset[str] = frozenset()) -> Fetch[Shelf]:
    """Each page of albums, with the tracks on those that were not read yet: a call each."""

    def fetch(cursor: str | None) -> Page[Shelf]:
        page = client.albums(artist_id, cursor=cursor)
        albums = tuple(album.id for album in page.items)
        unread = [id for id in albums if id not in read]
        shelf = Shelf(albums=albums, tracks=client.tracks_of(unread))
        return Page(
            items=(shelf,),
            cursor=page.cursor,
            total=page.total,
            skipped=page.skipped,
            entries=len(albums),
            calls=1 + len(unread),
        )

    return fetch


def page_cursor(run: ImportRun, provider: str) -> str | None:
    """Where the provider's pages go on: the checkpoint says whose page it means."""
    at, _, cursor = (run.cursor or "").partition("|")
    return cursor or None if at == provider else None


def _looks(page: Page[AlbumRecord]) -> dict[str, object]:
    return {"total": page.total, "first": [album.id for album in page.items]}
