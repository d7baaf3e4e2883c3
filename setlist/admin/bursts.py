"""Bursts of votes that look made, and an operator's word on them."""

from datetime import UTC, datetime
from itertools import islice

from flask import Response, abort, current_app, request, url_for

from config import Settings
from setlist.admin.acting import tell, told
from setlist.admin.confirming import MOST_BATCHES
from setlist.admin.figures import count
from setlist.domain.voiding import BurstStateError, Decider, Quotas, UnknownBurstError
from setlist.extensions import db
from setlist.models import Show
from setlist.models.base import LARGEST_ID
from setlist.models.bursts import BurstState
from setlist.pipeline.burst_list import BurstChoice, Carried, burst_lines, carry_out, open_bursts
from setlist.web import page_cache
from setlist.web.members import account_id
from setlist.web.rendering import private, render, wants_fragment

SIZE = 25
LAST_PAGE = 1_000
HERE = "bursts"
BUTTONS = {
    BurstChoice.VOID: "Void the votes",
    BurstChoice.UNVOID: "Give them back",
    BurstChoice.DISMISS: "They are real",
}
DONE = {
    BurstChoice.VOID: "void now",
    BurstChoice.UNVOID: "given back",
    BurstChoice.DISMISS: "left as they are",
}


def bursts() -> Response:
    """Open ones, or with `state` those that were voided or dismissed; `page` goes on."""
    return private(_page(told()))


def decide(burst_id: int) -> Response:
    """`choice` is void, unvoid or dismiss; again it does what is left of it. Also after the show's lock."""
    try:
        choice = BurstChoice(request.form.get("choice", ""))
    except ValueError:
        abort(422, "Choose void, unvoid or dismiss.")
    if burst_id > LARGEST_ID:
        abort(404, "There is no such burst.")
    try:
        done = _carry_out(burst_id, choice)
    except UnknownBurstError as error:
        db.session.rollback()
        abort(404, str(error))
    except BurstStateError as error:
        db.session.rollback()
        abort(409, str(error))
    page_cache.wrote()
    words = words_for(choice, done)
    if wants_fragment():
        return private(_page(words))
    return tell(words, url_for("admin.bursts", state=_state()))


def words_for(choice: BurstChoice, done: Carried) -> str:
    if choice is BurstChoice.DISMISS:
        return "The votes stay." if done.is_new else "That was decided already."
    if not done.is_new and not done.votes:
        return "That was done already."
    words = f"{count(done.votes)} {'vote is' if done.votes == 1 else 'votes are'} {DONE[choice]}."
    return f"{words} There are more: press again." if done.has_more else words


def _carry_out(burst_id: int, choice: BurstChoice) -> Carried:
    """Some seconds of it; the rest is asked for again."""
    settings: Settings = current_app.extensions["settings"]
    steps = carry_out(
        db.session(),
        burst_id,
        choice,
        Decider(account_id=account_id(), at=datetime.now(UTC)),
        quotas=Quotas(guests=settings.guest_wishes, accounts=settings.account_wishes),
    )
    done = Carried(is_new=False, votes=0, has_more=False)
    for step in islice(steps, 1 + MOST_BATCHES):
        db.session.commit()
        done = step
    return done


def _page(message: str) -> Response:
    state = _state()
    page = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    lines = burst_lines(db.session(), state=state, limit=SIZE + 1, offset=(page - 1) * SIZE)
    return render(
        "admin/bursts.html",
        fragments=(HERE,),
        lines=lines[:SIZE],
        has_more=len(lines) > SIZE,
        page=page,
        state=state,
        states=list(BurstState),
        waiting=open_bursts(db.session()),
        message=message,
        buttons=BUTTONS,
        title_of=_title_of,
        now=datetime.now(UTC),
    )


def _state() -> str:
    given = request.args.get("state", BurstState.OPEN.value)
    if given not in set(BurstState):
        abort(404, "There are no such bursts.")
    return given


def _title_of(show: Show) -> str:
    act = show.line_up[0].billed_as if show.line_up else show.name
    return f"{act} at {show.venue.name}" if show.venue else act
