"""Sessions of accounts as rows, so that each can be ended by itself, and ends for want of use.

The cookie is signed, which does not help against a copy: what makes it good is the row that its secret names.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, request, session
from flask_login import user_logged_in
from flask_security.signals import password_changed, password_reset
from flask_security.utils import set_request_attr
from sqlalchemy import ColumnElement, delete, select, update

from config import Settings
from setlist.extensions import db
from setlist.models import Account, AccountSession
from setlist.web.browsers import browser_name
from setlist.web.members import Member

SECRET = "session_secret"  # noqa: S105 - the name that it has in the cookie
SECRET_BYTES = 32
SEEN_EVERY = timedelta(minutes=10)  # so that reading pages does not write each time


@dataclass(frozen=True, kw_only=True)
class SessionLife:
    idle: timedelta
    whole: timedelta


def install(app: Flask, settings: Settings) -> None:
    app.extensions["session_life"] = SessionLife(
        idle=timedelta(days=settings.session_idle_days), whole=timedelta(days=settings.session_days)
    )
    user_logged_in.connect(_begin, app)
    password_changed.connect(_end_others, app)
    password_reset.connect(_end_every, app)


def sessions_of(account_id: int) -> Sequence[AccountSession]:
    """Those that are good, the latest seen first."""
    found = select(AccountSession).where(AccountSession.account_id == account_id, *_good(datetime.now(UTC)))
    return db.session.scalars(found.order_by(AccountSession.seen_at.desc(), AccountSession.id)).all()


def is_this_one(found: AccountSession) -> bool:
    return found.key == _key()


def end_this_session() -> None:
    """The caller commits, as of the others."""
    db.session.execute(delete(AccountSession).where(AccountSession.key == _key()))


def end_session(account_id: int, session_id: int) -> bool:
    """False where the account has no such session (any more)."""
    mine = (AccountSession.account_id == account_id, AccountSession.id == session_id)
    ended = delete(AccountSession).where(*mine).returning(AccountSession.id)
    return db.session.scalar(ended) is not None


def end_all_sessions(account_id: int) -> None:
    """Links for a new password that are under way are void, too."""
    fresh = {"fs_uniquifier": secrets.token_hex(SECRET_BYTES)}
    db.session.execute(update(Account).where(Account.id == account_id).values(fresh))
    db.session.execute(delete(AccountSession).where(AccountSession.account_id == account_id))


def member_of_session(uniquifier: str) -> Member | None:
    """Whose session the cookie names, one that is still good."""
    now = datetime.now(UTC)
    accounts = Member.__table__.c
    named = (accounts.fs_uniquifier == uniquifier, accounts.active.is_(True), AccountSession.key == _key())
    found = db.session.execute(
        select(Member, AccountSession.id, AccountSession.seen_at)
        .join(AccountSession, AccountSession.account_id == accounts.id)
        .where(*named, *_good(now))
    ).first()
    if found is None:
        return None
    member, session_id, seen_at = found
    if now - seen_at > SEEN_EVERY:
        _seen(session_id, now)
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return member


def _good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    life: SessionLife = current_app.extensions["session_life"]
    return AccountSession.seen_at > now - life.idle, AccountSession.created_at > now - life.whole


def _seen(session_id: int, now: datetime) -> None:
    """By itself: whoever reads a page commits nothing else."""
    with db.engine.begin() as connection:
        mine = update(AccountSession).where(AccountSession.id == session_id)
        connection.execute(mine.values(seen_at=now))


def _begin(_: Flask, user: Member) -> None:
    """Whatever the browser held before is no session of this account."""
    end_this_session()
    session[SECRET] = secrets.token_urlsafe(SECRET_BYTES)
    session.permanent = True
    browser = browser_name(request.headers.get("User-Agent", ""))
    db.session.add(AccountSession(account_id=int(user.id), key=_key(), browser=browser))
    db.session.commit()


def _end_others(_: Flask, user: Member, **__: object) -> None:
    """A new password is often somebody's answer to a stranger who knows the old one."""
    theirs = (AccountSession.account_id == int(user.id), AccountSession.key != _key())
    db.session.execute(delete(AccountSession).where(*theirs))


def _end_every(_: Flask, user: Member, **__: object) -> None:
    """Whoever opens a mail's link is not signed in by it, wherever they were before."""
    db.session.execute(delete(AccountSession).where(AccountSession.account_id == int(user.id)))


def _key() -> bytes:
    """Of no row where the cookie names none."""
    return hashlib.sha256(str(session.get(SECRET, "")).encode()).digest()
