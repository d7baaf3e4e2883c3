"""Phase 3: recordings become songs."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.titles import base_title, fold, is_by_the_act, song_key
from setlist.models import Song, SongAlias
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, ids_of, tie
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import TrackRecord

MUSICBRAINZ, SPOTIFY = "musicbrainz", "spotify"


def import_catalogue(run: ImportRun) -> Iterator[float]:
    """MusicBrainz's recordings by the hundred, then Spotify's albums where a key is set."""
    provider, _, cursor = (run.cursor or f"{MUSICBRAINZ}|").partition("|")
    if provider == MUSICBRAINZ:
        yield from _recordings(run, cursor or None)
        cursor = ""
    yield from _albums(run, cursor or None)


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


def _recordings(run: ImportRun, cursor: str | None) -> Iterator[float]:
    done = 0
    while True:
        page = run.sources.musicbrainz.recordings(run.mbid, cursor=cursor)
        write_tracks(run, MUSICBRAINZ, page.items)
        run.skip("recordings that could not be read", page.skipped)
        done += len(page.items)
        cursor = page.cursor
        run.reached(cursor=f"{MUSICBRAINZ}|{cursor}" if cursor else f"{SPOTIFY}|")
        yield 0.5 * min(1.0, done / max(page.total or done, 1))
        if cursor is None:
            return


def _albums(run: ImportRun, cursor: str | None) -> Iterator[float]:
    client = run.sources.spotify
    ids = ids_of(run.session, "spotify", "artist", run.artist_id)
    if client is None or not ids:
        run.skip("albums: " + ("Spotify is off" if client is None else "no Spotify id is known"))
        return
    done = 0
    while True:
        page = client.albums(ids[0], cursor=cursor)
        tracks = [track for album in page.items for track in client.tracks(album.id)]
        write_tracks(run, SPOTIFY, tracks)
        run.skip("albums that could not be read", page.skipped)
        done += len(page.items)
        cursor = page.cursor
        run.reached(cursor=f"{SPOTIFY}|{cursor or ''}")
        yield 0.5 + 0.5 * min(1.0, done / max(page.total or done, 1))
        if cursor is None:
            return


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
