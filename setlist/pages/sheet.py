"""The sheet of a show: the songs one can wish for, in their order, each with why it is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol, Self

from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.domain.ballot_stage import Stage, ballot_stage
from setlist.domain.voting import BALLOT_FACTS, WishAnswer
from setlist.models import Show
from setlist.web.filters import month


@dataclass(frozen=True, kw_only=True)
class SongRow:
    """A row of the sheet, the same for everyone but for the last two."""

    show_id: int
    song_id: int
    title: str
    by: str  # whose song it is, where that is not the act that heads the bill
    why: str
    wishes_accounts: int
    wishes_guests: int
    top: int  # the most wishes that any song of the sheet has
    is_open: bool
    is_wished: bool = False
    notice: str = ""

    @property
    def wishes(self) -> int:
        return self.wishes_accounts + self.wishes_guests

    def for_fan(self, *, is_wished: bool, notice: str = "") -> Self:
        return replace(self, is_wished=is_wished, notice=notice)


class Facts(Protocol):
    """BALLOT_FACTS of a song."""

    song_id: int
    title: str
    album_title: str
    released: str
    artist_id: int
    act: str
    recent_plays: int
    recent_shows: int
    last_played: date | None


class Counted(Facts, Protocol):
    wishes_accounts: int
    wishes_guests: int
    top: int


_WISHES = "b.wishes_accounts + b.wishes_guests"
# Most wished first, then what they play most, then by title: an order without chance in it.
_SHEET = f"""
SELECT {BALLOT_FACTS}, b.wishes_accounts, b.wishes_guests,
       (SELECT max({_WISHES}) FROM ballot_songs b WHERE b.show_id = :show_id) AS top
FROM ballot_songs b JOIN songs g ON g.id = b.song_id JOIN artists a ON a.id = g.artist_id
WHERE b.show_id = :show_id {{more}}
ORDER BY {_WISHES} DESC, b.recent_plays::float / greatest(b.recent_shows, 1) DESC, lower(g.title), g.id
"""  # noqa: S608 - constants
_ROWS = text(_SHEET.format(more=""))
_ROW = text(_SHEET.format(more="AND b.song_id = :song_id"))


def stage_of(show: Show, now: datetime, *, is_played: bool = False) -> Stage:
    if is_played:
        return Stage.PLAYED
    return ballot_stage(show.status, show.locks_at, now)


def song_rows(session: Session, show: Show, stage: Stage) -> list[SongRow]:
    found = session.execute(_ROWS, {"show_id": show.id}).all()
    return [_row(show.id, entry, _billed(show), stage) for entry in found]


def song_row(session: Session, show: Show, song_id: int, stage: Stage) -> SongRow | None:
    """One row as the sheet has it now; None for a song that is not on it."""
    entry = session.execute(_ROW, {"show_id": show.id, "song_id": song_id}).first()
    return None if entry is None else _row(show.id, entry, _billed(show), stage)


def answered_row(answer: WishAnswer, now: datetime, notice: str = "") -> SongRow:
    """The row after a wish, from what the wish's own statement has read."""
    song = answer.song
    stage = ballot_stage(song.status, song.locks_at, now)
    row = _row(answer.wish.show_id, song, song.billed, stage)
    return row.for_fan(is_wished=answer.wanted, notice=notice)


def marked(rows: list[SongRow], wished: frozenset[int], notices: Mapping[int, str]) -> list[SongRow]:
    """The rows as one fan sees them. `notices`: what is to be said at which song."""
    return [row.for_fan(is_wished=row.song_id in wished, notice=notices.get(row.song_id, "")) for row in rows]


def why(song: Facts, today: date | None = None) -> str:
    """One quiet line: why the song is likely, or that it is not."""
    shows, plays = song.recent_shows, song.recent_plays
    if plays and plays == shows:
        return f"Played at each of the last {shows} shows" if shows > 1 else "Played at the last show"
    if plays:
        return f"Played at {plays} of the last {shows} shows"
    if song.last_played:
        return f"Not played since {month(song.last_played, today)}"
    if song.album_title:
        year = f" ({song.released[:4]})" if song.released else ""
        return f"From {song.album_title}{year}"
    return "Never played, as far as we know" if shows else ""


def _billed(show: Show) -> list[int | None]:
    return [place.artist_id for place in show.line_up]


def _row(show_id: int, song: Counted, billed: Sequence[int | None], stage: Stage) -> SongRow:
    return SongRow(
        show_id=show_id,
        song_id=song.song_id,
        title=song.title,
        by=_by(song, billed),
        why=why(song),
        wishes_accounts=song.wishes_accounts,
        wishes_guests=song.wishes_guests,
        top=song.top or 0,
        is_open=stage is Stage.OPEN,
    )


def _by(song: Facts, billed: Sequence[int | None]) -> str:
    """Nothing for the act that heads the bill, the name of another one, and covers as such."""
    if song.artist_id not in billed:
        return f"{song.act} cover"
    return "" if song.artist_id == billed[0] else song.act
