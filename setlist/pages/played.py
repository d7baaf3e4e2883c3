"""What was played at a show, lit by what was wished for."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from setlist.models import Setlist, SetlistSong, Show
from setlist.models.played import SetlistKind
from setlist.pages.sheet import SongRow
from setlist.web.filters import plural

BESIDE = 3  # past setlists beside a coming show


@dataclass(frozen=True, kw_only=True)
class PlayedSong:
    entry: SetlistSong
    number: int | None  # tapes have none
    wishes: int


@dataclass(frozen=True, kw_only=True)
class PlayedSet:
    name: str
    songs: tuple[PlayedSong, ...]

    @property
    def start(self) -> int:
        """The number of its first song."""
        return next((song.number for song in self.songs if song.number), 1)


@dataclass(frozen=True, kw_only=True)
class Played:
    """One act's setlist, and what was wished for in vain."""

    setlist: Setlist
    sets: tuple[PlayedSet, ...]


@dataclass(frozen=True, kw_only=True)
class Evening:
    acts: tuple[Played, ...]
    stubs: tuple[Setlist, ...]  # the source has a page for the night, but no songs on it yet
    heard: frozenset[int]
    missed: tuple[SongRow, ...]
    score: str


def evening(session: Session, show: Show, rows: list[SongRow]) -> Evening:
    setlists = _setlists(session, show.id)
    wishes = {row.song_id: row.wishes for row in rows}
    acts = tuple(_played(setlist, wishes) for setlist in setlists if not setlist.is_stub)
    heard = frozenset(song.song_id for act in acts for song in act.setlist.songs if song.song_id)
    missed = tuple(row for row in rows if row.wishes and row.song_id not in heard) if acts else ()
    return Evening(
        acts=acts,
        stubs=tuple(setlist for setlist in setlists if setlist.is_stub),
        heard=heard,
        missed=missed,
        score=score([row for row in rows if row.wishes], heard) if acts else "",
    )


def score(wished: list[SongRow], heard: frozenset[int]) -> str:
    """The wishes against the night, in one sentence. `wished` comes in the sheet's order."""
    if not wished:
        return "Nobody wished for anything at this show."
    hits = sum(row.song_id in heard for row in wished)
    first = wished[0]
    ending = "was played" if first.song_id in heard else "was not"
    total = plural(len(wished), "song")
    opening = f"{hits} of the {total} wished for" if len(wished) > 1 else f"{hits} of 1 song wished for"
    return f"{opening} came true. The most wished, {first.title}, {ending}."


def lately(session: Session, show: Show) -> list[Setlist]:
    """The last few other nights' setlists of the acts on a bill."""
    artist_ids = [place.artist_id for place in show.line_up if place.artist_id]
    statement = (
        select(Setlist)
        .join(Show, Show.id == Setlist.show_id)
        .where(
            Setlist.artist_id.in_(artist_ids),
            Setlist.show_id != show.id,
            Setlist.kind == SetlistKind.ACTUAL,
            Setlist.is_stub.is_(False),
        )
        .options(contains_eager(Setlist.show).joinedload(Show.venue), selectinload(Setlist.songs))
        .order_by(Show.local_date.desc().nulls_last(), Setlist.id.desc())
        .limit(BESIDE)
    )
    return list(session.scalars(statement))


def _setlists(session: Session, show_id: int) -> list[Setlist]:
    statement = (
        select(Setlist)
        .where(Setlist.show_id == show_id, Setlist.kind == SetlistKind.ACTUAL)
        .options(joinedload(Setlist.artist), selectinload(Setlist.songs))
        .order_by(Setlist.id)
    )
    return list(session.scalars(statement))


def _played(setlist: Setlist, wishes: dict[int, int]) -> Played:
    number = 0
    songs: list[PlayedSong] = []
    for entry in setlist.songs:
        number += not entry.is_tape
        songs.append(
            PlayedSong(
                entry=entry,
                number=None if entry.is_tape else number,
                wishes=wishes.get(entry.song_id or 0, 0),
            )
        )
    groups = groupby(songs, key=lambda song: (song.entry.set_index, song.entry.encore))
    sets = [tuple(group) for _, group in groups]
    several = len(sets) > 1
    return Played(
        setlist=setlist,
        sets=tuple(PlayedSet(name=_set_name(group[0].entry, several=several), songs=group) for group in sets),
    )


def _set_name(first: SetlistSong, *, several: bool) -> str:
    if first.set_name:
        return first.set_name
    if first.encore:
        return "Encore" if first.encore == 1 else f"Encore {first.encore}"
    return f"Set {first.set_index + 1}" if several and first.set_index else ""
