"""Which artists URLs belong to: a hundred URLs a call, gathered over jobs."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from setlist.providers.musicbrainz import MusicBrainz
from setlist.services.batching import Gatherer
from tests.providers.conftest import OpenGate
from tests.providers.test_musicbrainz import OTHER, WALRUS


def test_names_only_what_belongs_to_one_artist(httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
    def found(url: str, *mbids: str) -> dict[str, Any]:
        return {"resource": url, "relations": [{"artist": {"id": mbid}} for mbid in mbids]}

    httpserver.expect_request("/ws/2/url").respond_with_json(
        {"url-count": 3, "urls": [found("https://a", WALRUS), found("https://b", WALRUS, OTHER), None]}
    )
    urls = ["https://a", "https://b", "https://c"]
    assert musicbrainz.artists_by_url(urls) == {"https://a": WALRUS}


def test_asks_for_a_hundred_at_once(httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
    httpserver.expect_request("/ws/2/url").respond_with_json({"urls": []})
    musicbrainz.artists_by_url([f"https://host/{number}" for number in range(150)])
    asked = [len(request.args.getlist("resource")) for request, _ in httpserver.log]
    assert asked == [100, 50]


def test_jobs_at_once_share_a_call(httpserver: HTTPServer, open_gate: OpenGate) -> None:
    def all_known(request: Request) -> Response:
        urls = request.args.getlist("resource")
        relations = [{"artist": {"id": WALRUS}}]
        return Response(json.dumps({"urls": [{"resource": url, "relations": relations} for url in urls]}))

    httpserver.expect_request("/ws/2/url").respond_with_handler(all_known)
    shared = Gatherer[str, str](4, wait=3_600.0)
    clients = [MusicBrainz(open_gate("musicbrainz"), httpserver.url_for("/ws/2"), shared) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda client, url: client.artists_by_url([url]), clients, "abcd"))
    assert found == [{url: WALRUS} for url in "abcd"]
    assert [sorted(request.args.getlist("resource")) for request, _ in httpserver.log] == [list("abcd")]


def test_a_single_unknown_url_is_no_error(httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
    httpserver.expect_request("/ws/2/url").respond_with_json({"error": "Not Found"}, status=404)
    assert musicbrainz.artists_by_url(["https://a"]) == {}


def test_a_single_known_url_comes_without_a_list(httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
    httpserver.expect_request("/ws/2/url").respond_with_json(
        {"resource": "https://a", "relations": [{"artist": {"id": WALRUS}}]}
    )
    assert musicbrainz.artists_by_url(["https://a"]) == {"https://a": WALRUS}
