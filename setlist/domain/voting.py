"""A wish: a target state, counted once, locked at the show's start by the server's clock.

The database's own cast_wish() checks quota and lock in the statement that writes the row and its tally, so
they are never apart, in one round trip. One fan's wishes queue behind the fan's row: that keeps the quota
under double clicks.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    Uuid,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

from setlist.models import Fan, Vote
from setlist.models.voting import VoteState


class WishOutcome(StrEnum):
    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    QUOTA = "quota"
    LOCKED = "locked"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    NO_SUCH_SONG = "no_such_song"
    NO_SUCH_SHOW = "no_such_show"


@dataclass(frozen=True, kw_only=True)
class Voter:
    """Who wishes: an account, or the guest whose cookie names the key. `quota`: their wishes at one show."""

    key: uuid.UUID | None = None
    account_id: int | None = None
    quota: int


@dataclass(frozen=True, kw_only=True)
class Wish:
    voter: Voter
    show_id: int
    song_id: int
    wanted: bool
    mark: bytes | None = None  # of a guest's address, a keyed hash for this show


@dataclass(frozen=True, kw_only=True)
class WishAnswer:
    """What became of a wish, and what is true now: whether it stands, the song's tally, wishes left.

    `wish`: the one that was asked for in the end, for the show and the song that were kept of merged ones.
    """

    wish: Wish
    outcome: WishOutcome
    wanted: bool
    wishes_accounts: int
    wishes_guests: int
    top: int  # the most wishes that any song of the ballot has
    used: int  # wishes that the fan has given at the show
    song: Any  # a row: what the ballot's row shows of it, as BALLOT_FACTS names it
    is_added: bool = False  # the song was put on the ballot with the wish

    @property
    def accepted(self) -> bool:
        return self.outcome in {WishOutcome.RECORDED, WishOutcome.UNCHANGED}

    @property
    def left(self) -> int:
        return max(0, self.wish.voter.quota - self.used)


# Of a ballot's song, what does not change with a wish. Wants: b, a ballot_songs; g, its song; a, its artist.
BALLOT_FACTS = """
    g.id AS song_id, g.title, g.album_title, g.released, g.artist_id, a.name AS act,
    b.recent_plays, b.recent_shows, b.last_played
"""
CAST = text(f"""
SELECT w.*, {BALLOT_FACTS}, s.status, s.locks_at,
       ARRAY(SELECT p.artist_id FROM show_artists p WHERE p.show_id = s.id ORDER BY p.position) AS billed
FROM cast_wish(:show_id, :song_id, :key, :account_id, :wanted, :quota, :now, :mark) w
LEFT JOIN shows s ON s.id = :show_id
LEFT JOIN ballot_songs b ON b.show_id = s.id AND b.song_id = :song_id
LEFT JOIN songs g ON g.id = b.song_id
LEFT JOIN artists a ON a.id = g.artist_id
""").bindparams(  # noqa: S608 - constants of this file
    bindparam("show_id", type_=BigInteger),
    bindparam("song_id", type_=BigInteger),
    bindparam("key", type_=Uuid),
    bindparam("account_id", type_=BigInteger),
    bindparam("quota", type_=Integer),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("mark", type_=LargeBinary),
)


# The same as psycopg wants it.
_CAST_AT_ONCE = str(CAST.compile(dialect=PGDialect_psycopg()))  # type: ignore[no-untyped-call]


def cast_wish(session: Session, wish: Wish, *, now: datetime) -> WishAnswer:
    """Brings about what the fan asks for, or says why not. The caller commits; twice is as good as once."""
    return _answer(wish, session.execute(CAST, _values(wish, now)).one())


def cast_wish_at_once(connection: psycopg.Connection[Any], wish: Wish, *, now: datetime) -> WishAnswer:
    """The same on a connection where each statement commits by itself. Raises psycopg's errors."""
    cursor = connection.cursor(row_factory=namedtuple_row)
    row = cursor.execute(_CAST_AT_ONCE, _values(wish, now), binary=True).fetchone()
    return _answer(wish, row)


def _values(wish: Wish, now: datetime) -> dict[str, Any]:
    return {
        "show_id": wish.show_id,
        "song_id": wish.song_id,
        "key": wish.voter.key,
        "account_id": wish.voter.account_id,
        "wanted": wish.wanted,
        "quota": wish.voter.quota,
        "now": now,
        "mark": wish.mark,
    }


def _answer(wish: Wish, row: Any) -> WishAnswer:
    return WishAnswer(
        wish=wish,
        outcome=WishOutcome(row.outcome),
        wanted=row.state == VoteState.ON,
        wishes_accounts=row.wishes_accounts or 0,
        wishes_guests=row.wishes_guests or 0,
        top=row.top or 0,
        used=row.used,
        song=row,
    )


def fan_wishes(session: Session, voter: Voter, show_id: int) -> frozenset[int]:
    """The songs that a fan wishes for at a show."""
    if voter.key is None and voter.account_id is None:
        return frozenset()
    whose = Fan.key == voter.key if voter.account_id is None else Fan.account_id == voter.account_id
    statement = (
        select(Vote.song_id)
        .join(Fan, Fan.id == Vote.fan_id)
        .where(whose, Vote.show_id == show_id, Vote.state == VoteState.ON)
    )
    return frozenset(session.scalars(statement))
