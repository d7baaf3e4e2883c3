"""What operators' actions have in common: a row of who did what, and a word on the page they go back to."""

from flask import Response, flash, get_flashed_messages
from flask_security import current_user

from setlist.extensions import db
from setlist.models import AuditLog
from setlist.web.members import account_id
from setlist.web.rendering import go_to

TOLD = "action"  # what an action's answer is kept under until the next page shows it


def audit(action: str, target: str, **details: object) -> AuditLog:
    """Added, and committed with what it tells of."""
    row = AuditLog(account_id=account_id(), action=action, target=target, details=details)
    db.session.add(row)
    return row


def actor() -> str:
    return str(current_user.email)


def tell(words: str, url: str) -> Response:
    """Goes there, where they are shown once."""
    flash(words, TOLD)
    return go_to(url)


def told() -> str:
    return " ".join(map(str, get_flashed_messages(category_filter=[TOLD])))
