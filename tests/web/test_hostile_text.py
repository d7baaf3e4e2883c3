"""What comes from outside is text: on every page, fragment, picture and answer, whatever it begins with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from flask import Flask
from jinja2 import Template
from pydantic import SecretStr
from sqlalchemy.orm import Session

from config import ROOT, Sources
from tests.web.account_steps import live_with_account
from tests.web.accounts import sign_in_as
from tests.web.conftest import MakeApp
from tests.web.crawl import Crawl
from tests.web.hostile_site import build
from tests.web.hostile_texts import BEGINNINGS, TAIL

ANSWERS = {True: 150, False: 25}  # that are pages, at the very least: deeply or not
DEEPLY = "script"
HTMX = {"HX-Request": "true"}
TEMPLATES = ROOT / "setlist/templates"
UNSEEN: dict[str, str] = {}  # templates that no test here can reach, each with the reason


@pytest.fixture
def live(make_app: MakeApp) -> Flask:
    """As with keys of providers, since what is invented has no links to them."""
    key = SecretStr("key")
    given = {
        "ticketmaster_key": key,
        "setlistfm_key": key,
        "spotify_client_id": "x",
        "spotify_client_secret": key,
    }
    return make_app(sources=Sources.LIVE, event_streams=4, **given)


@contextmanager
def noted_templates(*apps: Flask) -> Iterator[set[str]]:
    """Also those that are included, imported or rendered as one block, which no signal tells of."""
    seen: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        for app in apps:
            for way in ("get_template", "select_template"):
                patch.setattr(app.jinja_env, way, noting(getattr(app.jinja_env, way), seen))
        yield seen


def noting(find: Callable[..., Template], seen: set[str]) -> Callable[..., Template]:
    def note(*given: Any, **more: Any) -> Template:
        found = find(*given, **more)
        seen.add(str(found.name))
        return found

    return note


def wish_and_add(crawl: Crawl, show: int, song: int, other: int) -> None:
    """What only a write answers with."""
    client = crawl.client
    for form in ({"wish": "on"}, {"wish": "off"}, {"wish": "on"}):
        crawl.look_at(client.post(f"/shows/{show}/songs/{song}/wish", data=form, headers=HTMX))
    gone = HTMX | {"HX-Target": "song-99999"}
    crawl.look_at(client.post(f"/shows/{show}/songs/99999/wish", data={"wish": "on"}, headers=gone))
    crawl.look_at(client.get(f"/shows/{show}/songs", query_string={"q": crawl.hostile[:20]}, headers=HTMX))
    for headers in (HTMX, {}):
        form = {"song": str(other), "q": crawl.hostile}
        crawl.look_at(client.post(f"/shows/{show}/songs", data=form, headers=headers))
    crawl.look_at(client.post(f"/shows/{show}/proof/mail", data={"email": crawl.hostile}))
    crawl.look_at(client.post("/search/lookups", data={"q": crawl.hostile}, headers=HTMX))
    crawl.look_at(
        client.post("/login", data={"email": crawl.hostile, "password": "x", "next": crawl.hostile})
    )


@pytest.mark.parametrize("beginning", ["script", "data", "no scheme"])  # the others: test_markup.py
def test_no_answer_runs_or_follows_what_it_was_told(
    live: Flask, make_app: MakeApp, session: Session, redis_client: redis.Redis, beginning: str
) -> None:
    hostile = BEGINNINGS[beginning] + TAIL
    site = build(session, hostile)
    strict = make_app(vote_rate_floor=0, sources=Sources.LIVE)
    with noted_templates(live, strict) as templates:
        operator = live.test_client()
        guest = Crawl(live, live.test_client(), site, hostile)
        asked_for_proof = Crawl(strict, strict.test_client(), site, hostile)
        wish_and_add(guest, site.open_show, site.songs[0], site.other_song)
        wish_and_add(asked_for_proof, site.open_show, site.songs[1], site.other_song)
        guest.go(deeply=beginning == DEEPLY)
        live_with_account(guest, session)
        redis_client.flushdb()  # its limits: a fan would not do all this within a minute
        sign_in_as(operator, session, "admin")
        admin = Crawl(live, operator, site, hostile)
        admin.go(deeply=beginning == DEEPLY)
    assert guest.found + asked_for_proof.found + admin.found == []
    assert min(guest.asked[200], admin.asked[200]) > ANSWERS[beginning == DEEPLY]
    if beginning == DEEPLY:
        on_disk = {str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.*")}
        assert on_disk - templates == UNSEEN.keys()
