"""Asking before many jobs are changed: how many they are, and then those and no others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, abort, request

from setlist.admin.figures import count
from setlist.extensions import db
from setlist.models import AuditLog
from setlist.queue.by_hand import BATCH
from setlist.web.rendering import private, render

MOST_BATCHES = 40  # in one request: a few seconds; the rest is asked for again


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`count` stops at `cap`; `action` is where the form goes, `back` where nothing happens."""

    question: str
    explained: str
    count: int
    cap: int
    button: str
    action: str
    back: str


def confirm(asked: Asked) -> Response:
    return private(render("admin/confirm.html", asked=asked, until=datetime.now(UTC).isoformat()))


def asked_until() -> datetime:
    """When the question was shown: what came since is not meant."""
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        abort(422, "Begin with the question, so that only those are meant which it counted.")
    if until.tzinfo is None:
        abort(422, "The time needs its zone.")
    return until


def in_batches(row: AuditLog, change: Callable[[], int], verb: str) -> str:
    """Commits each batch with how many it has been; says how many, and whether some are left."""
    changed, last = 0, BATCH
    for _ in range(MOST_BATCHES):
        last = change()
        changed += last
        row.details = {**row.details, verb: changed}
        db.session.commit()
        if last < BATCH:
            break
    words = f"{count(changed)} {'job is' if changed == 1 else 'jobs are'}"
    return f"{words} {verb}" if last < BATCH else f"There are more; {words} {verb}"
