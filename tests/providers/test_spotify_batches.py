"""What Spotify is asked in extended mode, and how a client learns that it is not in it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config import SpotifyMode
from setlist.providers.answers import TrackRecord
from setlist.providers.errors import BadAnswer
from setlist.providers.spotify import Spotify
from setlist.providers.spotify_token import Token
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.server import RunningSandbox
from tests.providers.conftest import OpenGate, access_to
from tests.providers.test_spotify import album, error, json_response, page, track

IDS = [f"album{number:017}" for number in range(45)]

FALLEN_BACK = "Spotify has this app in development mode: SPOTIFY_MODE should be development"

OpenSpotify = Callable[[SpotifyMode], Spotify]


@pytest.fixture
def in_sandbox(sandbox: RunningSandbox, httpserver: HTTPServer, open_gate: OpenGate) -> OpenSpotify:
    """A client of its own token; both the account and the client are in the mode that is given."""

    def opening(mode: SpotifyMode) -> Spotify:
        sandbox.sandbox.switches.spotify_mode = mode.value
        gate = open_gate("spotify")
        access = replace(access_to(httpserver), mode=mode, token_url=f"{sandbox.url}/spotify/api/token")
        return Spotify(gate, f"{sandbox.url}/spotify/v1", Token(gate, access))

    return opening


def asked(httpserver: HTTPServer, path: str) -> list[Request]:
    return [request for request, _ in httpserver.log if request.path == path]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno == logging.WARNING]


def shelf(request: Request) -> Response:
    """Each album with one track of the album's own id; every seventh is not known."""
    ids = request.args["ids"].split(",")
    shelves = [
        album(id=id, tracks=page(track(id=id))) if number % 7 else None for number, id in enumerate(ids, 1)
    ]
    return json_response({"albums": shelves})


def test_albums_come_by_twenty_and_unknown_ones_are_skipped(
    httpserver: HTTPServer, extended: Spotify
) -> None:
    httpserver.expect_request("/v1/albums").respond_with_handler(shelf)
    found = extended.tracks_of(IDS)
    assert [len(request.args["ids"].split(",")) for request in asked(httpserver, "/v1/albums")] == [20, 20, 5]
    assert len(found) == 45 - 2 - 2
    assert len({record.id for record in found}) == len(found)


def test_an_album_in_a_batch_may_have_further_tracks(httpserver: HTTPServer, extended: Spotify) -> None:
    url = httpserver.url_for("/v1/albums/ice/tracks")
    first = page(track(), following=f"{url}?offset=50&limit=50")
    httpserver.expect_request("/v1/albums").respond_with_json({"albums": [album(id="ice", tracks=first)]})
    httpserver.expect_request("/v1/albums/ice/tracks").respond_with_json(page(track(name="Floe")))
    found = extended.tracks_of(["ice"])
    assert [(record.title, record.album_title) for record in found] == [("Tusk", "Ice"), ("Floe", "Ice")]


def test_artists_come_by_fifty(httpserver: HTTPServer, extended: Spotify) -> None:
    def acts(request: Request) -> Response:
        ids = request.args["ids"].split(",")
        return json_response({"artists": [None, *({"id": id, "name": "Walrus"} for id in ids[1:])]})

    httpserver.expect_request("/v1/artists").respond_with_handler(acts)
    found = extended.artists([f"act{number}" for number in range(60)])
    asked_for = [len(request.args["ids"].split(",")) for request in asked(httpserver, "/v1/artists")]
    assert (asked_for, len(found)) == ([50, 10], 58)


def test_pages_are_of_fifty(httpserver: HTTPServer, extended: Spotify) -> None:
    httpserver.expect_request("/v1/artists/act/albums").respond_with_json(page())
    extended.albums("act")
    assert asked(httpserver, "/v1/artists/act/albums")[0].args["limit"] == "50"


def test_nothing_asked_for_is_no_call(httpserver: HTTPServer, extended: Spotify) -> None:
    assert (extended.tracks_of([]), extended.artists([])) == ((), ())
    assert httpserver.log == []


