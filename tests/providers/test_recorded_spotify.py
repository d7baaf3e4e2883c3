"""Recorded answers of Spotify."""

import json
import re

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from setlist.providers.errors import BadAnswer, Misconfigured, NotOffered, RateLimited, Refused
from setlist.providers.spotify import Spotify
from tests.providers.conftest import Serve
from tests.providers.recorded import needs_recordings, recorded

pytestmark = needs_recordings


def test_five_pages_of_albums_hold_81_although_they_say_83(httpserver: HTTPServer, spotify: Spotify) -> None:
    pages = {
        str(offset): recorded("spotify", f"artist-albums-gorillaz-p{number}")
        for number, offset in enumerate((0, 20, 40, 60, 80), start=1)
    }
    artist_id = re.findall(r"/artists/(\w+)/albums", pages["0"]["href"])[0]

    def page(request: Request) -> Response:
        text = json.dumps(pages[request.args["offset"]])
        return Response(text.replace("https://api.spotify.com", httpserver.url_for("").rstrip("/")))

    httpserver.expect_request(f"/v1/artists/{artist_id}/albums").respond_with_handler(page)
    first = following = spotify.albums(artist_id)
    albums = [*first.items]
    while following.cursor:
        following = spotify.albums(artist_id, cursor=following.cursor)
        albums += following.items
    assert (len(albums), first.total) == (81, 83)
    assert all(album.released and album.image_url and album.url for album in albums)


def test_a_total_that_is_wrong(serve: Serve, spotify: Spotify) -> None:
    serve(recorded("spotify", "artist-albums-total-mismatch"))
    page = spotify.albums("x")
    assert (len(page.items), page.total, page.cursor) == (7, 16, None)


def test_a_next_page_at_the_real_host_is_not_asked_from_here(serve: Serve, spotify: Spotify) -> None:
    serve(recorded("spotify", "artist-albums-page1-48of918-2026-03"))
    with pytest.raises(BadAnswer):
        spotify.albums("x")


@pytest.mark.parametrize(
    ("name", "tracks"),
    [
        ("album-by-id-unicode", 11),
        ("album-by-id-large", 26),
        ("beets-album-info", 24),
        ("beets-multiartist-album", 1),
    ],
)
def test_albums_bring_their_tracks(serve: Serve, spotify: Spotify, name: str, tracks: int) -> None:
    serve(recorded("spotify", name))
    found = spotify.tracks("x")
    assert len(found) == tracks
    assert all(track.title and track.duration_ms and track.artist_ids for track in found)


def test_tracks_of_other_endpoints_inside_an_album(serve: Serve, spotify: Spotify) -> None:
    floats = recorded("spotify", "zmb3-find-track-with-floats")
    remixes = recorded("spotify", "album-tracks-feat-remix")["items"]
    with_null = recorded("spotify", "zmb3-find-tracks-notfound")["tracks"]
    items = [floats, *remixes, *with_null]
    serve({"name": "All", "tracks": {"items": items, "next": None}})
    found = spotify.tracks("x")
    assert (found[0].duration_ms, found[0].isrcs) == (204_053, ("USRC11301695",))
    assert len(found) == len(items) - items.count(None)


def test_an_artist_and_a_search(serve: Serve, spotify: Spotify) -> None:
    serve(recorded("spotify", "artist-by-id"))
    assert spotify.artist("x").url is not None
    serve(recorded("spotify", "navidrome-search-artist"))
    assert len(spotify.search_artists("x")) == 20


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("400_invalid_limit", Refused),
        ("401_no_token", Misconfigured),
        ("403_removed_endpoint", NotOffered),
        ("403_premium_required_PLAIN_TEXT", Misconfigured),
        ("429_rate_limit", RateLimited),
        ("429_rate_limit_text", RateLimited),
        ("429_quota", RateLimited),
        ("token_invalid_client", Refused),
    ],
)
def test_errors(serve: Serve, spotify: Spotify, name: str, expected: type[Exception]) -> None:
    error = recorded("spotify", "errors-observed")[name]
    serve(error.get("body", error.get("body_text")), error["status"], error.get("headers"))
    with pytest.raises(expected):
        spotify.albums("x")
