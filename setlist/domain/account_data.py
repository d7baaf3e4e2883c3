"""What is kept of an account: all of it for its owner, and what becomes of it when they leave."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.orm import Session

from setlist.models import (
    Account,
    AccountSession,
    Artist,
    AuditLog,
    Fan,
    Mail,
    Role,
    Show,
    ShowArtist,
    Song,
    Vote,
)
from setlist.models.accounts import ADMIN, account_roles

# The votes' and the tallies' rows are locked in one order for all writers of several; see wish_transfer.py.
_LOCK_OPEN = text("""
SELECT v.id FROM votes v
JOIN shows s ON s.id = v.show_id
JOIN ballot_songs b ON b.show_id = v.show_id AND b.song_id = v.song_id
WHERE v.fan_id = :fan AND v.state = 'on'
  AND s.status <> 'cancelled' AND (s.locks_at IS NULL OR s.locks_at > :now)
ORDER BY v.show_id, v.song_id
FOR UPDATE OF b
""")
_TAKE_BACK = text("""
WITH taken AS (
    UPDATE votes SET state = 'off', changed_at = :now WHERE id = ANY(:votes) AND state = 'on'
    RETURNING show_id, song_id, by_account
)
UPDATE ballot_songs b
SET wishes_accounts = b.wishes_accounts - t.by_account::int,
    wishes_guests = b.wishes_guests - (NOT t.by_account)::int
FROM taken t WHERE b.show_id = t.show_id AND b.song_id = t.song_id
""")


class LastAdminError(Exception):
    """Without this account nobody could see the operators' pages."""


def account_data(session: Session, account_id: int) -> dict[str, Any]:
    """All that is kept of the account, as plain values in JSON's types; no password and no secret."""
    account = session.get_one(Account, account_id)
    return {
        "account": {
            "email": account.email,
            "created_at": _at(account.created_at),
            "confirmed_at": _at(account.confirmed_at),
            "roles": [role.name for role in account.roles],
            "second_factor": account.tf_primary_method is not None,
        },
        "signed_in": [
            {"browser": row.browser, "since": _at(row.created_at), "last_seen": _at(row.seen_at)}
            for row in session.scalars(_of(AccountSession, account_id))
        ],
        "wishes": _wishes(session, account_id),
        "mails": [
            {"at": _at(row.created_at), "to": row.recipient, "subject": row.subject, "state": row.state}
            for row in session.scalars(_of(Mail, account_id))
        ],
        "log": [
            {"at": _at(row.at), "action": row.action, "target": row.target, "details": row.details}
            for row in session.scalars(_of(AuditLog, account_id))
        ],
    }


def _of(table: type[Any], account_id: int) -> Any:
    return select(table).where(table.account_id == account_id).order_by(table.id)


def _wishes(session: Session, account_id: int) -> list[dict[str, Any]]:
    first_act = ShowArtist.position == 0
    rows = session.execute(
        select(Vote, Show.local_date, Show.name, Song.title, ShowArtist.billed_as)
        .add_columns(Artist.name.label("songs_of"))
        .join(Fan, Fan.id == Vote.fan_id)
        .join(Show, Show.id == Vote.show_id)
        .join(Song, Song.id == Vote.song_id)
        .join(Artist, Artist.id == Song.artist_id)
        .outerjoin(ShowArtist, (ShowArtist.show_id == Show.id) & first_act)
        .where(Fan.account_id == account_id)
        .order_by(Vote.id)
    )
    return [
        {
            "show": row.billed_as or row.name,
            "date": row.local_date.isoformat() if row.local_date else None,
            "song": row.title,
            "artist": row.songs_of,
            "state": row.Vote.state,
            "first_given": _at(row.Vote.created_at),
            "changed": _at(row.Vote.changed_at),
        }
        for row in rows
    ]


def delete_account(session: Session, account_id: int, *, now: datetime) -> None:
    """Everything that names its owner goes. The caller commits.

    Wishes at shows to come are taken back. Those at shows that have begun are counted on, as history, by
    a fan whom nobody can be found by. Raises LastAdminError.
    """
    account = session.get_one(Account, account_id, with_for_update=True)
    if _is_last_admin(session, account):
        raise LastAdminError
    _leave_wishes(session, account_id, now)
    log = update(AuditLog).where(AuditLog.account_id == account_id)
    session.execute(log.values(account_id=None, details={}))
    session.execute(delete(account_roles).where(account_roles.c.account_id == account_id))
    session.execute(delete(Account).where(Account.id == account_id))


def _leave_wishes(session: Session, account_id: int, now: datetime) -> None:
    fan = session.scalar(select(Fan.id).where(Fan.account_id == account_id).with_for_update())
    if fan is None:
        return
    wishes = session.scalars(_LOCK_OPEN, {"fan": fan, "now": now}).all()
    session.execute(_TAKE_BACK, {"votes": list(wishes), "now": now})
    session.execute(update(Fan).where(Fan.id == fan).values(account_id=None, key=uuid.uuid4()))


def _is_last_admin(session: Session, account: Account) -> bool:
    """Of those who can sign in."""
    if ADMIN not in {role.name for role in account.roles}:
        return False
    others = exists().where(
        account_roles.c.role_id == Role.id,
        Role.name == ADMIN,
        account_roles.c.account_id == Account.id,
        Account.active.is_(True),
        Account.id != account.id,
    )
    return not session.scalar(select(others))


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
