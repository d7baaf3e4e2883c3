"""A song that a fan puts on the ballot, by wishing for it: from what the acts of the bill have in theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.domain.folding import fold

ALIKE = 72.0  # of 100: two slips in a short title
LEAST_LETTERS = 2
MOST_FOUND = 8

# The act's own songs, and others' that they have played.
_CATALOGUE = """
SELECT g.id, g.title, g.title_folded, a.name AS act
FROM songs g JOIN artists a ON a.id = g.artist_id
WHERE g.merged_into_id IS NULL AND (
    g.artist_id IN (SELECT artist_id FROM show_artists WHERE show_id = :show_id)
    OR g.id IN (SELECT e.song_id FROM setlist_songs e JOIN setlists l ON l.id = e.setlist_id
                JOIN show_artists p ON p.artist_id = l.artist_id
                WHERE p.show_id = :show_id AND l.kind = 'actual' AND NOT e.is_tape))
"""
_ALL = text(f"{_CATALOGUE} ORDER BY g.id")
_ADD = text(f"""
INSERT INTO ballot_songs (show_id, song_id, recent_plays, recent_shows, last_played)
SELECT :show_id, c.id, 0,
       coalesce((SELECT max(recent_shows) FROM ballot_songs WHERE show_id = :show_id), 0),
       (SELECT max(s.local_date) FROM setlist_songs e JOIN setlists l ON l.id = e.setlist_id
        JOIN shows s ON s.id = l.show_id WHERE e.song_id = c.id AND NOT e.is_tape)
FROM ({_CATALOGUE} AND g.id = :song_id) c
WHERE EXISTS (SELECT FROM shows s WHERE s.id = :show_id AND s.status <> 'cancelled'
              AND (s.locks_at IS NULL OR s.locks_at > :now))
ON CONFLICT (show_id, song_id) DO NOTHING
""")  # noqa: S608 - constants of this file


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueSong:
    song_id: int
    title: str
    folded: str
    act: str


def catalogue_of(session: Session, show_id: int) -> list[CatalogueSong]:
    """All that could be wished for at the show."""
    return [
        CatalogueSong(song_id=row.id, title=row.title, folded=row.title_folded, act=row.act)
        for row in session.execute(_ALL, {"show_id": show_id})
    ]


def find_songs(catalogue: Sequence[CatalogueSong], typed: str) -> list[CatalogueSong]:
    """The nearest first: titles that begin so, then those with a word that does, then those with a slip."""
    wanted = fold(typed)
    if len(wanted) < LEAST_LETTERS:
        return []
    begin = [song for song in catalogue if song.folded.startswith(wanted)]
    within = [song for song in catalogue if f" {wanted}" in song.folded]
    alike = process.extract(
        wanted,
        [song.folded for song in catalogue],
        scorer=fuzz.WRatio,
        score_cutoff=ALIKE,
        limit=MOST_FOUND,
    )
    nearest = [*_by_length(begin), *_by_length(within), *(catalogue[place] for _, _, place in alike)]
    return list({song.song_id: song for song in nearest}.values())[:MOST_FOUND]


def add_to_ballot(session: Session, show_id: int, song_id: int, *, now: datetime) -> bool:
    """False: the acts have no such song, or no wishes are taken. The caller commits it with the wish."""
    values = {"show_id": show_id, "song_id": song_id, "now": now}
    return session.execute(_ADD, values).rowcount > 0  # type: ignore[attr-defined,no-any-return] # a DML's


def _by_length(songs: list[CatalogueSong]) -> list[CatalogueSong]:
    return sorted(songs, key=lambda song: (len(song.folded), song.folded, song.song_id))
