"""Who may see the operators' pages, asked before each of them."""

import logging
import time

from flask import Response, abort, make_response, redirect, request, session, url_for
from flask_security import logout_user

from setlist.web.limits import address
from setlist.web.members import account_id, is_admin, is_signed_in

log = logging.getLogger(__name__)

LONGEST_SESSION_SECONDS = 12 * 3600  # since the password was last given
LONGEST_REST_SECONDS = 3600  # since an operator's page was last asked for by hand
NOTED_SECONDS = 60
USED = "operators_page_used"


def admins_only() -> Response | None:
    """None lets it pass. Roles are read from the database each time: taking one away works at once."""
    if is_signed_in() and (_is_too_old() or _was_left_alone()):
        logout_user()
    if not is_signed_in():
        return _to_sign_in()
    if not is_admin():
        log.warning(
            "refused account %s an operators' page: %s %s, from %s",
            account_id(),
            request.method,
            request.path,
            address(),
        )
        abort(403, "This part of the site is for its operators.")
    _note_use()
    return None


def _is_too_old() -> bool:
    return time.time() - float(session.get("fs_paa", 0)) > LONGEST_SESSION_SECONDS


def _was_left_alone() -> bool:
    used = max(float(session.get(USED, 0)), float(session.get("fs_paa", 0)))
    return time.time() - used > LONGEST_REST_SECONDS


def _note_use() -> None:
    """A page that renews itself is no use of it; nor does each click write the cookie anew."""
    is_renewal = request.method == "GET" and "HX-Request" in request.headers
    if not is_renewal and time.time() - float(session.get(USED, 0)) > NOTED_SECONDS:
        session[USED] = int(time.time())


def _to_sign_in() -> Response:
    """And back to where they were going; never into a form that they would have to send again."""
    back = request.full_path.rstrip("?") if request.method == "GET" else url_for("admin.dashboard")
    if request.headers.get("HX-Request"):  # the page, not a piece of it
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("security.login", next=url_for("admin.dashboard"))
        return response
    return make_response(redirect(url_for("security.login", next=back), 303))
