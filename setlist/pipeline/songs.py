"""An artist's songs by everything that may name one.

In this order: what a person said of a title, the code and length of a recording, the title as it stands, the
title without what says which recording it is. A song that was merged answers with the one it was merged into.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.folding import fold
from setlist.domain.song_likeness import related, same_length
from setlist.domain.titles import base_title, match_key, song_key
from setlist.models import Song, SongAlias, SongIsrc
from setlist.providers.answers import TrackRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Coded:
    """What a recording's code says: the song, or one that it cannot be by its title."""

    song_id: int | None = None
    doubtful: tuple[str, int] | None = None  # the code, and the song that has it


class SongBook:
    """Read once, and kept up to date with what is added through it."""

    def __init__(self, session: Session, artist_id: int) -> None:
        self._session, self._artist_id = session, artist_id
        self._read()

    def find(self, title: str) -> int | None:
        """The song that a title names."""
        folded, key = fold(title), song_key(title)
        if folded in self._pinned:
            return self._pinned[folded]
        for known in (folded, match_key(folded), key, match_key(key)):
            if known in self._songs:
                return self._songs[known]
        return None

    def find_by_code(self, track: TrackRecord) -> Coded:
        """By ISRC where the length is the same too, and the titles can be one song's."""
        if fold(track.title) in self._pinned:
            return Coded()
        for isrc in track.isrcs:
            for song_id, duration in self._codes.get(isrc, ()):
                if same_length(duration, track.duration_ms):
                    if related(self._titles[song_id], track.title):
                        return Coded(song_id=song_id)
                    return Coded(doubtful=(isrc, song_id))
        return Coded()

    def holds(self, song_id: int) -> bool:
        """Whether it is a song of this artist, or one that a song of theirs was merged into."""
        return song_id in self._titles

    def title(self, song_id: int) -> str:
        return self._titles[song_id]

    def add(self, tracks: Iterable[TrackRecord]) -> set[int]:
        """Songs for titles that nothing here names, one for each key; their ids."""
        rows = {match_key(song_key(track.title)): self._row(track) for track in reversed(list(tracks))}
        if not rows:
            return set()
        # One order for all writers, so that two cannot deadlock.
        values = sorted(rows.values(), key=lambda row: str(row["title_folded"]))
        statement = insert(Song).values(values).on_conflict_do_nothing().returning(Song.id)
        added = set(self._session.scalars(statement))
        self._read()  # another import may have been faster with some
        return added

    def keep_spellings(self, spelled: Mapping[str, int]) -> set[int]:
        """Titles as they stand, with the song of each; those that gained one."""
        rows = {
            (song_id, fold(title)): title
            for title, song_id in spelled.items()
            if fold(title) not in {*self._pinned, fold(known := self._titles[song_id]), song_key(known)}
        }
        if not rows:
            return set()
        values = [
            {"song_id": song_id, "title_folded": folded, "title": title}
            for (song_id, folded), title in sorted(rows.items())
        ]
        statement = insert(SongAlias).values(values).on_conflict_do_nothing().returning(SongAlias.song_id)
        return set(self._session.scalars(statement))

    def keep_codes(self, tracks: Iterable[tuple[TrackRecord, int]]) -> None:
        rows = {
            (isrc, song_id): {"isrc": isrc, "song_id": song_id, "duration_ms": track.duration_ms}
            for track, song_id in tracks
            for isrc in track.isrcs
        }
        if rows:
            values = [rows[key] for key in sorted(rows)]
            self._session.execute(insert(SongIsrc).values(values).on_conflict_do_nothing())

    def _row(self, track: TrackRecord) -> dict[str, object]:
        return {
            "artist_id": self._artist_id,
            "title": base_title(track.title),
            "title_folded": song_key(track.title),
            "album_title": track.album_title,
            "released": track.released,
            "duration_ms": track.duration_ms,
        }

    def _read(self) -> None:
        rows = self._session.execute(
            select(Song.id, Song.title, Song.title_folded, Song.merged_into_id)
            .where(Song.artist_id == self._artist_id)
            .order_by(Song.id)
        ).all()
        self._merged = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
        self._titles: dict[int, str] = {row.id: row.title for row in rows}
        self._titles |= self._titles_of(set(self._merged.values()) - self._titles.keys())
        self._songs: dict[str, int] = {}
        aliases = self._aliases()
        self._pinned = {folded: song_id for folded, song_id, is_pinned in aliases if is_pinned}
        split = set(self._pinned.values())
        for row in rows:  # the oldest song of a title has it
            self._name(row.title_folded, row.id)
            if row.id not in split:
                self._name(song_key(row.title), row.id)
        for folded, song_id, _ in aliases:  # a title of its own beats an alias
            self._songs.setdefault(folded, song_id)
        self._codes = self._read_codes()

    def _titles_of(self, song_ids: set[int]) -> dict[int, str]:
        if not song_ids:
            return {}
        rows = self._session.execute(select(Song.id, Song.title).where(Song.id.in_(song_ids)))
        return {row.id: row.title for row in rows}

    def _name(self, key: str, song_id: int) -> None:
        for known in (key, match_key(key)):
            self._songs.setdefault(known, self._kept(song_id))

    def _aliases(self) -> list[tuple[str, int, bool]]:
        statement = (
            select(SongAlias.title_folded, SongAlias.song_id, SongAlias.is_pinned)
            .join(Song, Song.id == SongAlias.song_id)
            .where(Song.artist_id == self._artist_id)
            .order_by(SongAlias.id)
        )
        return [
            (folded, self._kept(song_id), is_pinned)
            for folded, song_id, is_pinned in self._session.execute(statement)
        ]

    def _read_codes(self) -> dict[str, list[tuple[int, int | None]]]:
        coded = self._session.execute(
            select(SongIsrc.isrc, SongIsrc.song_id, SongIsrc.duration_ms)
            .join(Song, Song.id == SongIsrc.song_id)
            .where(Song.artist_id == self._artist_id)
            .order_by(SongIsrc.song_id)
        )
        codes: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
        for isrc, song_id, duration in coded:
            codes[isrc].append((self._kept(song_id), duration))
        return codes

    def _kept(self, song_id: int) -> int:
        """Through merges, which may be of merged songs; they may lead to another artist's song."""
        while (into := self._merged.get(song_id)) is not None:
            song_id = into
        return song_id
