"""The sheet of a show: the songs one can wish for, in their order, each with why it is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from setlist.models import Artist, BallotSong, Show, Song
from setlist.models.catalogue import ShowStatus
from setlist.web.filters import month


class Stage(StrEnum):
    OPEN = "open"
    LOCKED = "locked"  # begun, and what was played is not known yet
    PLAYED = "played"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class SongRow:
    """A row of the sheet, the same for everyone but for the last two."""

    show_id: int
    song_id: int
    title: str
    by: str  # whose song it is, where that is not the act that heads the bill
    why: str
    wishes: int
    top: int  # the most wishes that any song of the sheet has
    is_open: bool
    is_wished: bool = False
    notice: str = ""

    def for_fan(self, *, is_wished: bool, notice: str = "") -> Self:
        return replace(self, is_wished=is_wished, notice=notice)


BallotRow = Row[BallotSong, Song, str, int]


def stage_of(show: Show, now: datetime, *, is_played: bool = False) -> Stage:
    if is_played:
        return Stage.PLAYED
    if show.status == ShowStatus.CANCELLED:
        return Stage.CANCELLED
    if show.locks_at is not None and show.locks_at <= now:
        return Stage.LOCKED
    return Stage.OPEN


def song_rows(session: Session, show: Show, stage: Stage) -> list[SongRow]:
    """Most wished first, then what they play most, then by title: an order without chance in it."""
    share = BallotSong.recent_plays * 1.0 / func.greatest(BallotSong.recent_shows, 1)
    wishes = BallotSong.wishes_accounts + BallotSong.wishes_guests
    found = session.execute(
        _ballot(show.id).order_by(wishes.desc(), share.desc(), func.lower(Song.title), Song.id)
    ).all()
    return [_row(show, entry, stage) for entry in found]


def song_row(session: Session, show: Show, song_id: int, stage: Stage) -> SongRow | None:
    """One row as the sheet has it now; None for a song that is not on it."""
    entry = session.execute(_ballot(show.id).where(BallotSong.song_id == song_id)).first()
    if entry is None:
        return None
    top = select(func.max(BallotSong.wishes_accounts + BallotSong.wishes_guests)).where(
        BallotSong.show_id == show.id
    )
    return replace(_row(show, entry, stage), top=session.scalar(top) or 0)


def marked(rows: list[SongRow], wished: frozenset[int], notices: Mapping[int, str]) -> list[SongRow]:
    """The rows as one fan sees them. `notices`: what is to be said at which song."""
    return [row.for_fan(is_wished=row.song_id in wished, notice=notices.get(row.song_id, "")) for row in rows]


def why(ballot: BallotSong, song: Song, today: date | None = None) -> str:
    """One quiet line: why the song is likely, or that it is not."""
    shows, plays = ballot.recent_shows, ballot.recent_plays
    if plays and plays == shows:
        return f"Played at each of the last {shows} shows" if shows > 1 else "Played at the last show"
    if plays:
        return f"Played at {plays} of the last {shows} shows"
    if ballot.last_played:
        return f"Not played since {month(ballot.last_played, today)}"
    if song.album_title:
        year = f" ({song.released[:4]})" if song.released else ""
        return f"From {song.album_title}{year}"
    return "Never played, as far as we know" if shows else ""


def _ballot(show_id: int) -> Select[BallotSong, Song, str, int]:
    wishes = BallotSong.wishes_accounts + BallotSong.wishes_guests
    return (
        select(BallotSong, Song, Artist.name, func.max(wishes).over())
        .join(Song, Song.id == BallotSong.song_id)
        .join(Artist, Artist.id == Song.artist_id)
        .where(BallotSong.show_id == show_id)
    )


def _row(show: Show, entry: BallotRow, stage: Stage) -> SongRow:
    ballot, song, act, top = entry
    return SongRow(
        show_id=ballot.show_id,
        song_id=song.id,
        title=song.title,
        by=_by(show, song, act),
        why=why(ballot, song),
        wishes=ballot.wishes,
        top=top,
        is_open=stage is Stage.OPEN,
    )


def _by(show: Show, song: Song, act: str) -> str:
    """Nothing for the act that heads the bill, the name of another one, and covers as such."""
    billed = [place.artist_id for place in show.line_up]
    if song.artist_id not in billed:
        return f"{act} cover"
    return "" if song.artist_id == billed[0] else act
