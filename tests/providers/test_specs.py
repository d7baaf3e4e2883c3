"""Every call of every client, sent to a mock server that refuses what the API's description does not allow.

Only the requests are judged, by the status of the mock's answer: its example bodies are not always such as
the real provider sends. It lets parameters through that a description does not know, so their names are
looked for there as well. MusicBrainz has no description that a mock can serve; its calls are checked
against the sandbox (test_sandbox.py) alone.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
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
from setlist.providers.wire import Call
from tests.providers.conftest import KEY, OpenGate, access_to
from tests.providers.prism.mock import installed, parameters, serving
from tests.providers.prism.recording import LEGAL, RecordingWire, recording, why

MBID = "83d91898-7763-47d7-b03b-b92132375c47"
SPOTIFY_IDS = ["3AA28KZvwAUcZuOKwyblJQ", "1nPRTKmS3Bn0f2ih11i2aH"]
ATTRACTIONS = ["K8vZ9175BhV", "K8vZ917G-R0"]
SINCE = datetime(2026, 11, 1, 12, tzinfo=UTC)
DESCRIPTIONS = {
    "ticketmaster": "ticketmaster-discovery-v2-patched.yml",
    "setlistfm": "setlistfm-1.0-patched-swagger2.json",
    "spotify": "spotify-fixed-open-api-2026.5.31.yml",
}
# Ticketmaster takes it for attractions too, which this copy of its description leaves out.
LEFT_OUT = {"segmentId"}
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
def prism() -> Path:
    return installed()


@pytest.fixture(scope="module")
def ticketmaster_root(prism: Path) -> Iterator[str]:
    with serving(prism, DESCRIPTIONS["ticketmaster"]) as root:
        yield root


@pytest.fixture(scope="module")
def setlistfm_root(prism: Path) -> Iterator[str]:
    with serving(prism, DESCRIPTIONS["setlistfm"]) as root:
        yield f"{root}/1.0"


@pytest.fixture(scope="module")
def spotify_root(prism: Path) -> Iterator[str]:
    with serving(prism, DESCRIPTIONS["spotify"]) as root:
        yield root


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
    assert mocked_ticketmaster.wire.parameters - LEFT_OUT <= parameters(DESCRIPTIONS["ticketmaster"])


@pytest.mark.parametrize("name", SETLISTFM)
def test_setlistfm_allows(mocked_setlistfm: Mock, name: str) -> None:
    assert [status for _, status in mocked_setlistfm.statuses(SETLISTFM[name])] == [LEGAL]
    assert mocked_setlistfm.wire.parameters <= parameters(DESCRIPTIONS["setlistfm"])


@pytest.mark.parametrize("name", SPOTIFY)
def test_spotify_allows_in_development_mode(open_spotify: OpenSpotify, name: str) -> None:
    mock = open_spotify(SpotifyMode.DEVELOPMENT)
    assert {status for _, status in mock.statuses(SPOTIFY[name])} == {LEGAL}
    assert mock.wire.parameters <= parameters(DESCRIPTIONS["spotify"])


def test_spotify_allows_the_further_tracks_of_an_album(open_spotify: OpenSpotify) -> None:
    found = open_spotify(SpotifyMode.DEVELOPMENT).statuses(SPOTIFY["tracks"])
    assert found == [("album", LEGAL), ("album-tracks", LEGAL)]


@pytest.mark.parametrize("name", BATCHES)
def test_spotify_allows_batches_in_extended_mode(open_spotify: OpenSpotify, name: str) -> None:
    mock = open_spotify(SpotifyMode.EXTENDED)
    ((endpoint, status),) = mock.statuses(BATCHES[name])
    assert (endpoint.partition("-")[0], status) == ("several", LEGAL)
    assert mock.wire.parameters <= parameters(DESCRIPTIONS["spotify"])


def test_the_description_of_spotify_is_of_development_mode(open_spotify: OpenSpotify) -> None:
    """It has the batches still, as deprecated, but none of the pages of 50: those stay unchecked here."""
    extended = open_spotify(SpotifyMode.EXTENDED)
    assert extended.statuses(SPOTIFY["albums"]) == [("albums", ILLEGAL_THERE["spotify"])]


@pytest.mark.parametrize(
    ("params", "problem"),
    [({"apikey": KEY, "size": "201"}, "size must be <= 200"), ({"size": "20"}, "required property 'apikey'")],
)
def test_ticketmaster_refuses_what_is_illegal(
    mocked_ticketmaster: Mock, ticketmaster_root: str, params: dict[str, str], problem: str
) -> None:
    """Or these tests would prove nothing; so do the others below."""
    answer = mocked_ticketmaster.wire.send(illegal(f"{ticketmaster_root}/events.json", params))
    assert (answer.status, problem in why(answer)) == (ILLEGAL_THERE["ticketmaster"], True)


@pytest.mark.parametrize(
    ("path", "params", "problem"),
    [
        (f"/artist/{MBID}/setlists", {"p": "0"}, "p must be >= 1"),
        ("/search/setlists", {"date": "2026-01-01"}, "date must match pattern"),
    ],
)
def test_setlistfm_refuses_what_is_illegal(
    mocked_setlistfm: Mock, setlistfm_root: str, path: str, params: dict[str, str], problem: str
) -> None:
    answer = mocked_setlistfm.wire.send(illegal(f"{setlistfm_root}{path}", params))
    assert (answer.status, problem in why(answer)) == (ILLEGAL_THERE["setlistfm"], True)


@pytest.mark.parametrize(
    ("path", "params", "problem"),
    [
        ("/search", {"type": "artist"}, "required property 'q'"),
        ("/albums/x/tracks", {"limit": "51"}, "limit must be <= 50"),
        ("/albums", {}, "required property 'ids'"),
    ],
)
def test_spotify_refuses_what_is_illegal(
    open_spotify: OpenSpotify, spotify_root: str, path: str, params: dict[str, str], problem: str
) -> None:
    answer = open_spotify(SpotifyMode.DEVELOPMENT).wire.send(illegal(f"{spotify_root}{path}", params))
    assert (answer.status, problem in why(answer)) == (ILLEGAL_THERE["spotify"], True)


@pytest.mark.parametrize("description", DESCRIPTIONS.values())
def test_a_misspelt_parameter_is_in_no_description(prism: Path, description: str) -> None:
    assert "pagesize" not in parameters(description)


def illegal(url: str, params: dict[str, str]) -> Call:
    headers = {"Authorization": f"Bearer {KEY}", "x-api-key": KEY}
    return Call(endpoint="illegal", url=url, params=tuple(params.items()), headers=headers)
