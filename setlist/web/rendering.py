"""The one door to a page and its fragments, and how answers are shared between visitors."""

from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request

OTHERWISE = {"HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST"}
CHOSEN_BY = "HX-Request, HX-Target, HX-Boosted, HX-History-Restore-Request"


def render(template: str, *, fragments: tuple[str, ...] = (), **context: object) -> Response:
    """Answer with the whole page, or with the one block that htmx is about to swap.

    A block has the name of the HTML id that it fills, so the header HX-Target names it.
    """
    wanted = request.headers.get("HX-Target", "")
    if wanted in fragments and wants_fragment():
        return _varied(render_block(template, wanted, **context))
    return _varied(render_template(template, **context))


def render_fragment(template: str, **context: object) -> Response:
    """Answer with a template that is never a whole page, and sees nothing but what it is given."""
    return _varied(current_app.jinja_env.get_template(template).render(context))


def render_block(template: str, block: str, **context: object) -> str:
    """One block of a template on its own."""
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    return "".join(source.blocks[block](source.new_context(context)))


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of a page: not a boosted link, not the Back button."""
    sent = request.environ  # request.headers would raise and catch an exception for each that is missing
    return "HTTP_HX_REQUEST" in sent and OTHERWISE.isdisjoint(sent)


def go_to(url: str) -> Response:
    """After a write: 303 for a form, and for htmx the header that loads the page."""
    if not wants_fragment():
        return make_response(redirect(url, HTTPStatus.SEE_OTHER))
    response = _varied("")
    response.headers["HX-Redirect"] = url
    return response


def shared(response: Response, *, seconds: int = 0) -> Response:
    """The same bytes for everyone: caches may keep it, and browsers ask whether theirs is still good."""
    control = response.cache_control
    control.public = True
    control.max_age = seconds
    if not seconds:
        control.no_cache = True
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def private(response: Response) -> Response:
    """For this visitor alone."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _varied(html: str) -> Response:
    response = make_response(html)
    response.headers["Vary"] = CHOSEN_BY
    return response
