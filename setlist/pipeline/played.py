"""Entries of a setlist find their songs."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.titles import fold, song_key
from setlist.models import Artist, Song, SongAlias
from setlist.pipeline.catalogue import add_songs, songs_by_key
from setlist.providers.answers import PlayedSong, SetlistRecord, TrackRecord

MEDLEY = " / "
Entry = tuple[str, int | None, PlayedSong]


class SongFinder:
    """The songs that the entries of some setlists mean: the artist's own, and the covered artists'.

    Songs that nobody has yet are added when a band played them, not when a tape did. A blank name stays
    without a song.
    """

    def __init__(self, session: Session, artist_id: int, records: Iterable[SetlistRecord]) -> None:
        self._session, self._artist_id = session, artist_id
        played = [entry for record in records for entry in record.songs]
        covered = {e.cover_mbid: e.cover_artist for e in played if e.cover_mbid and e.cover_artist}
        self._artists = _artists_by_mbid(session, covered)
        self._songs = {artist: _titles(session, artist) for artist in {artist_id, *self._artists.values()}}
        self._add_missing(played)

    def entries(self, record: SetlistRecord) -> Iterator[Entry]:
        """Title, song id or None, and the entry; a medley of known songs comes as its parts."""
        for played in record.songs:
            for title in self._parts(played):
                songs = self._songs[self._owner(played)]
                yield title, (songs.get(fold(title)) or songs.get(song_key(title))) if title else None, played

    def _parts(self, played: PlayedSong) -> list[str]:
        parts = [part.strip() for part in played.name.split(MEDLEY)]
        songs = self._songs[self._owner(played)]
        if len(parts) > 1 and all(part and song_key(part) in songs for part in parts):
            return parts
        return [played.name]

    def _owner(self, played: PlayedSong) -> int:
        return self._artists.get(played.cover_mbid or "", self._artist_id)

    def _add_missing(self, played: Sequence[PlayedSong]) -> None:
        """Single titles first: with them a medley may turn out to be made of known songs."""
        for are_medleys in (False, True):
            missing: dict[int, list[TrackRecord]] = {}
            for entry in played:
                if not entry.tape and (MEDLEY in entry.name) is are_medleys:
                    titles = [
                        title for title in self._parts(entry) if title and not self._knows(entry, title)
                    ]
                    tracks = [TrackRecord(id="", title=title) for title in titles]
                    missing.setdefault(self._owner(entry), []).extend(tracks)
            for artist_id, tracks in missing.items():
                self._songs[artist_id] |= add_songs(self._session, artist_id, tracks)

    def _knows(self, played: PlayedSong, title: str) -> bool:
        songs = self._songs[self._owner(played)]
        return fold(title) in songs or song_key(title) in songs


def _artists_by_mbid(session: Session, names: dict[str, str]) -> dict[str, int]:
    """Covered artists by their id, added by name if they were never seen."""
    if not names:
        return {}
    rows = [{"mbid": mbid, "name": name, "name_folded": fold(name)} for mbid, name in sorted(names.items())]
    session.execute(insert(Artist).values(rows).on_conflict_do_nothing(index_elements=[Artist.mbid]))
    found = session.execute(select(Artist.mbid, Artist.id).where(Artist.mbid.in_(names)))
    return {mbid: artist_id for mbid, artist_id in found if mbid is not None}


def _titles(session: Session, artist_id: int) -> dict[str, int]:
    """An artist's songs by every spelling that is known; a title of its own beats an alias."""
    aliases = session.execute(
        select(SongAlias.title_folded, Song.id)
        .join(Song, Song.id == SongAlias.song_id)
        .where(Song.artist_id == artist_id)
        .order_by(SongAlias.id)
    )
    return dict(aliases.all()) | songs_by_key(session, artist_id)
