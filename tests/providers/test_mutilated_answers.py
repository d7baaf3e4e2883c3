"""Well-formed answers with anything at all in any place: nothing but a ProviderError comes out."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Response

from setlist.providers.errors import ProviderError
from tests.providers.conftest import BUT_TOKENS

MBID = "6f1a2b3c-0000-4000-8000-000000000001"
PICTURES = [{"url": "https://host/640", "width": 640, "fallback": False}]
ACT = {
    "id": "K8vZ9171Jo7",
    "name": "Velvet Walrus",
    "externalLinks": {
        "musicbrainz": [{"id": MBID}],
        "spotify": [{"url": "https://open.spotify.com/artist/x"}],
    },
    "classifications": [{"genre": {"name": "Rock"}, "subGenre": {"name": "Pop"}}],
    "upcomingEvents": {"_total": 14},
    "images": PICTURES,
}
EVENT = {
    "id": "vvG1YZ9ASfN7Jv",
    "name": "Ice Tour",
    "url": "https://www.ticketmaster.com/1",
    "images": PICTURES,
    "dates": {
        "start": {"localDate": "2027-11-06", "localTime": "18:30:00", "dateTime": "2027-11-07T00:30:00Z"},
        "initialStartDate": {"localDate": "2027-09-13"},
        "timezone": "America/Chicago",
        "status": {"code": "rescheduled"},
    },
    "_embedded": {
        "attractions": [ACT],
        "venues": [
            {
                "id": "KovZ1",
                "name": "Spectrum",
                "timezone": "America/Chicago",
                "state": {"stateCode": "TX"},
                "country": {"countryCode": "US"},
                "location": {"latitude": "32.7", "longitude": "-97.0"},
            }
        ],
    },
}
SETLIST = {
    "id": "53e25fed",
    "versionId": "g5b433b2",
    "eventDate": "27-09-2026",
    "lastUpdated": "2026-09-28T11:25:45.000+0000",
    "artist": {"mbid": MBID, "name": "Velvet Walrus"},
    "venue": {"id": "33d6acf1", "name": "E-Werk", "city": {"name": "Köln", "country": {"code": "DE"}}},
    "sets": {"set": [{"name": "Set 1:", "encore": 1, "song": [{"name": "Tusk", "cover": {"mbid": MBID}}]}]},
}
ARTIST = {
    "id": MBID,
    "name": "Velvet Walrus",
    "area": {"name": "Leeds", "iso-3166-1-codes": ["GB"]},
    "life-span": {"begin": "1988-01", "end": None},
    "genres": [{"name": "rock", "count": 2}],
    "aliases": [{"name": "VW"}],
    "relations": [{"url": {"resource": "https://open.spotify.com/artist/x"}, "ended": False}],
    "score": 100,
}
RECORDING = {
    "id": MBID,
    "title": "Tusk",
    "length": 201_000,
    "isrcs": ["GBAYC0000001"],
    "artist-credit": [{"artist": {"id": MBID}}],
    "first-release-date": "1999-09",
}
GROUP = {"id": MBID, "title": "Ice", "primary-type": "Album", "secondary-types": ["Live"]}
ALBUM = {"id": "a", "name": "Ice", "album_type": "album", "release_date": "2012", "images": PICTURES}
TRACK = {
    "id": "t",
    "name": "Tusk",
    "duration_ms": 1.0,
    "artists": [{"id": "a"}],
    "external_ids": {"isrc": "x"},
}

CASES: dict[str, tuple[str, dict[str, Any], Callable[[Any], object]]] = {
    "musicbrainz search": (
        "musicbrainz",
        {"count": 1, "artists": [ARTIST]},
        lambda client: client.search_artists("x"),
    ),
    "musicbrainz artist": ("musicbrainz", ARTIST, lambda client: client.artist(MBID)),
    "musicbrainz recordings": (
        "musicbrainz",
        {"recording-count": 1, "recordings": [RECORDING]},
        lambda client: client.recordings(MBID),
    ),
    "musicbrainz recording count": (
        "musicbrainz",
        {"recording-count": 1, "recordings": [RECORDING]},
        lambda client: client.recording_count(MBID),
    ),
    "musicbrainz release groups": (
        "musicbrainz",
        {"release-group-count": 1, "release-groups": [GROUP]},
        lambda client: client.release_groups(MBID),
    ),
    "musicbrainz urls": (
        "musicbrainz",
        {"urls": [{"resource": "https://a", "relations": [{"artist": {"id": MBID}, "ended": False}]}]},
        lambda client: client.artists_by_url(["https://a"]),
    ),
    "ticketmaster attractions": (
        "ticketmaster",
        {"_embedded": {"attractions": [ACT]}, "page": {"totalPages": 1}},
        lambda client: client.attractions("x"),
    ),
    "ticketmaster events": (
        "ticketmaster",
        {"_embedded": {"events": [EVENT]}, "page": {"totalPages": 1, "totalElements": 1}, "_links": {}},
        lambda client: client.events(["x"]),
    ),
    "setlist.fm setlists": (
        "setlistfm",
        {"total": 1, "itemsPerPage": 20, "setlist": [SETLIST]},
        lambda client: client.setlists(MBID),
    ),
    "setlist.fm changed setlists": (
        "setlistfm",
        {"total": 1, "itemsPerPage": 20, "setlist": [SETLIST]},
        lambda client: client.changed_setlists(MBID, since=datetime(2026, 9, 1, tzinfo=UTC)),
    ),
    "spotify albums": (
        "spotify",
        {"items": [ALBUM], "next": None, "total": 1},
        lambda client: client.albums("x"),
    ),
    "spotify tracks": (
        "spotify",
        ALBUM | {"tracks": {"items": [TRACK], "next": None}},
        lambda client: client.tracks("x"),
    ),
    "spotify tracks of several": (
        "extended",
        {"albums": [ALBUM | {"tracks": {"items": [TRACK], "next": None}}]},
        lambda client: client.tracks_of(["x"]),
    ),
    "spotify artists": (
        "extended",
        {"artists": [{"id": "a", "name": "Velvet Walrus", "images": PICTURES}]},
        lambda client: client.artists(["x"]),
    ),
}
ODD_TEXTS = ["", " ", "\x00", "\ud800", "x" * 5_000, "1900-01-01", "http://[", "9" * 5_000, "١٢٣٤-٠١", "NaN"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD_TEXTS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def mutilated(draw: st.DrawFn, body: dict[str, Any]) -> Any:
    """The body with one to three of its values, wherever they are, replaced."""
    result: Any = {"": copy.deepcopy(body)}
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(result))))
        holder[key] = draw(ANYTHING)
    return result[""]


@pytest.mark.parametrize("case", CASES)
def test_whatever_is_in_it(request: pytest.FixtureRequest, httpserver: HTTPServer, case: str) -> None:
    provider, body, call = CASES[case]
    client = request.getfixturevalue(provider)
    current = [body]
    httpserver.expect_request(BUT_TOKENS).respond_with_handler(lambda _: Response(json.dumps(current[0])))
    call(client)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutilated(body))
    def check(broken: Any) -> None:
        current[0] = broken
        try:
            found = call(client)
        except ProviderError:
            return
        written = repr(found)  # in which NUL and lone surrogates, which no database takes, are escaped
        assert "\\x00" not in written
        assert "\\ud8" not in written

    check()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a structure in which a value stands, as its holder and key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from _places(value[key])
