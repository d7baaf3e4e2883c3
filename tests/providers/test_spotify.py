import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from setlist.providers.errors import (
    BadAnswer,
    Misconfigured,
    NotFound,
    NotOffered,
    RateLimited,
    Refused,
    Unavailable,
)
from setlist.providers.spotify import Spotify
from tests.providers.conftest import KEY

WALRUS = "3AA28KZvwAUcZuOKwyblJQ"
ALBUMS = f"/v1/artists/{WALRUS}/albums"


def album(**changes: Any) -> dict[str, Any]:
    return {"id": "1nPRTKmS3Bn0f2ih11i2aH", "name": "Ice", "album_type": "album"} | changes


def track(**changes: Any) -> dict[str, Any]:
    return {"id": "1zHlj4dQ8ZAtrayhuDDmkY", "name": "Tusk", "duration_ms": 204_053.0} | changes


def page(*items: Any, following: str | None = None, total: int = 0) -> dict[str, Any]:
    return {"items": list(items), "next": following, "total": total, "offset": 0, "limit": 10}


def error(status: int, message: str, **more: str) -> dict[str, Any]:
    return {"error": {"status": status, "message": message} | more}


class TestArtist:
    def test_reads_picture_and_link(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        link = f"https://open.spotify.com/artist/{WALRUS}"
        images = [
            {"url": "https://i.scdn.co/64", "width": 64},
            {"url": "https://i.scdn.co/640", "width": 640.0},
        ]
        httpserver.expect_request(f"/v1/artists/{WALRUS}").respond_with_json(
            {"id": WALRUS, "name": "Velvet Walrus", "images": images, "external_urls": {"spotify": link}}
        )
        found = spotify.artist(WALRUS)
        assert (found.id, found.image_url, found.url) == (WALRUS, "https://i.scdn.co/640", link)

    def test_search_keeps_spotify_s_order(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        items = [{"id": "b", "name": "Tribute"}, None, {"id": "a", "name": "Velvet Walrus"}]
        httpserver.expect_request("/v1/search").respond_with_json({"artists": page(*items)})
        assert [hit.id for hit in spotify.search_artists("Velvet Walrus")] == ["b", "a"]

    def test_a_blank_name_is_not_asked(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        assert spotify.search_artists("\n") == ()
        assert httpserver.log == []

    def test_one_without_a_name_is_a_bad_answer(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        httpserver.expect_request(f"/v1/artists/{WALRUS}").respond_with_json({"id": WALRUS})
        with pytest.raises(BadAnswer):
            spotify.artist(WALRUS)


class TestAlbums:
    def test_reads_what_it_is(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        items = [album(album_group="appears_on", release_date="2012"), album(release_date="2012-05-31"), None]
        httpserver.expect_request(
            ALBUMS,
            query_string={
                "include_groups": "album,single",
                "market": "US",
                "limit": "10",
                "offset": "0",
            },
            headers={"Authorization": f"Bearer {KEY}"},
        ).respond_with_json(page(*items, total=83))
        found = spotify.albums(WALRUS)
        assert [(item.group, item.released) for item in found.items] == [
            ("appears_on", "2012"),
            ("album", "2012-05-31"),
        ]
        assert (found.total, found.skipped, found.cursor) == (83, 1, None)

    def test_next_is_followed_and_not_the_total(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        """A short page is not the last, and a total larger than what came is no reason to go on."""
        following = httpserver.url_for(f"{ALBUMS}?offset=18&limit=10")
        httpserver.expect_oneshot_request(ALBUMS).respond_with_json(
            page(album(), following=following, total=1)
        )
        httpserver.expect_oneshot_request(ALBUMS).respond_with_json(page(album(), total=83))
        first = spotify.albums(WALRUS)
        second = spotify.albums(WALRUS, cursor=first.cursor)
        assert (first.cursor, second.cursor) == ("18", None)
        assert httpserver.log[-1][0].args["offset"] == "18"

    @pytest.mark.parametrize(
        "following",
        [
            f"https://api.spotify.com{ALBUMS}?offset=10",
            f"http://evil.example{ALBUMS}?offset=10",
            "{own}/v1/me?offset=10",
            "{own}" + ALBUMS + "?offset=0",
            "{own}" + ALBUMS + "?offset=-3",
            "{own}" + ALBUMS,
            "javascript:alert(1)",
            7,
        ],
    )
    def test_a_next_page_elsewhere_or_earlier_is_a_bad_answer(
        self, httpserver: HTTPServer, spotify: Spotify, following: Any
    ) -> None:
        if isinstance(following, str):
            following = following.replace("{own}", httpserver.url_for("").rstrip("/"))
        httpserver.expect_request(ALBUMS).respond_with_json(page(album(), following=following))
        with pytest.raises(BadAnswer):
            spotify.albums(WALRUS)

    def test_a_refused_limit_is_halved_once_and_remembered(
        self, httpserver: HTTPServer, spotify: Spotify
    ) -> None:
        def at_most_five(request: Request) -> Response:
            fits = int(request.args["limit"]) <= 5
            body = page(album()) if fits else error(400, "Invalid limit")
            return json_response(body, 200 if fits else 400)

        httpserver.expect_request(ALBUMS).respond_with_handler(at_most_five)
        assert len(spotify.albums(WALRUS).items) == 1
        spotify.albums(WALRUS)
        limits = [request.args["limit"] for request, _ in httpserver.log if request.path == ALBUMS]
        assert limits == ["10", "5", "5"]

    def test_a_limit_refused_twice_is_our_fault(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        httpserver.expect_request(ALBUMS).respond_with_json(error(400, "Invalid limit"), status=400)
        with pytest.raises(Refused):
            spotify.albums(WALRUS)

    def test_nothing_released_is_an_empty_page(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        httpserver.expect_request(ALBUMS).respond_with_json(page())
        assert spotify.albums(WALRUS).items == ()


class TestTracks:
    def test_the_album_brings_its_first_tracks(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        artists = [{"id": WALRUS}, {"id": None}, None]
        isrc = {"isrc": "gb-ayc-00-00001"}
        tracks = page(track(artists=artists, external_ids=isrc), None, track(name=" "))
        httpserver.expect_request("/v1/albums/ice").respond_with_json(
            album(release_date="2012-05", tracks=tracks)
        )
        (found,) = spotify.tracks("ice")
        assert (found.title, found.duration_ms, found.isrcs) == ("Tusk", 204_053, ("GBAYC0000001",))
        assert (found.album_title, found.released, found.artist_ids) == ("Ice", "2012-05", (WALRUS,))

    def test_the_rest_comes_page_by_page(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        url = httpserver.url_for("/v1/albums/ice/tracks")
        httpserver.expect_request("/v1/albums/ice").respond_with_json(
            album(tracks=page(track(), following=f"{url}?offset=50&limit=50"))
        )
        pages = {"50": page(track(), following=f"{url}?offset=100&limit=50"), "100": page(track())}
        for offset, body in pages.items():
            httpserver.expect_request(
                "/v1/albums/ice/tracks", query_string={"market": "US", "limit": "50", "offset": offset}
            ).respond_with_json(body)
        assert len(spotify.tracks("ice")) == 3

    def test_an_endless_album_has_an_end(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        url = httpserver.url_for("/v1/albums/ice/tracks")

        def one_more(request: Request) -> Response:
            offset = int(request.args.get("offset", 0)) + 1
            body = page(track(), following=f"{url}?offset={offset}")
            return json_response(album(tracks=body) if request.path.endswith("ice") else body)

        httpserver.expect_request("/v1/albums/ice").respond_with_handler(one_more)
        httpserver.expect_request("/v1/albums/ice/tracks").respond_with_handler(one_more)
        assert len(spotify.tracks("ice")) == 21

    def test_an_album_without_tracks_is_a_bad_answer(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        httpserver.expect_request("/v1/albums/ice").respond_with_json(album())
        with pytest.raises(BadAnswer):
            spotify.tracks("ice")


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "body", "expected"),
        [
            (404, error(404, "Resource not found"), NotFound),
            (400, error(400, "invalid id"), Refused),
            (403, error(403, "Forbidden"), NotOffered),
            (429, error(429, "API rate limit exceeded"), RateLimited),
            (502, {}, Unavailable),
        ],
    )
    def test_each_status_has_its_meaning(
        self,
        httpserver: HTTPServer,
        spotify: Spotify,
        status: int,
        body: dict[str, Any],
        expected: type[Exception],
    ) -> None:
        httpserver.expect_request(ALBUMS).respond_with_json(body, status=status)
        with pytest.raises(expected) as caught:
            spotify.albums(WALRUS)
        assert type(caught.value) is expected

    def test_an_owner_without_premium_is_told_so(self, httpserver: HTTPServer, spotify: Spotify) -> None:
        httpserver.expect_request(ALBUMS).respond_with_data(
            "Active premium subscription required for the owner of the app.", status=403
        )
        with pytest.raises(Misconfigured, match="Premium"):
            spotify.albums(WALRUS)

    @pytest.mark.parametrize(
        ("body", "headers", "seconds"),
        [
            (error(429, "x", reason="QUOTA_EXCEEDED"), {"Retry-After": "52531"}, 52_531),
            (error(429, "x", reason="QUOTA_EXCEEDED"), {}, 3600),
            (error(429, "x"), {"Retry-After": "7"}, 7),
            (error(429, "x"), {}, 5),
            (error(429, "x"), {"Retry-After": "soon"}, 5),
            (error(429, "x"), {"Retry-After": "999999999999"}, 48 * 3600),
        ],
    )
    def test_a_throttle_says_until_when(
        self,
        httpserver: HTTPServer,
        spotify: Spotify,
        body: dict[str, Any],
        headers: dict[str, str],
        seconds: int,
    ) -> None:
        httpserver.expect_request(ALBUMS).respond_with_json(body, status=429, headers=headers)
        before = datetime.now(UTC)
        with pytest.raises(RateLimited) as caught:
            spotify.albums(WALRUS)
        assert caught.value.until is not None
        wait = caught.value.until - before
        assert timedelta(seconds=seconds) <= wait < timedelta(seconds=seconds + 60)


def test_ping_is_one_call_besides_the_token(httpserver: HTTPServer, spotify: Spotify) -> None:
    httpserver.expect_request("/v1/search").respond_with_json({"artists": page()})
    spotify.ping()
    assert [request.path for request, _ in httpserver.log] == ["/api/token", "/v1/search"]


def json_response(body: dict[str, Any], status: int = 200) -> Response:
    answer = Response(status=status, content_type="application/json")
    answer.set_data(json.dumps(body))
    return answer
