"""Imports: figures over them, their history, and what an operator does about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, request, url_for

from setlist.admin.acting import tell, told
from setlist.admin.dashboard import board
from setlist.admin.figures import span
from setlist.extensions import db
from setlist.models import QueueJob, SyncJob
from setlist.models.sync import SyncState
from setlist.pipeline import steering
from setlist.pipeline.import_figures import MOST, import_figures
from setlist.pipeline.import_history import Kept, history
from setlist.pipeline.scope import PHASES
from setlist.pipeline.steering import Action, UnknownImportError, WrongStateError, steer
from setlist.web.members import account_id
from setlist.web.progress import Pace, pace_of
from setlist.web.rendering import private, render, wants_fragment
from setlist.web.typed import row_id

SIZE = 30
WHICH = ("state", "before")  # of the history, in its address
HERE = "imports"  # the part of the page that htmx renews, and what a form of the page says it is on


@dataclass(frozen=True, kw_only=True)
class Line:
    """One import."""

    sync: SyncJob
    job: QueueJob | None
    pace: Pace
    ago_seconds: float | None  # since it ended

    @property
    def is_being_cancelled(self) -> bool:
        return steering.is_being_cancelled(self.sync, self.job.state if self.job else None)

    @property
    def state_words(self) -> str:
        if self.is_being_cancelled:
            return "being cancelled"
        is_over = self.sync.finished_at is not None
        return self.sync.state if is_over else f"{self.sync.state}, {self.sync.percent:.0f}\u00a0%"

    @property
    def ended(self) -> str:
        if self.ago_seconds is not None:
            return f"{span(self.ago_seconds)} ago"
        left = self.pace.left_seconds
        return "–" if left is None else f"in about {span(left)}"

    @property
    def actions(self) -> Sequence[Action]:
        return steering.may(self.sync, is_being_cancelled=self.is_being_cancelled)


def imports() -> Response:
    """`state` shows those in one state, `before` (an import's id) older ones."""
    return private(_page(told()))


def act(sync_id: int, action: str) -> Response:
    """Cancel, retry or resume; back to the page that it was asked for on."""
    session = db.session()
    try:
        done = steer(session, Action(action), sync_id, account_id=account_id())
    except UnknownImportError as error:
        session.rollback()
        abort(404, str(error))
    except WrongStateError as error:
        session.rollback()
        abort(409, str(error))
    session.commit()
    if request.form.get("on") != HERE:
        return board(done.words)
    if wants_fragment():
        return private(_page(done.words))
    which: dict[str, Any] = {name: request.args[name] for name in WHICH if name in request.args}
    return tell(done.words, url_for("admin.imports", **which))


def _page(message: str) -> Response:
    session, now = db.session(), datetime.now(UTC)
    state, before = _state(), request.args.get("before", type=row_id)
    found = history(session, state=state, before=before, limit=SIZE)
    return render(
        "admin/imports.html",
        fragments=(HERE,),
        figures=import_figures(session, now, tuple(PHASES)),
        cap=MOST,
        phases=list(PHASES),
        lines=[_line(kept, now) for kept in found.entries],
        older=found.older,
        state=state.value if state else "",
        before=before,
        states=[one.value for one in SyncState],
        message=message,
    )


def _state() -> SyncState | None:
    given = request.args.get("state", "")
    try:
        return SyncState(given) if given else None
    except ValueError:
        abort(404, "There is no such state.")


def _line(kept: Kept, now: datetime) -> Line:
    ended = kept.sync.finished_at
    return Line(
        sync=kept.sync,
        job=kept.job,
        pace=pace_of(kept.sync, now),
        ago_seconds=(now - ended).total_seconds() if ended else None,
    )
