"""Who wishes: the account that is signed in, else the guest of the cookie."""

from datetime import UTC, datetime

from flask import Flask, current_app, session
from flask_login import user_logged_in

from setlist.domain.voting import Voter
from setlist.domain.wish_transfer import transfer_wishes
from setlist.extensions import db
from setlist.web import page_cache
from setlist.web.identity import ensure_fan_key, fan_key
from setlist.web.members import SIGNED_IN, Member, account_id


def install(app: Flask) -> None:
    user_logged_in.connect(_take_along, app)


def voter() -> Voter:
    """To read what they have wished for; a guest who never wished has no key."""
    account = account_id()
    return Voter(account_id=account, key=None if account else fan_key(), quota=wishes_of(account))


def writing_voter() -> Voter:
    """To wish: a guest gets a key with the answer."""
    account = account_id()
    return Voter(account_id=account, key=None if account else ensure_fan_key(), quota=wishes_of(account))


def wishes_of(account: int | None) -> int:
    """How many wishes they have at one show."""
    settings = current_app.extensions["settings"]
    return int(settings.guest_wishes if account is None else settings.account_wishes)


def was_signed_out() -> bool:
    """This browser believes that an account is signed in, and that was ended elsewhere."""
    return SIGNED_IN in session and account_id() is None


def forget_account() -> None:
    """From the next request on this browser's visitor is a guest."""
    session.clear()


def _take_along(_: Flask, user: Member) -> None:
    """What this browser's guest wished for is the account's from here on."""
    key = fan_key()
    if key is not None:
        transfer_wishes(db.session(), key, int(user.id), quota=wishes_of(int(user.id)), now=datetime.now(UTC))
        db.session.commit()
        page_cache.wrote()
