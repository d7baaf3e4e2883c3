"""Phase 3: recordings become songs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.titles import base_title, fold, is_by_the_act, song_key
from setlist.models import Song, SongAlias
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, ids_of, tie
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.pipeline.streams import Fetch
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
    if not (run.cursor or "").startswith(f"{SPOTIFY}|"):
        yield from run.can_wait(Part.RECORDINGS, import_recordings(run))
        run.reached(cursor=f"{SPOTIFY}|")
        yield 0.5
    yield from run.can_wait(Part.ALBUMS, import_albums(run))


def write_tracks(run: ImportRun, provider: str, tracks: Sequence[TrackRecord]) -> None:
    """Each track finds its song by title, or becomes one. Flushes."""
    own = [track for track in tracks if not track.is_video and is_by_the_act(track.title) and track.title]
    run.skip("videos, karaoke and commentary", len(tracks) - len(own))
    songs = add_songs(run.session, run.artist_id, own)
    _add_aliases(run.session, songs, own)
    targets = {track.id: songs[song_key(track.title)] for track in own}
    ties = Ties(provider=provider, kind="recording", targets=targets, matched_by=Matched.TITLE)
    tie(run.session, ties, now=run.now())


def add_songs(session: Session, artist_id: int, tracks: Iterable[TrackRecord]) -> dict[str, int]:
    """The ids of the songs that the tracks are recordings of, by song key; new songs are added."""
    first: dict[str, TrackRecord] = {}
    for track in tracks:
        first.setdefault(song_key(track.title), track)
    songs = songs_by_key(session, artist_id)
    missing = sorted(first.keys() - songs.keys())  # one order for all writers, so that two cannot deadlock
    if missing:
        rows = [_song_row(artist_id, key, first[key]) for key in missing]
        session.execute(insert(Song).values(rows).on_conflict_do_nothing())
        songs = songs_by_key(session, artist_id)
    return {key: songs[key] for key in first}


def songs_by_key(session: Session, artist_id: int) -> dict[str, int]:
    """The artist's songs by title key; a merged song answers with the one it was merged into."""
    statement = select(Song.title_folded, Song.id, Song.merged_into_id).where(Song.artist_id == artist_id)
    return {key: merged_into or song_id for key, song_id, merged_into in session.execute(statement)}


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
    """All of them with their tracks, unless the newest and their number are those of last time."""
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
    for fetched in run.streams.pages(Part.ALBUMS, albums_fetch(client, ids[0]), cursor):
        page = fetched.page
        for shelf in page.items:
            write_tracks(run, SPOTIFY, shelf.tracks)
            done += len(shelf.albums)
            looks = looks or ({"total": page.total, "first": list(shelf.albums)} if not cursor else {})
        run.skip("albums that could not be read", page.skipped)
        run.reached(cursor=f"{SPOTIFY}|{page.cursor or ''}")
        if page.cursor is not None:
            yield 0.5 + 0.5 * min(1.0, done / max(page.total or done, 1))
    run.read_whole(Listing.ALBUMS, **(looks or {}))


def albums_fetch(client: Spotify, artist_id: str) -> Fetch[Shelf]:
    """Each page of albums with the tracks on them."""

    def fetch(cursor: str | None) -> Page[Shelf]:
        page = client.albums(artist_id, cursor=cursor)
        albums = tuple(album.id for album in page.items)
        shelf = Shelf(albums=albums, tracks=client.tracks_of(albums))
        return Page(items=(shelf,), cursor=page.cursor, total=page.total, skipped=page.skipped)

    return fetch


def page_cursor(run: ImportRun, provider: str) -> str | None:
    """Where the provider's pages go on: the checkpoint says whose page it means."""
    at, _, cursor = (run.cursor or "").partition("|")
    return cursor or None if at == provider else None


def _looks(page: Page[AlbumRecord]) -> dict[str, object]:
    return {"total": page.total, "first": [album.id for album in page.items]}


def _song_row(artist_id: int, key: str, track: TrackRecord) -> dict[str, object]:
    return {
        "artist_id": artist_id,
        "title": base_title(track.title),
        "title_folded": key,
        "album_title": track.album_title,
        "released": track.released,
        "duration_ms": track.duration_ms,
    }


def _add_aliases(session: Session, songs: dict[str, int], tracks: Iterable[TrackRecord]) -> None:
    spelled: dict[tuple[int, str], str] = {}
    for track in tracks:
        key, folded = song_key(track.title), fold(track.title)
        if folded != key:
            spelled.setdefault((songs[key], folded), track.title)
    if spelled:
        rows = [
            {"song_id": song, "title_folded": folded, "title": title}
            for (song, folded), title in spelled.items()
        ]
        session.execute(insert(SongAlias).values(rows).on_conflict_do_nothing())
