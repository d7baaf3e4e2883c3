"""How MusicBrainz says no."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers.errors import Misconfigured, NotFound, RateLimited, Refused, Unavailable
from setlist.providers.musicbrainz import MusicBrainz

WALRUS = "6f1a2b3c-0000-4000-8000-000000000001"
OTHER = "6f1a2b3c-0000-4000-8000-000000000002"


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (404, {"error": "Not Found"}, NotFound),
            (400, {"error": "x is not a valid inc parameter for the artist resource."}, Refused),
            (403, {"error": "Forbidden"}, Misconfigured),
            (429, {}, RateLimited),
            (500, {}, Unavailable),
            (503, {"error": "The database is read-only."}, Unavailable),
            (503, {"error": "Your requests are exceeding the allowable rate limit (22.3)."}, RateLimited),
        ],
    )
    def test_each_status_has_its_meaning(
        self,
        httpserver: HTTPServer,
        musicbrainz: MusicBrainz,
        status: int,
        body: dict[str, Any],
        error: type[Exception],
    ) -> None:
        httpserver.expect_request(f"/ws/2/artist/{WALRUS}").respond_with_json(body, status=status)
        with pytest.raises(error) as caught:
            musicbrainz.artist(WALRUS)
        assert type(caught.value) is error

    def test_the_throttle_names_no_time_so_we_do(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        httpserver.expect_request(f"/ws/2/artist/{WALRUS}").respond_with_json(
            {"error": "slow down"}, status=503, headers={"X-Rate-Limited": "22.3 22.0 20"}
        )
        with pytest.raises(RateLimited) as caught:
            musicbrainz.artist(WALRUS)
        assert caught.value.until is not None
        assert caught.value.until < datetime.now(UTC) + timedelta(seconds=10)

    @pytest.mark.parametrize("id", ["", " ", ".", "..", "\x00"])
    def test_an_id_that_cannot_be_one_is_not_asked(self, musicbrainz: MusicBrainz, id: str) -> None:
        with pytest.raises(NotFound):
            musicbrainz.artist(id)
