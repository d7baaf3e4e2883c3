"""An artist's songs as a ranked sheet: how often, how lately, and since when not."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session, contains_eager

from setlist.models import Setlist, SetlistSong, Show, Song
from setlist.models.played import SetlistKind
from setlist.web.filters import month, plural

RECENT = 20  # setlists
PLAYED = text("""
WITH nights AS (
    SELECT l.id, s.local_date, row_number() OVER (ORDER BY s.local_date DESC, l.id DESC) AS back
    FROM setlists l JOIN shows s ON s.id = l.show_id
    WHERE l.artist_id = :artist_id AND l.kind = 'actual' AND NOT l.is_stub
), plays AS (
    SELECT coalesce(g.merged_into_id, g.id) AS song_id,
           count(DISTINCT n.id) AS plays,
           count(DISTINCT n.id) FILTER (WHERE n.back <= :recent) AS recent_plays,
           max(n.local_date) AS last_played,
           min(n.back) - 1 AS gap
    FROM setlist_songs e
    JOIN nights n ON n.id = e.setlist_id
    JOIN songs g ON g.id = e.song_id
    WHERE NOT e.is_tape
    GROUP BY 1
)
SELECT g.id, g.title, p.plays, p.recent_plays, p.last_played, p.gap,
       CASE WHEN g.artist_id <> :artist_id THEN a.name ELSE '' END AS by,
       count(*) OVER () AS songs,
       (SELECT count(*) FROM nights) AS nights
FROM plays p
JOIN songs g ON g.id = p.song_id
JOIN artists a ON a.id = g.artist_id
ORDER BY p.recent_plays DESC, p.plays DESC, p.last_played DESC, g.title, g.id
LIMIT :songs
""")


@dataclass(frozen=True, kw_only=True)
class RankedSong:
    title: str
    by: str  # whose song it is, where it is a cover
    plays: int
    share: float  # of the recent setlists
    gap: str


@dataclass(frozen=True, kw_only=True)
class Repertoire:
    songs: tuple[RankedSong, ...]
    total: int
    nights: int
    unplayed: int  # in the catalogue, and in no setlist that we know

    @property
    def recent(self) -> int:
        return min(self.nights, RECENT)


@dataclass(frozen=True, kw_only=True)
class PastSetlist:
    setlist: Setlist
    songs: int


def repertoire(session: Session, artist_id: int, today: date, *, limit: int) -> Repertoire:
    values = {"artist_id": artist_id, "recent": RECENT, "songs": limit}
    rows = session.execute(PLAYED, values).all()
    total, nights = (rows[0].songs, rows[0].nights) if rows else (0, 0)
    own = select(func.count()).where(Song.artist_id == artist_id, Song.merged_into_id.is_(None))
    played_own = select(func.count(SetlistSong.song_id.distinct())).join(
        Song, (Song.id == SetlistSong.song_id) & (Song.artist_id == artist_id)
    )
    catalogue, played = session.execute(select(own.scalar_subquery(), played_own.scalar_subquery())).one()
    return Repertoire(
        songs=tuple(_ranked(row, min(nights, RECENT), today) for row in rows),
        total=total,
        nights=nights,
        unplayed=max(0, catalogue - played),
    )


def past_setlists(
    session: Session, artist_id: int, *, page: int, size: int
) -> tuple[list[PastSetlist], bool]:
    """A page of them, the last night first, and whether there are older ones."""
    songs = (
        select(func.count())
        .where(SetlistSong.setlist_id == Setlist.id, SetlistSong.is_tape.is_(False))
        .scalar_subquery()
    )
    statement = (
        select(Setlist, songs)
        .options(contains_eager(Setlist.show).joinedload(Show.venue))
        .join(Show, Show.id == Setlist.show_id)
        .where(Setlist.artist_id == artist_id, Setlist.kind == SetlistKind.ACTUAL)
        .order_by(Show.local_date.desc().nulls_last(), Setlist.id.desc())
        .offset((page - 1) * size)
        .limit(size + 1)
    )
    rows = session.execute(statement).all()
    return [PastSetlist(setlist=setlist, songs=count) for setlist, count in rows[:size]], len(rows) > size


def _ranked(row: Row[Any], nights: int, today: date) -> RankedSong:
    return RankedSong(
        title=row.title,
        by=row.by,
        plays=row.plays,
        share=row.recent_plays / nights,
        gap=gap_in_words(row.gap, row.last_played, today),
    )


def gap_in_words(gap: int, last_played: date | None, today: date) -> str:
    """`gap`: shows since it was played, as far as setlists are known."""
    if gap == 0:
        return "at the last show"
    if gap <= 3 or last_played is None:
        return f"{plural(gap, 'show')} ago"
    return f"not since {month(last_played, today)}"
