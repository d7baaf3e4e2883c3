"""A wish: a target state, counted once, locked at the show's start by the server's clock.

Rows and tally change in one transaction and under one statement's conditions, so they are never apart.
One fan's writes queue behind the fan's own row, which is what keeps the quota under double clicks.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Fan, Show, Vote
from setlist.models.catalogue import ShowStatus
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
class WishAnswer:
    """What became of a wish, and what is true now: whether it stands, the song's tally, wishes left."""

    outcome: WishOutcome
    wanted: bool
    wishes_accounts: int
    wishes_guests: int
    left: int

    @property
    def accepted(self) -> bool:
        return self.outcome in {WishOutcome.RECORDED, WishOutcome.UNCHANGED}


FanRow = Row[int, int | None]
BallotRow = Row[str, datetime | None, int, int, str]


@dataclass(frozen=True, kw_only=True)
class FanWishes:
    song_ids: frozenset[int]

    @property
    def used(self) -> int:
        return len(self.song_ids)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a fan asks for. `quota` is how many wishes this fan has at one show."""

    fan_key: uuid.UUID
    show_id: int
    song_id: int
    wanted: bool
    quota: int


# Conditions and writes are one statement: what lets a wish through is still true when it is written.
CAST = text("""
WITH cast_vote AS (
    INSERT INTO votes AS v (show_id, song_id, fan_id, state, by_account, created_at, changed_at)
    SELECT b.show_id, b.song_id, :fan_id, 'on', :by_account, :now, :now
    FROM ballot_songs b
    JOIN shows s ON s.id = b.show_id
    WHERE b.show_id = :show_id AND b.song_id = :song_id
      AND s.status <> 'cancelled'
      AND (s.locks_at IS NULL OR s.locks_at > :now)
      AND :quota > (SELECT count(*) FROM votes used
                    WHERE used.show_id = :show_id AND used.fan_id = :fan_id AND used.state = 'on')
    ON CONFLICT (show_id, fan_id, song_id)
        DO UPDATE SET state = 'on', by_account = excluded.by_account, changed_at = excluded.changed_at
        WHERE v.state = 'off'
    RETURNING v.by_account
)
UPDATE ballot_songs b
SET wishes_accounts = wishes_accounts + c.by_account::int,
    wishes_guests = wishes_guests + (NOT c.by_account)::int
FROM cast_vote c
WHERE b.show_id = :show_id AND b.song_id = :song_id
RETURNING b.song_id
""")
TAKE_BACK = text("""
WITH taken_back AS (
    UPDATE votes v SET state = 'off', changed_at = :now
    FROM shows s
    WHERE v.show_id = :show_id AND v.song_id = :song_id AND v.fan_id = :fan_id AND v.state = 'on'
      AND s.id = v.show_id AND s.status <> 'cancelled' AND (s.locks_at IS NULL OR s.locks_at > :now)
    RETURNING v.by_account
)
UPDATE ballot_songs b
SET wishes_accounts = wishes_accounts - t.by_account::int,
    wishes_guests = wishes_guests - (NOT t.by_account)::int
FROM taken_back t
WHERE b.show_id = :show_id AND b.song_id = :song_id
RETURNING b.song_id
""")


def cast_wish(session: Session, wish: Wish, *, now: datetime) -> WishAnswer:
    """Brings about what the fan asks for, or says why not. Flushes; the caller commits."""
    fan = _own_row(session, wish.fan_key, now) if wish.wanted else _known_fan(session, wish.fan_key)
    if fan is None:
        return _answer(session, wish, fan_id=None, written=False, now=now)
    statement = CAST if wish.wanted else TAKE_BACK
    values = {"fan_id": fan.id, "show_id": wish.show_id, "song_id": wish.song_id, "now": now}
    if wish.wanted:
        values |= {"quota": wish.quota, "by_account": fan.account_id is not None}
    written = session.execute(statement, values).first() is not None
    return _answer(session, wish, fan_id=fan.id, written=written, now=now)


def fan_wishes(session: Session, fan_key: uuid.UUID | None, show_id: int) -> FanWishes:
    """The songs that a fan wishes for at a show."""
    if fan_key is None:
        return FanWishes(song_ids=frozenset())
    statement = (
        select(Vote.song_id)
        .join(Fan, Fan.id == Vote.fan_id)
        .where(Fan.key == fan_key, Vote.show_id == show_id, Vote.state == VoteState.ON)
    )
    return FanWishes(song_ids=frozenset(session.scalars(statement)))


def _own_row(session: Session, fan_key: uuid.UUID, now: datetime) -> FanRow:
    """The fan's row, made if new, and locked until the transaction ends."""
    statement = (
        insert(Fan)
        .values(key=fan_key, created_at=now, last_seen_at=now)
        .on_conflict_do_update(index_elements=[Fan.key], set_={"last_seen_at": now})
        .returning(Fan.id, Fan.account_id)
    )
    return session.execute(statement).one()


def _known_fan(session: Session, fan_key: uuid.UUID) -> FanRow | None:
    """The fan's row if there is one, locked: who never wished has nothing to take back."""
    return session.execute(select(Fan.id, Fan.account_id).where(Fan.key == fan_key).with_for_update()).first()


def _answer(session: Session, wish: Wish, *, fan_id: int | None, written: bool, now: datetime) -> WishAnswer:
    statement = (
        select(Show.status, Show.locks_at, BallotSong.wishes_accounts, BallotSong.wishes_guests, Vote.state)
        .outerjoin(BallotSong, (BallotSong.show_id == Show.id) & (BallotSong.song_id == wish.song_id))
        .outerjoin(
            Vote,
            (Vote.show_id == Show.id) & (Vote.song_id == BallotSong.song_id) & (Vote.fan_id == (fan_id or 0)),
        )
        .where(Show.id == wish.show_id)
    )
    found = session.execute(statement).first()
    used = len(fan_wishes(session, wish.fan_key, wish.show_id).song_ids)
    return WishAnswer(
        outcome=WishOutcome.RECORDED if written else _why_not(found, wish, now),
        wanted=found is not None and found.state == VoteState.ON,
        wishes_accounts=(found and found.wishes_accounts) or 0,
        wishes_guests=(found and found.wishes_guests) or 0,
        left=max(0, wish.quota - used),
    )


def _why_not(found: BallotRow | None, wish: Wish, now: datetime) -> WishOutcome:
    if found is None:
        return WishOutcome.NO_SUCH_SHOW
    reasons = (
        (found.wishes_accounts is None, WishOutcome.NO_SUCH_SONG),
        (found.state == VoteState.VOID, WishOutcome.VOIDED),
        ((found.state == VoteState.ON) == wish.wanted, WishOutcome.UNCHANGED),
        (found.status == ShowStatus.CANCELLED, WishOutcome.CANCELLED),
        (found.locks_at is not None and found.locks_at <= now, WishOutcome.LOCKED),
    )
    return next((outcome for holds, outcome in reasons if holds), WishOutcome.QUOTA)
