"""Who may see the operators' pages, asked before each of them."""

import time

from flask import Response, abort, make_response, redirect, request, session, url_for
from flask_security import logout_user

from setlist.web.members import is_admin, is_signed_in

LONGEST_SESSION_SECONDS = 12 * 3600  # since the password was last given


def admins_only() -> Response | None:
    """None lets it pass. Roles are read from the database each time: taking one away works at once."""
    if is_signed_in() and _is_too_old():
        logout_user()
    if not is_signed_in():
        return _to_sign_in()
    if not is_admin():
        abort(403, "This part of the site is for its operators.")
    return None


def _is_too_old() -> bool:
    return time.time() - float(session.get("fs_paa", 0)) > LONGEST_SESSION_SECONDS


def _to_sign_in() -> Response:
    """And back to where they were going; never into a form that they would have to send again."""
    back = request.full_path.rstrip("?") if request.method == "GET" else url_for("admin.dashboard")
    if request.headers.get("HX-Request"):  # the page, not a piece of it
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("security.login", next=url_for("admin.dashboard"))
        return response
    return make_response(redirect(url_for("security.login", next=back), 303))
