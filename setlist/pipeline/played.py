"""Entries of a setlist find their songs."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.folding import fold
from setlist.domain.known_artists import artists_by_mbid
from setlist.models import Artist
from setlist.pipeline.songs import SongBook
from setlist.providers.answers import PlayedSong, SetlistRecord, TrackRecord

MEDLEY = re.compile(r"\s+/\s+")
# Of a cover whose artist is named in the title alone: not one of the act's own songs.
COVER_NOTE = re.compile(r"[(\[][^()\[\]]+ cover[)\]]\s*$", re.IGNORECASE)
# What is written down where nobody knew the song. A catalogue that has one of these finds it all the same.
UNKNOWN = frozenset(
    {"unknown", "unknown song", "unknown new song", "new song", "unidentified", "unreleased song"}
)
Entry = tuple[str, int | None, PlayedSong]


class SongFinder:
    """The songs that the entries of some setlists mean: the artist's own, and the covered artists'.

    Songs that nobody has yet are added when a band played them, not when a tape did. What nobody knew stays
    without a song, under the name that was written down.
    """

    def __init__(self, session: Session, artist_id: int, records: Iterable[SetlistRecord]) -> None:
        self._artist_id = artist_id
        played = [entry for record in records for entry in record.songs]
        covered = {e.cover_mbid: e.cover_artist for e in played if e.cover_mbid and e.cover_artist}
        self._artists = _artists_by_mbid(session, covered)
        self._books = {one: SongBook(session, one) for one in {artist_id, *self._artists.values()}}
        self.added: set[int] = set()
        self._add_missing(played)

    def entries(self, record: SetlistRecord) -> Iterator[Entry]:
        """Title, song id or None, and the entry; a medley of known songs comes as its parts."""
        for played in record.songs:
            for title in self._parts(played):
                yield title, self._book(played).find(title) if title else None, played

    def _parts(self, played: PlayedSong) -> list[str]:
        parts = [part.strip() for part in MEDLEY.split(played.name)]
        if len(parts) > 1 and all(part and self._book(played).find(part) is not None for part in parts):
            return parts
        return [played.name]

    def _book(self, played: PlayedSong) -> SongBook:
        return self._books[self._artists.get(played.cover_mbid or "", self._artist_id)]

    def _add_missing(self, played: Sequence[PlayedSong]) -> None:
        """Single titles first: with them a medley may turn out to be made of known songs."""
        for are_medleys in (False, True):
            missing: dict[int, list[TrackRecord]] = {}
            for entry in played:
                if _names_a_song(entry) and (MEDLEY.search(entry.name) is not None) is are_medleys:
                    titles = [t for t in self._parts(entry) if t and self._book(entry).find(t) is None]
                    owner = self._artists.get(entry.cover_mbid or "", self._artist_id)
                    missing.setdefault(owner, []).extend(TrackRecord(id="", title=title) for title in titles)
            for artist_id, tracks in missing.items():
                self.added |= self._books[artist_id].add(tracks)


def _names_a_song(entry: PlayedSong) -> bool:
    """Whether a song that nobody has yet comes to be by this entry."""
    is_cover_of_whom = COVER_NOTE.search(entry.name) is not None and entry.cover_mbid is None
    return not entry.tape and not is_cover_of_whom and fold(entry.name) not in UNKNOWN


def _artists_by_mbid(session: Session, names: dict[str, str]) -> dict[str, int]:
    """Covered artists by their id, added by name if they were never seen."""
    if not names:
        return {}
    here = artists_by_mbid(session, names)
    rows = [
        {"mbid": mbid, "name": name, "name_folded": fold(name)}
        for mbid, name in sorted(names.items())
        if mbid not in here
    ]
    if rows:
        session.execute(insert(Artist).values(rows).on_conflict_do_nothing(index_elements=[Artist.mbid]))
    return artists_by_mbid(session, names)
