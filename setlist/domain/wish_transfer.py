"""A guest's wishes move to the account at sign-up or sign-in, as far as its wishes at each show reach.

May happen twice, on two devices, and while either of the two wishes: both fans' rows are locked first, and
whoever wishes locks them too. A wish that does not fit, or that the account has given already, is taken back
at a show that is open. Where wishes are locked no tally changes any more: there a wish changes hands and is
counted on as a guest's, or stays where it is.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import Fan
from setlist.models.voting import VoteState


class Move(StrEnum):
    HAND_OVER = "hand_over"  # the row becomes the account's
    GIVE = "give"  # the account's own row, once taken back, stands again in its place
    TAKE_BACK = "take_back"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Transfer:
    moved: int
    taken_back: int  # the account had given them, or had no wishes left for them


@dataclass(frozen=True, kw_only=True)
class GuestWish:
    """`own`: the state of the account's row for the same song, if it has one."""

    is_open: bool
    own: VoteState | None
    has_room: bool


def move_of(wish: GuestWish) -> Move:
    is_free = wish.own in {None, VoteState.OFF}
    if is_free and wish.has_room:
        return Move.HAND_OVER if wish.own is None else Move.GIVE
    return Move.TAKE_BACK if wish.is_open else Move.LEAVE


# The tallies' rows are locked in one order for all writers of several, so that two cannot deadlock.
_GUESTS = text("""
SELECT g.id, g.show_id, g.song_id, g.by_account, o.id AS own_id, o.state AS own,
       s.status <> 'cancelled' AND (s.locks_at IS NULL OR s.locks_at > :now) AS is_open,
       (SELECT count(*) FROM votes u
        WHERE u.show_id = g.show_id AND u.fan_id = :account AND u.state = 'on') AS used
FROM votes g
JOIN shows s ON s.id = g.show_id
JOIN ballot_songs b ON b.show_id = g.show_id AND b.song_id = g.song_id
LEFT JOIN votes o ON o.show_id = g.show_id AND o.song_id = g.song_id AND o.fan_id = :account
WHERE g.fan_id = :guest AND g.state = 'on'
ORDER BY g.show_id, g.song_id
FOR UPDATE OF b
""")
_HAND_OVER = text("UPDATE votes SET fan_id = :account, by_account = :by_account WHERE id = :id")
_GIVE = text("UPDATE votes SET state = 'on', by_account = :by_account, changed_at = :now WHERE id = :own_id")
_TAKE_BACK = text("UPDATE votes SET state = 'off', changed_at = :now WHERE id = :id")
_COUNT = text("""
UPDATE ballot_songs SET wishes_guests = wishes_guests - 1, wishes_accounts = wishes_accounts + :accounts
WHERE show_id = :show_id AND song_id = :song_id
""")


def transfer_wishes(
    session: Session, guest_key: uuid.UUID, account_id: int, *, quota: int, now: datetime
) -> Transfer:
    """`quota`: of the account at one show. The caller commits."""
    fans = _both(session, guest_key, account_id, now)
    if fans is None:
        return Transfer(moved=0, taken_back=0)
    guest, account = fans
    found = session.execute(_GUESTS, {"guest": guest, "account": account, "now": now}).all()
    moved: Counter[Move] = Counter()
    given: Counter[int] = Counter()  # by show
    for row in found:
        has_room = row.used + given[row.show_id] < quota
        own = VoteState(row.own) if row.own else None
        move = move_of(GuestWish(is_open=row.is_open, own=own, has_room=has_room))
        values = row._asdict() | {"account": account, "now": now}
        values["by_account"] = row.is_open or row.by_account
        _make(session, move, values, is_open=row.is_open)
        moved[move] += 1
        given[row.show_id] += move in {Move.HAND_OVER, Move.GIVE}
    return Transfer(moved=moved[Move.HAND_OVER] + moved[Move.GIVE], taken_back=moved[Move.TAKE_BACK])


def _make(session: Session, move: Move, values: dict[str, object], *, is_open: bool) -> None:
    if move is Move.HAND_OVER:
        session.execute(_HAND_OVER, values)
    if move is Move.GIVE:
        session.execute(_GIVE, values)
    if move in {Move.GIVE, Move.TAKE_BACK}:
        session.execute(_TAKE_BACK, values)
    if is_open and move is not Move.LEAVE:
        session.execute(_COUNT, values | {"accounts": int(move is not Move.TAKE_BACK)})


def _both(session: Session, guest_key: uuid.UUID, account_id: int, now: datetime) -> Sequence[int] | None:
    """The rows of the guest and of the account, locked; None where the guest has none of their own."""
    guest = session.query(Fan.id).filter(Fan.key == guest_key, Fan.account_id.is_(None)).scalar()
    if guest is None:
        return None
    own = insert(Fan).values(key=uuid.uuid4(), account_id=account_id, created_at=now, last_seen_at=now)
    session.execute(own.on_conflict_do_nothing(index_elements=[Fan.account_id]))
    account = session.query(Fan.id).filter(Fan.account_id == account_id).scalar()
    in_order = session.query(Fan.id).filter(Fan.id.in_([guest, account])).order_by(Fan.id)
    in_order.with_for_update().all()
    return guest, account
