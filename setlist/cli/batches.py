"""Many jobs changed by one command: asked about first, then a batch at a time."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from setlist.models import AuditLog
from setlist.queue.by_hand import BATCH
from setlist.queue.stats import CAP


def ask(session: Session, verb: str, count: int, which: str) -> None:
    """Ends the command unless the answer is yes. `count` stops at CAP."""
    session.commit()  # nothing is held while somebody thinks
    known = f"{count:,} or more" if count >= CAP else f"{count:,}"
    click.confirm(f"{verb} {known} {which}?", abort=True)


def in_batches(session: Session, row: AuditLog, change: Callable[[], int], verb: str) -> None:
    """Commits each batch with how many it has been."""
    changed, last = 0, BATCH
    while last == BATCH:
        last = change()
        changed += last
        row.details = {**row.details, verb: changed}
        session.commit()
    click.echo(f"{changed:,} {verb}")
