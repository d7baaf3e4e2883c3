from collections.abc import Iterator

import pytest
from flask import Flask, Response
from jinja2 import DictLoader

from setlist.web.rendering import (
    go_to,
    private,
    render,
    render_block,
    render_fragment,
    shared,
    wants_fragment,
)

TEMPLATES = {
    "page.html": "<html>{% block results %}<div id='results'>{{ words }}</div>{% endblock %}</html>",
    "_piece.html": "<p>{{ words }}</p>",
}
HTMX = {"HX-Request": "true", "HX-Target": "results"}


@pytest.fixture
def site() -> Iterator[Flask]:
    site = Flask("site")
    site.jinja_env.loader = DictLoader(TEMPLATES)
    with site.app_context():
        yield site


def answer(site: Flask, headers: dict[str, str]) -> Response:
    with site.test_request_context(headers=headers):
        return render("page.html", fragments=("results",), words="a & b")


@pytest.mark.parametrize(
    ("headers", "is_page"),
    [
        ({}, True),
        (HTMX, False),
        ({"HX-Target": "results"}, True),
        (HTMX | {"HX-Boosted": "true"}, True),
        (HTMX | {"HX-History-Restore-Request": "true"}, True),
        (HTMX | {"HX-Target": "elsewhere"}, True),
        ({"HX-Request": "true"}, True),
    ],
)
def test_a_fragment_only_for_who_asked_for_that_one(
    site: Flask, headers: dict[str, str], *, is_page: bool
) -> None:
    assert ("<html>" in _text(answer(site, headers))) is is_page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_caches_are_told_what_the_choice_hangs_on(site: Flask, headers: dict[str, str]) -> None:
    assert {"HX-Request", "HX-Target", "HX-Boosted"} <= set(answer(site, headers).vary)


def test_blocks_and_pieces_escape_like_pages(site: Flask) -> None:
    with site.test_request_context():
        assert render_block("page.html", "results", words="<b>") == "<div id='results'>&lt;b&gt;</div>"
        assert _text(render_fragment("_piece.html", words="<b>")) == "<p>&lt;b&gt;</p>"


def test_after_a_write_a_form_gets_303_and_htmx_a_header(site: Flask) -> None:
    with site.test_request_context():
        plain = go_to("/artists/1")
    with site.test_request_context(headers=HTMX):
        assert wants_fragment()
        asked = go_to("/artists/1")
    assert (plain.status_code, plain.location) == (303, "/artists/1")
    assert (asked.status_code, asked.headers["HX-Redirect"]) == (200, "/artists/1")


def test_what_is_shared_is_kept_and_asked_about(site: Flask) -> None:
    with site.test_request_context():
        first = shared(render_fragment("_piece.html", words="same"), seconds=10)
    assert first.headers["Cache-Control"] == "public, max-age=10"
    with site.test_request_context(headers={"If-None-Match": first.headers["ETag"]}):
        assert shared(render_fragment("_piece.html", words="same")).status_code == 304
        assert shared(render_fragment("_piece.html", words="other")).status_code == 200


def test_what_is_private_is_not_kept(site: Flask) -> None:
    with site.test_request_context():
        assert private(Response("mine")).headers["Cache-Control"] == "private, no-store"


def _text(response: Response) -> str:
    return response.get_data(as_text=True)