def test_without_the_right_to_batches_it_asks_one_by_one_and_warns_once(
    httpserver: HTTPServer, extended: Spotify, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_request("/v1/albums").respond_with_json(error(403, "Forbidden"), status=403)
    httpserver.expect_request("/v1/artists").respond_with_json(error(403, "Forbidden"), status=403)
    httpserver.expect_request("/v1/albums/ice").respond_with_json(album(tracks=page(track())))
    httpserver.expect_request("/v1/artists/act").respond_with_json({"id": "act", "name": "Walrus"})
    httpserver.expect_request("/v1/artists/gone").respond_with_json(error(404, "x"), status=404)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert len(extended.tracks_of(["ice"])) == 1
            assert [act.id for act in extended.artists(["gone", "act"])] == ["act"]
    assert len(asked(httpserver, "/v1/albums")) == 1
    assert asked(httpserver, "/v1/artists") == []
    assert warnings(caplog) == [FALLEN_BACK]


def test_without_the_right_to_batches_pages_are_those_of_development_mode_too(
    httpserver: HTTPServer, extended: Spotify
) -> None:
    httpserver.expect_request("/v1/artists").respond_with_json(error(403, "Forbidden"), status=403)
    httpserver.expect_request("/v1/artists/act").respond_with_json({"id": "act", "name": "Walrus"})
    httpserver.expect_request("/v1/artists/act/albums").respond_with_json(page())
    extended.artists(["act"])
    extended.albums("act")
    assert [request.args["limit"] for request in asked(httpserver, "/v1/artists/act/albums")] == ["10"]


def test_pages_that_are_refused_are_those_of_development_mode_from_then_on_and_batches_are_not_tried(
    httpserver: HTTPServer, extended: Spotify, caplog: pytest.LogCaptureFixture
) -> None:
    def at_most_ten(request: Request) -> Response:
        fits = int(request.args["limit"]) <= 10
        return json_response(page(album()) if fits else error(400, "Invalid limit"), 200 if fits else 400)

    httpserver.expect_request("/v1/artists/act/albums").respond_with_handler(at_most_ten)
    for _ in range(2):
        assert len(extended.albums("act").items) == 1
    limits = [request.args["limit"] for request in asked(httpserver, "/v1/artists/act/albums")]
    assert limits == ["50", "10", "10"]
    httpserver.expect_request("/v1/albums/ice").respond_with_json(album(tracks=page(track())))
    assert len(extended.tracks_of(["ice"])) == 1
    assert asked(httpserver, "/v1/albums") == []
    assert warnings(caplog) == [FALLEN_BACK]


@pytest.mark.parametrize(
    ("mode", "sizes"), [(SpotifyMode.EXTENDED, [50, 10]), (SpotifyMode.DEVELOPMENT, [10, 5])]
)
def test_threads_that_are_refused_at_once_shrink_pages_once(
    httpserver: HTTPServer, open_gate: OpenGate, mode: SpotifyMode, sizes: list[int]
) -> None:
    token = Token(open_gate("spotify"), replace(access_to(httpserver), mode=mode))
    refused = token.page_size
    assert [token.shrink_pages(refused), token.shrink_pages(refused)] == [True, True]
    assert [refused, token.page_size] == sizes


@pytest.mark.parametrize("client", ["spotify", "extended"])
def test_an_album_that_is_gone_is_left_out_in_both_modes(
    request: pytest.FixtureRequest, httpserver: HTTPServer, client: str
) -> None:
    here = album(tracks=page(track()))
    httpserver.expect_request("/v1/albums").respond_with_json({"albums": [None, here]})
    httpserver.expect_request("/v1/albums/gone").respond_with_json(error(404, "x"), status=404)
    httpserver.expect_request("/v1/albums/ice").respond_with_json(here)
    assert len(request.getfixturevalue(client).tracks_of(["gone", "ice"])) == 1


def test_an_album_without_an_id_is_a_bad_answer(httpserver: HTTPServer, extended: Spotify) -> None:
    nameless = album(id=None, tracks=page(track()))
    httpserver.expect_request("/v1/albums").respond_with_json({"albums": [nameless]})
    with pytest.raises(BadAnswer):
        extended.tracks_of(["ice"])


def test_both_modes_find_the_same_and_extended_with_fewer_calls(
    sandbox: RunningSandbox, in_sandbox: OpenSpotify
) -> None:
    catalogue: Catalogue = sandbox.sandbox.catalogue
    found: dict[SpotifyMode, list[TrackRecord]] = {}
    calls: dict[SpotifyMode, dict[str, Any]] = {}
    albums: list[str] = []
    for mode in SpotifyMode:
        client = in_sandbox(mode)
        sandbox.sandbox.switches.reset_counts()
        albums = all_albums(client, catalogue.spotify_id(0))
        found[mode] = sorted(client.tracks_of(albums), key=lambda record: record.id)
        calls[mode] = sandbox.sandbox.switches.counts.described()["calls"]["spotify"]
    development, extended = calls[SpotifyMode.DEVELOPMENT], calls[SpotifyMode.EXTENDED]
    assert found[SpotifyMode.DEVELOPMENT] == found[SpotifyMode.EXTENDED]
    assert development["artist albums"] > extended["artist albums"]
    assert development["album"] == len(albums)
    assert extended["several albums"] == -(-len(albums) // 20)
    assert "album" not in extended


def all_albums(client: Spotify, artist_id: str) -> list[str]:
    page = client.albums(artist_id)
    found = list(page.items)
    while page.cursor is not None:
        page = client.albums(artist_id, cursor=page.cursor)
        found += page.items
    return [album.id for album in found]
