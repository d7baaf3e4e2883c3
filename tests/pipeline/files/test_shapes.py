"""Which provider an answer is of, by what is in it: no file name helps."""

from typing import Any

import pytest

from setlist.pipeline.files.shapes import Found, Shape, shapes_in

MBID = "11111111-1111-4111-8111-111111111111"
DAY = {"start": {"localDate": "2030-05-01"}}
SPOTIFY_TRACK = {"id": "t", "name": "Song", "duration_ms": 1, "artists": [{"id": "a", "name": "A"}]}

CASES: list[tuple[Shape, Any]] = [
    (Shape.EVENTS, {"_embedded": {"events": [{"id": "e"}]}, "page": {"totalElements": 1}}),
    (Shape.EVENTS, {"id": "e", "name": "Night", "dates": DAY, "_embedded": {"venues": [{"id": "v"}]}}),
    (Shape.ACTS, {"_embedded": {"attractions": [{"id": "a"}]}, "page": {"totalElements": 1}}),
    (Shape.ACTS, {"id": "a", "name": "Act", "type": "attraction", "images": []}),
    (Shape.ACTS, {"id": "a", "name": "Act", "externalLinks": {}}),
    (Shape.VENUES, {"_embedded": {"venues": [{"id": "v"}]}}),
    (Shape.VENUES, {"id": "v", "name": "Hall", "type": "venue", "city": {"name": "Oslo"}}),
    (Shape.NOTHING, {"_links": {}, "page": {"size": 20, "totalElements": 0, "totalPages": 0, "number": 0}}),
    (
        Shape.SETLISTS,
        {"type": "setlists", "itemsPerPage": 20, "page": 1, "total": 1, "setlist": [{"id": "s"}]},
    ),
    (Shape.SETLISTS, {"id": "s", "eventDate": "01-05-2020", "artist": {"mbid": MBID}, "sets": {"set": []}}),
    (Shape.PLAYERS, {"mbid": MBID, "name": "A", "sortName": "A", "disambiguation": ""}),
    (Shape.PLAYERS, {"type": "artists", "page": 1, "artist": [{"mbid": MBID, "name": "A", "sortName": "A"}]}),
    (Shape.HALLS, {"id": "h", "name": "Hall", "city": {"name": "Oslo", "coords": {"lat": 1}}, "url": "u"}),
    (Shape.HALLS, {"id": "h", "name": "Hall", "url": "https://www.setlist.fm/venue/hall-1.html"}),
    (Shape.CITIES, {"type": "cities", "cities": [{"id": "1"}]}),
    (Shape.CITIES, {"id": "1", "name": "Oslo", "coords": {"lat": 1}, "country": {"code": "NO"}}),
    (Shape.ARTISTS, {"id": MBID, "name": "A", "sort-name": "A", "life-span": {}}),
    (Shape.ARTISTS, {"artists": [{"id": MBID, "name": "A", "sort-name": "A"}], "artist-count": 1}),
    (Shape.ARTISTS, {"created": "", "artist": [{"id": MBID, "name": "A", "sort-name": "A", "score": "100"}]}),
    (Shape.RECORDINGS, {"recordings": [{"id": MBID, "title": "Song"}], "recording-count": 1}),
    (Shape.RECORDINGS, {"id": MBID, "title": "Song", "length": None, "video": False}),
    (Shape.LINKS, {"urls": [{"resource": "https://example.org", "relations": []}]}),
    (Shape.LINKS, {"id": MBID, "resource": "https://example.org"}),
    (Shape.WORKS, {"id": MBID, "title": "Song", "iswcs": [], "languages": []}),
    (Shape.WORKS, {"works": [], "work-count": 0}),
    (Shape.SHELVES, {"release-groups": [{"id": MBID}], "release-group-count": 1}),
    (Shape.RELEASES, {"id": MBID, "title": "LP", "barcode": "", "media": []}),
    (Shape.PROFILES, {"id": "a", "name": "A", "type": "artist", "uri": "spotify:artist:a", "images": []}),
    (Shape.PROFILES, {"artists": {"href": "", "items": [{"id": "a", "name": "A"}], "total": 1}}),
    (Shape.ALBUMS, {"id": "b", "name": "LP", "album_type": "album", "tracks": {"items": [SPOTIFY_TRACK]}}),
    (Shape.ALBUMS, {"albums": [{"id": "b", "album_type": "album", "tracks": {"items": []}}, None]}),
    (Shape.SHELVES, {"href": "", "items": [{"id": "b", "name": "LP", "album_type": "album"}], "next": None}),
    (Shape.TRACKS, {"href": "", "items": [SPOTIFY_TRACK], "next": None}),
    (Shape.TRACKS, {**SPOTIFY_TRACK, "album": {"id": "b", "name": "LP"}}),
    (Shape.TRACKS, {"tracks": [SPOTIFY_TRACK, None]}),
    (Shape.TRACKS, {"tracks": {"href": "", "items": [SPOTIFY_TRACK]}}),
    (Shape.PICTURES, {"id": "e", "type": "event", "images": [{"url": "u"}]}),
    (Shape.FAILURES, {"error": {"status": 429, "message": "API rate limit exceeded"}}),
    (Shape.FAILURES, {"error": "Not Found", "help": "see"}),
    (Shape.FAILURES, {"errors": [{"code": "DIS1004", "status": "404"}]}),
    (Shape.FAILURES, {"fault": {"faultstring": "Rate limit quota violation"}}),
    (Shape.FAILURES, {"code": 404, "status": "Not Found", "message": "not found", "timestamp": ""}),
    (Shape.FAILURES, {"message": "Forbidden"}),
    (Shape.FAILURES, {"status": 301, "location": "/", "body": {"id": MBID, "title": "Song", "iswcs": []}}),
    (Shape.FAILURES, {"status": 503, "headers": {}, "text": "busy"}),
    (Shape.UNKNOWN, {"data": [{"id": 1, "title": "Song"}], "total": 1}),
    (Shape.UNKNOWN, {}),
    (Shape.UNKNOWN, []),
    (Shape.UNKNOWN, "text"),
    (Shape.UNKNOWN, None),
]


