"""Mails: lists of them, one with its text, and sending one again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from flask import Response, abort, current_app, request, url_for

from config import Settings
from setlist.admin.acting import audit, tell, told
from setlist.domain.mail_list import MailLine, find_mail, find_mails
from setlist.domain.mails import SentAgain, send_again
from setlist.extensions import db
from setlist.models.mails import MailState
from setlist.web.rendering import private, render
from setlist.web.typed import row_id

SIZE = 50
ENDS = ".,;:!?)'\""  # of a sentence rather than of an address in it
NOT_THERE = "There is no such mail. They are deleted after a while."
WORDS = {
    SentAgain.ASKED_FOR: "goes out again.",
    SentAgain.UNDER_WAY: "is under way already, so nothing was done.",
    SentAgain.SENT_ALREADY: "was sent already, so nothing was done.",
}


class Piece(NamedTuple):
    """Of a mail's text."""

    text: str
    is_link: bool


def outbox() -> Response:
    """`state` chooses, `before` (a mail's id) goes on."""
    state = request.args.get("state", "")
    if state and state not in set(MailState):
        abort(404, "There are no such mails.")
    before = request.args.get("before", type=row_id)
    lines = find_mails(db.session(), state=state, before=before, limit=SIZE + 1)
    page = render(
        "admin/outbox.html",
        lines=lines[:SIZE],
        older=lines[SIZE - 1].mail.id if len(lines) > SIZE else None,
        state=state,
        states=list(MailState),
        before=before,
        settings=_settings(),
        at=datetime.now(UTC),
        message=told(),
    )
    return private(page)


def mail(mail_id: int) -> Response:
    found = _found(mail_id)
    page = render(
        "admin/mail.html",
        line=found,
        mail=found.mail,
        pieces=list(pieces(found.mail.body, _settings().external_url)),
        settings=_settings(),
        at=datetime.now(UTC),
        message=told(),
    )
    return private(page)


def send_mail_again(mail_id: int) -> Response:
    """One that was kept or failed. Twice is no mistake."""
    _found(mail_id)
    outcome = send_again(db.session(), mail_id)
    if outcome is SentAgain.NO_SUCH_MAIL:
        abort(404, NOT_THERE)
    if outcome is SentAgain.ASKED_FOR:
        audit("mail_sent_again", f"mail {mail_id}")
        db.session.commit()
    else:
        db.session.rollback()
    return tell(f"Mail {mail_id} {WORDS[outcome]}", url_for("admin.mail", mail_id=mail_id))


def pieces(text: str, home: str) -> Iterator[Piece]:
    """The text, with links to pages below `home` apart; addresses elsewhere stay text."""
    done = 0
    for found in re.finditer(rf"(?<!\S){re.escape(home)}/\S*", text):
        link = found.group().rstrip(ENDS)
        yield Piece(text[done : found.start()], is_link=False)
        yield Piece(link, is_link=True)
        done = found.start() + len(link)
    yield Piece(text[done:], is_link=False)


def _found(mail_id: int) -> MailLine:
    found = find_mail(db.session(), mail_id)
    if found is None:
        abort(404, NOT_THERE)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
