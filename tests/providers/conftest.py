"""The real clients, pointed at real sockets of this machine."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from config import SpotifyMode
from setlist.providers.base import Gate
from setlist.providers.errors import ProviderError
from setlist.providers.musicbrainz import MusicBrainz
from setlist.providers.reading import Json
from setlist.providers.setlistfm import SetlistFm
from setlist.providers.spotify import Spotify
from setlist.providers.spotify_token import SpotifyAccess, Token
from setlist.providers.ticketmaster import Ticketmaster
from setlist.providers.translation import usual_error
from setlist.providers.wire import Answer, Call, Limits, Wire
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread
from setlist.services.breaker import BreakerRule, Breakers
from setlist.services.budget import BudgetRule
from setlist.services.spending import Budget

KEY = "key-that-nobody-may-read"

BUT_TOKENS = re.compile(r"/(?!api/token).*")

OpenGate = Callable[..., Gate]
Serve = Callable[..., None]

QUICK = BudgetRule(per_second=100, longest_wait=1)  # what lasts longer is said at once
UNPACED = BudgetRule(per_second=1_000_000)


class Counter:
    """Hears of every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def __call__(self, provider: str, endpoint: str) -> None:
        self.calls.append((provider, endpoint))


def usual(answer: Answer) -> ProviderError:
    return usual_error("someone", answer)


def as_it_is(body: Json) -> Json:
    return body


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def call(httpserver: HTTPServer) -> Call:
    return Call(endpoint="songs", url=httpserver.url_for("/songs"))


@pytest.fixture
def open_gate() -> Iterator[OpenGate]:
    """A gate with a breaker and a budget of its own; `limits` and any field of Gate may be given."""
    wires: list[Wire] = []

    def opening(provider: str, limits: Limits | None = None, **fields: object) -> Gate:
        wires.append(Wire(provider, limits or Limits(), user_agent="Setlist tests", direct=True))
        fields.setdefault("budget", Budget(provider, UNPACED))
        fields.setdefault("breaker", Breakers().get(provider, BreakerRule(points=1_000)))
        return Gate(provider=provider, wire=wires[-1], **fields)  # type: ignore[arg-type]

    yield opening
    for wire in wires:
        wire.close()


@pytest.fixture
def musicbrainz(httpserver: HTTPServer, open_gate: OpenGate) -> MusicBrainz:
    return MusicBrainz(open_gate("musicbrainz"), httpserver.url_for("/ws/2"))


@pytest.fixture
def ticketmaster(httpserver: HTTPServer, open_gate: OpenGate) -> Ticketmaster:
    return Ticketmaster(open_gate("ticketmaster"), httpserver.url_for("/discovery/v2"), SecretStr(KEY))


@pytest.fixture
def setlistfm(httpserver: HTTPServer, open_gate: OpenGate) -> SetlistFm:
    return SetlistFm(open_gate("setlistfm"), httpserver.url_for("/rest/1.0"), SecretStr(KEY))


@pytest.fixture
def spotify(httpserver: HTTPServer, open_gate: OpenGate) -> Spotify:
    """With a token endpoint that always gives a token."""
    httpserver.expect_request("/api/token", method="POST").respond_with_json(
        {"access_token": KEY, "token_type": "Bearer", "expires_in": 3600}
    )
    gate = open_gate("spotify")
    return Spotify(gate, httpserver.url_for("/v1"), Token(gate, access_to(httpserver)))


@pytest.fixture
def extended(spotify: Spotify, httpserver: HTTPServer, open_gate: OpenGate) -> Spotify:
    """As `spotify`, of an account in extended mode."""
    gate = open_gate("spotify")
    access = replace(access_to(httpserver), mode=SpotifyMode.EXTENDED)
    return Spotify(gate, httpserver.url_for("/v1"), Token(gate, access))


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Lets the server answer every request but that for a token with one body."""

    def serving(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        httpserver.clear()
        httpserver.expect_request("/api/token").respond_with_json({"access_token": "t", "expires_in": 60})
        text = body if isinstance(body, str) else json.dumps(body)
        answer = httpserver.expect_request(BUT_TOKENS)
        answer.respond_with_data(text, status, headers, content_type="application/json")

    return serving


@pytest.fixture(scope="session")
def whole_sandbox() -> Iterator[RunningSandbox]:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with start_in_thread(SandboxOptions(artists=40, latency_ms=0, now=now)) as running:
        yield running


@pytest.fixture
def sandbox(whole_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The program that stands in for the four providers, without limits, latency or faults at first."""
    whole_sandbox.sandbox.switches.restore()
    whole_sandbox.sandbox.switches.reset_counts()
    yield whole_sandbox
    whole_sandbox.sandbox.switches.restore()


def access_to(httpserver: HTTPServer) -> SpotifyAccess:
    return SpotifyAccess(
        token_url=httpserver.url_for("/api/token"), client_id="setlist", client_secret=SecretStr(KEY)
    )