@pytest.mark.parametrize(("shape", "value"), CASES)
def test_an_answer_is_known_by_what_is_in_it(shape: Shape, value: Any) -> None:
    assert [found.shape for found in shapes_in(value)] == [shape]


@pytest.mark.parametrize(("shape", "value"), CASES)
def test_recorded_by_ourselves_it_is_the_same(shape: Shape, value: Any) -> None:
    if isinstance(value, dict) and shape is not Shape.FAILURES:
        envelope = {"status": 200, "headers": {}, "asked": {"path": "", "params": []}, "body": value}
        assert [found.shape for found in shapes_in(envelope)] == [shape]


def test_a_list_is_what_its_entries_are() -> None:
    event, hall = CASES[1][1], CASES[12][1]
    assert [(found.shape, len(found.entries)) for found in shapes_in([event, hall, event])] == [
        (Shape.EVENTS, 2),
        (Shape.HALLS, 1),
    ]


def test_a_search_for_several_kinds_is_all_of_them() -> None:
    page = {
        "artists": {"items": [{"id": "a"}]},
        "tracks": {"items": [SPOTIFY_TRACK]},
        "albums": {"items": []},
    }
    found = shapes_in(page)
    assert {one.shape for one in found} == {Shape.PROFILES, Shape.TRACKS, Shape.SHELVES}
    assert all(one.are_hits for one in found)


@pytest.mark.parametrize(
    ("value", "are_hits"),
    [
        ({"artists": [{"id": MBID, "sort-name": "A", "score": 100}], "count": 1}, True),
        ({"artists": [{"id": MBID, "sort-name": "A"}], "artist-count": 1}, False),
        ({"artist": [{"mbid": MBID, "name": "A"}], "type": "artists"}, True),
        ({"mbid": MBID, "name": "A", "sortName": "A"}, False),
        ({"recordings": [{"id": MBID, "title": "Song", "score": 90}], "created": ""}, True),
        ({"tracks": [SPOTIFY_TRACK]}, False),
    ],
)
def test_hits_of_a_search_are_told_from_what_was_asked_for_by_id(value: Any, *, are_hits: bool) -> None:
    assert [found.are_hits for found in shapes_in(value)] == [are_hits]


def test_a_recording_of_ours_says_whose_recordings_it_asked_for() -> None:
    page = {"recordings": [{"id": MBID, "title": "Song"}]}
    asked = {"path": "recording", "params": [["artist", MBID], ["limit", "100"]]}
    assert shapes_in({"status": 200, "asked": asked, "body": page}) == [
        Found(shape=Shape.RECORDINGS, entries=({"id": MBID, "title": "Song"},), asked_of=MBID)
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"status": "x", "body": 1},
        {"status": 200, "asked": 7, "body": {"recordings": [1]}},
        {"status": 200, "asked": {"params": [1, ["a"], ["a", "b", "c"], {}]}, "body": {}},
        {"_embedded": 7, "page": 7},
        {"_embedded": {"events": "many"}},
        {"artists": [1, None, "x"]},
        {"tracks": {"items": [None]}},
        {"items": [None, 3]},
        {"setlist": [None]},
        {"dates": None},
        [[[[]]]],
        {"error": None},
    ],
)
def test_nonsense_is_something_and_never_an_exception(value: Any) -> None:
    assert shapes_in(value)
