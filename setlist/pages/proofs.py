"""How a guest shows that they are a person while a show's votes come abnormally fast: a sum, or a mail."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for

from setlist.domain.mails import is_address
from setlist.domain.proof import ProofOutcome
from setlist.extensions import db
from setlist.pages.finding import moved, possible, show_or_404
from setlist.pages.listings import title_of
from setlist.web.identity import ensure_fan_key
from setlist.web.limits import limit_mails, limit_proofs
from setlist.web.pass_mail import MailNotSetUpError, send_pass_link
from setlist.web.rendering import go_to, private, render, wants_fragment
from setlist.web.vote_guard import check, let_through, opens, pass_link

NOT_GOOD = {
    ProofOutcome.EXPIRED: "This sum is too old or was used already. Press the star again for a new one.",
    ProofOutcome.FOREIGN: "This sum is not yours. Allow cookies for this site, then press the star again.",
    ProofOutcome.WRONG: "The sum is not right. Press the star again for a new one.",
}
NO_MAIL = "Mail is not set up here. Use a browser with JavaScript, or sign in."
NO_ADDRESS = "That is no e-mail address. It looks like name@example.org."
SENT = "A link is on its way. Open it in this browser within an hour, and you can wish again."
KEPT = "Mail is not set up here, so the link stays in this site’s outbox, where its operators can read it."
BAD_LINK = "This link is too old, or was asked for in another browser. Ask for a new one here."

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/shows/<int:show_id>/proof")
def ways(show_id: int) -> Response:
    """What a guest can do, without JavaScript too."""
    found = show_or_404(show_id)
    if way := moved(show_id, found.id, "show_id"):
        return way
    return _ways(found.id)


@blueprint.post("/shows/<int:show_id>/proof")
@limit_proofs
def solve(show_id: int) -> Response:
    """Takes `challenge` and `solution`, as a form or as JSON, and gives the pass as a cookie."""
    given = _given()
    outcome = check(possible(show_id), _text(given.get("challenge")), _text(given.get("solution")))
    if outcome is not ProofOutcome.GOOD:
        abort(409 if outcome is ProofOutcome.EXPIRED else 422, NOT_GOOD[outcome])
    let_through(show_id)
    if request.is_json or request.accept_mimetypes.best == "application/json":
        return private(jsonify(passed=True))
    if wants_fragment():
        return private(Response(status=HTTPStatus.NO_CONTENT))
    return go_to(url_for("shows.show", show_id=show_id, fan=1))


@blueprint.post("/shows/<int:show_id>/proof/mail")
@limit_mails
def mail(show_id: int) -> Response:
    """Has a link sent to `email`, which gives the pass to whoever opens it in this browser."""
    found = show_or_404(show_id)
    typed = request.form.get("email", "").strip()
    if not is_address(typed):
        return _ways(found.id, problem=NO_ADDRESS, typed=typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    ensure_fan_key()
    try:
        words = SENT if send_pass_link(typed, pass_link(found.id)) else KEPT
    except MailNotSetUpError:
        return _ways(found.id, problem=NO_MAIL, typed=typed, status=HTTPStatus.SERVICE_UNAVAILABLE)
    db.session.commit()
    return _ways(found.id, words=words)


@blueprint.get("/shows/<int:show_id>/proof/link")
def link(show_id: int) -> Response:
    """A mail's link. A program that opens links in mails gets nothing by it: it is no guest's browser."""
    found = show_or_404(show_id)
    if not opens(show_id, request.args.get("token", "")):
        return _ways(found.id, problem=BAD_LINK, status=HTTPStatus.FORBIDDEN)
    let_through(found.id)
    return go_to(url_for("shows.show", show_id=found.id, fan=1))


def _given() -> dict[str, Any]:
    if not request.is_json:
        return request.form.to_dict()
    try:
        given = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets, by the thousand
        return {}
    return given if isinstance(given, dict) else {}


def _text(given: object) -> str:
    """JSON can name halves of signs, which are no text that could be signed or summed."""
    return str(given).encode(errors="replace").decode() if isinstance(given, str | int) else ""


def _ways(
    show_id: int, *, status: HTTPStatus = HTTPStatus.OK, words: str = "", problem: str = "", typed: str = ""
) -> Response:
    show = show_or_404(show_id)
    response = render(
        "proofs/ways.html", show=show, title=title_of(show), words=words, problem=problem, typed=typed
    )
    response.status_code = status
    return private(response)
