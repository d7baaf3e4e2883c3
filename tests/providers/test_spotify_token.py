import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from setlist.providers.errors import BadAnswer, Misconfigured, RateLimited, Unavailable
from setlist.providers.spotify import Spotify
from setlist.providers.spotify_token import Token
from tests.providers.conftest import KEY, OpenGate, access_to


@pytest.fixture
def tokens(httpserver: HTTPServer) -> list[str]:
    """The tokens handed out: "token-0", "token-1" and so on."""
    given: list[str] = []

    def hand_out(_request: Request) -> Response:
        given.append(f"token-{len(given)}")
        return Response(json.dumps({"access_token": given[-1], "expires_in": 3600}))

    httpserver.expect_request("/api/token", method="POST").respond_with_handler(hand_out)
    return given


@pytest.fixture
def spotify(httpserver: HTTPServer, open_gate: OpenGate) -> Spotify:
    gate = open_gate("spotify")
    return Spotify(gate, httpserver.url_for("/v1"), Token(gate, access_to(httpserver)))


def accept_only(httpserver: HTTPServer, token: str) -> None:
    found = {"artists": {"items": [{"id": "a", "name": "Velvet Walrus"}]}}
    expired = {"error": {"status": 401, "message": "The access token expired"}}

    def check(request: Request) -> Response:
        if request.headers.get("Authorization") == f"Bearer {token}":
            return Response(json.dumps(found))
        return Response(json.dumps(expired), status=401)

    httpserver.expect_request("/v1/search").respond_with_handler(check)


def test_one_token_serves_many_calls(httpserver: HTTPServer, spotify: Spotify, tokens: list[str]) -> None:
    accept_only(httpserver, "token-0")
    spotify.search_artists("x")
    spotify.search_artists("x")
    assert tokens == ["token-0"]


def test_a_token_that_expired_is_renewed_once(
    httpserver: HTTPServer, spotify: Spotify, tokens: list[str]
) -> None:
    accept_only(httpserver, "token-1")
    assert len(spotify.search_artists("x")) == 1
    assert tokens == ["token-0", "token-1"]


def test_a_token_refused_twice_is_the_operator_s_matter(
    httpserver: HTTPServer, spotify: Spotify, tokens: list[str]
) -> None:
    accept_only(httpserver, "never")
    with pytest.raises(Misconfigured):
        spotify.search_artists("x")
    assert tokens == ["token-0", "token-1"]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"error": "invalid_client", "error_description": "Invalid client secret"}, Misconfigured),
        (401, {"error": "invalid_client"}, Misconfigured),
        (429, {}, RateLimited),
        (500, {}, Unavailable),
        (200, {}, BadAnswer),
        (200, {"access_token": "two\r\nlines"}, BadAnswer),
    ],
)
def test_a_token_that_is_not_given(
    httpserver: HTTPServer,
    spotify: Spotify,
    status: int,
    body: dict[str, str],
    expected: type[Exception],
) -> None:
    httpserver.expect_request("/api/token").respond_with_json(body, status=status)
    with pytest.raises(expected) as caught:
        spotify.search_artists("x")
    assert KEY not in str(caught.value)


def test_a_token_that_another_thread_renewed_is_kept(
    httpserver: HTTPServer, open_gate: OpenGate, tokens: list[str]
) -> None:
    token = Token(open_gate("spotify"), access_to(httpserver))
    old = token.current()
    token.forget(old)
    new = token.current()
    token.forget(old)
    assert token.current() == new
    assert tokens == [old, new]
