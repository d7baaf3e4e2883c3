"""Every call of every client, sent to a mock server that refuses what the API's description does not allow.

Only the requests are judged, by the status of the mock's answer: its example bodies are not always such as
the real provider sends. A parameter that a description does not name goes through unseen. MusicBrainz has
no description that a mock can serve; its calls are checked against the sandbox (test_sandbox.py) alone.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from config import SpotifyMode
from setlist.providers.errors import ProviderError
from setlist.providers.setlistfm import SetlistFm
from setlist.providers.spotify import Spotify
from setlist.providers.spotify_token import Token
from setlist.providers.ticketmaster import Ticketmaster
from setlist.providers.wire import Answer, Call, Limits, Wire
from tests.providers.conftest import KEY, OpenGate, access_to
from tests.providers.prism.mock import needs_npm, needs_specs, serving

pytestmark = [needs_specs, needs_npm]

MBID = "83d91898-7763-47d7-b03b-b92132375c47"
SPOTIFY_IDS = ["3AA28KZvwAUcZuOKwyblJQ", "1nPRTKmS3Bn0f2ih11i2aH"]
ATTRACTIONS = ["K8vZ9175BhV", "K8vZ917G-R0"]
SINCE = datetime(2026, 11, 1, 12, tzinfo=UTC)
LEGAL = 200
ILLEGAL_THERE = {"ticketmaster": 400, "setlistfm": 422, "spotify": 422}

Ask = Callable[[Any], object]

# The method, and what is special about the call.
TICKETMASTER: dict[str, Ask] = {
    "attractions": lambda client: client.attractions("Velvet & Walrus, Mgła"),
    "attraction": lambda client: client.attraction(ATTRACTIONS[0]),
    "venue": lambda client: client.venue("KovZpZA6keIA"),
    "events of one act": lambda client: client.events(ATTRACTIONS[:1]),
    "events of two": lambda client: client.events(ATTRACTIONS),
    "events on the last page": lambda client: client.events(
        ATTRACTIONS, listings=["dated"], cursor="dated:4"
    ),
    "events without a date alone": lambda client: client.events(ATTRACTIONS, listings=["tba", "tbd"]),
    "events to be announced": lambda client: client.events(ATTRACTIONS, cursor="tba:1"),
    "events to be determined": lambda client: client.events(ATTRACTIONS, cursor="tbd:0"),
    "ping": lambda client: client.ping(),
}
SETLISTFM: dict[str, Ask] = {
    "setlists": lambda client: client.setlists(MBID),
    "setlists on a later page": lambda client: client.setlists(MBID, cursor="104"),
    "changed_setlists": lambda client: client.changed_setlists(MBID, since=SINCE),
    "changed_setlists on a later page": lambda client: client.changed_setlists(MBID, since=SINCE, cursor="2"),
    "search_artists": lambda client: client.search_artists("Cro‐Mags"),
    "ping": lambda client: client.ping(),
}
SPOTIFY: dict[str, Ask] = {
    "artist": lambda client: client.artist(SPOTIFY_IDS[0]),
    "artists": lambda client: client.artists(SPOTIFY_IDS),
    "search_artists": lambda client: client.search_artists('Mgła "live" & more'),
    "albums": lambda client: client.albums(SPOTIFY_IDS[0]),
    "albums on a later page": lambda client: client.albums(SPOTIFY_IDS[0], cursor="40"),
    "tracks": lambda client: client.tracks(SPOTIFY_IDS[1]),
    "tracks_of": lambda client: client.tracks_of(SPOTIFY_IDS),
    "ping": lambda client: client.ping(),
}
BATCHES: dict[str, Ask] = {
    "artists": lambda client: client.artists(SPOTIFY_IDS * 25),
    "tracks_of": lambda client: client.tracks_of(SPOTIFY_IDS * 10),
}


class RecordingWire(Wire):
    """Keeps what was asked and the status of what came; lets albums say that they have more tracks."""

    def __init__(self, provider: str, root: str) -> None:
        super().__init__(provider, Limits(), user_agent="Setlist tests", direct=True)
        self._root = root
        self.statuses: list[tuple[str, int]] = []

    def send(self, call: Call) -> Answer:
        answer = super().send(call)
        if not call.url.startswith(self._root):
            return answer  # of the token server
        self.statuses.append((call.endpoint, answer.status))
        if call.endpoint == "album" and (body := answer.json()):
            body["tracks"]["next"] = f"{call.url}/tracks?offset=50&limit=50"
            return replace(answer, body=json.dumps(body).encode())
        return answer


class Mock:
    """A client and what the mock server made of its requests."""

    def __init__(self, client: object, wire: RecordingWire) -> None:
        self.client = client
        self.wire = wire

    def statuses(self, call: Ask) -> list[tuple[str, int]]:
        self.wire.statuses.clear()
        with suppress(ProviderError):
            call(self.client)
        return list(self.wire.statuses)


@pytest.fixture(scope="module")
def ticketmaster_root() -> Iterator[str]:
    with serving("ticketmaster-discovery-v2-patched.yml") as root:
        yield root


@pytest.fixture(scope="module")
def setlistfm_root() -> Iterator[str]:
    with serving("setlistfm-1.0-patched-swagger2.json") as root:
        yield f"{root}/1.0"


@pytest.fixture(scope="module")
def spotify_root() -> Iterator[str]:
    with serving("spotify-fixed-open-api-2026.5.31.yml") as root:
        yield root


@contextmanager
def recording(provider: str, root: str) -> Iterator[RecordingWire]:
    wire = RecordingWire(provider, root)
    yield wire
    wire.close()


@pytest.fixture
def mocked_ticketmaster(ticketmaster_root: str, open_gate: OpenGate) -> Iterator[Mock]:
    with recording("ticketmaster", ticketmaster_root) as wire:
        gate = replace(open_gate("ticketmaster"), wire=wire)
        yield Mock(Ticketmaster(gate, ticketmaster_root, SecretStr(KEY)), wire)


@pytest.fixture
def mocked_setlistfm(setlistfm_root: str, open_gate: OpenGate) -> Iterator[Mock]:
    with recording("setlistfm", setlistfm_root) as wire:
        gate = replace(open_gate("setlistfm"), wire=wire)
        yield Mock(SetlistFm(gate, setlistfm_root, SecretStr(KEY)), wire)


OpenSpotify = Callable[[SpotifyMode], Mock]


@pytest.fixture
def open_spotify(spotify_root: str, open_gate: OpenGate, httpserver: HTTPServer) -> Iterator[OpenSpotify]:
    httpserver.expect_request("/api/token").respond_with_json({"access_token": KEY, "expires_in": 3600})
    with recording("spotify", spotify_root) as wire:
        gate = replace(open_gate("spotify"), wire=wire)

        def opening(mode: SpotifyMode) -> Mock:
            token = Token(gate, replace(access_to(httpserver), mode=mode))
            return Mock(Spotify(gate, spotify_root, token), wire)

        yield opening


@pytest.mark.parametrize(
    ("client", "calls"),
    [(Ticketmaster, TICKETMASTER), (SetlistFm, SETLISTFM), (Spotify, SPOTIFY)],
    ids=["Ticketmaster", "setlist.fm", "Spotify"],
)
def test_no_method_of_a_client_is_missing_here(client: type, calls: dict[str, Ask]) -> None:
    public = {name for name in vars(client) if not name.startswith("_")}
    assert {name.partition(" ")[0] for name in calls} == public


@pytest.mark.parametrize("name", TICKETMASTER)
def test_ticketmaster_allows(mocked_ticketmaster: Mock, name: str) -> None:
    assert [status for _, status in mocked_ticketmaster.statuses(TICKETMASTER[name])] == [LEGAL]


@pytest.mark.parametrize("name", SETLISTFM)
def test_setlistfm_allows(mocked_setlistfm: Mock, name: str) -> None:
    assert [status for _, status in mocked_setlistfm.statuses(SETLISTFM[name])] == [LEGAL]


@pytest.mark.parametrize("name", SPOTIFY)
def test_spotify_allows_in_development_mode(open_spotify: OpenSpotify, name: str) -> None:
    found = open_spotify(SpotifyMode.DEVELOPMENT).statuses(SPOTIFY[name])
    assert {status for _, status in found} == {LEGAL}


def test_spotify_allows_the_further_tracks_of_an_album(open_spotify: OpenSpotify) -> None:
    found = open_spotify(SpotifyMode.DEVELOPMENT).statuses(SPOTIFY["tracks"])
    assert found == [("album", LEGAL), ("album-tracks", LEGAL)]


@pytest.mark.parametrize("name", BATCHES)
def test_spotify_allows_batches_in_extended_mode(open_spotify: OpenSpotify, name: str) -> None:
    ((endpoint, status),) = open_spotify(SpotifyMode.EXTENDED).statuses(BATCHES[name])
    assert (endpoint.partition("-")[0], status) == ("several", LEGAL)


def test_the_description_of_spotify_is_of_development_mode(open_spotify: OpenSpotify) -> None:
    """It has the batches still, as deprecated, but none of the pages of 50: those stay unchecked here."""
    extended = open_spotify(SpotifyMode.EXTENDED)
    assert extended.statuses(SPOTIFY["albums"]) == [("albums", ILLEGAL_THERE["spotify"])]


@pytest.mark.parametrize(
    ("path", "params"), [("/events.json", {"apikey": KEY, "size": "201"}), ("/events.json", {"size": "20"})]
)
def test_ticketmaster_refuses_what_is_illegal(
    mocked_ticketmaster: Mock, ticketmaster_root: str, path: str, params: dict[str, str]
) -> None:
    """Or these tests would prove nothing; so do the two below."""
    answer = mocked_ticketmaster.wire.send(illegal(f"{ticketmaster_root}{path}", params))
    assert answer.status == ILLEGAL_THERE["ticketmaster"]


def test_setlistfm_refuses_what_is_illegal(mocked_setlistfm: Mock, setlistfm_root: str) -> None:
    for path, params in (
        (f"/artist/{MBID}/setlists", {"p": "0"}),
        ("/search/setlists", {"date": "2026-01-01"}),
    ):
        answer = mocked_setlistfm.wire.send(illegal(f"{setlistfm_root}{path}", params))
        assert answer.status == ILLEGAL_THERE["setlistfm"]


def test_spotify_refuses_what_is_illegal(open_spotify: OpenSpotify, spotify_root: str) -> None:
    wire = open_spotify(SpotifyMode.DEVELOPMENT).wire
    for path, params in (
        ("/search", {"type": "artist"}),
        ("/albums/x/tracks", {"limit": "51"}),
        ("/albums", {}),
    ):
        answer = wire.send(illegal(f"{spotify_root}{path}", params))
        assert answer.status == ILLEGAL_THERE["spotify"]


def illegal(url: str, params: dict[str, str]) -> Call:
    headers = {"Authorization": f"Bearer {KEY}", "x-api-key": KEY}
    return Call(endpoint="illegal", url=url, params=tuple(params.items()), headers=headers)
