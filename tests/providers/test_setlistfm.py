from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers.answers import PlayedSong, SetlistRecord
from setlist.providers.errors import BadAnswer, Misconfigured, RateLimited, Refused, Unavailable
from setlist.providers.setlistfm import SetlistFm
from tests.providers.conftest import KEY

WALRUS = "6f1a2b3c-0000-4000-8000-000000000001"
PATH = f"/rest/1.0/artist/{WALRUS}/setlists"
NOTHING = {"code": 404, "status": "Not Found", "message": "not found"}


def setlist(**changes: Any) -> dict[str, Any]:
    return {
        "id": "53e25fed",
        "versionId": "g5b433b2",
        "eventDate": "27-09-2026",
        "lastUpdated": "2026-09-28T11:25:45.000+0000",
        "artist": {"mbid": WALRUS, "name": "Velvet Walrus"},
        "sets": {"set": []},
        "url": "https://www.setlist.fm/setlist/velvet-walrus.html",
    } | changes


def page(*setlists: Any, total: Any = None, number: int = 1) -> dict[str, Any]:
    total = len(setlists) if total is None else total
    return {"itemsPerPage": 20, "page": number, "total": total, "setlist": list(setlists)}


@pytest.fixture
def read(httpserver: HTTPServer, setlistfm: SetlistFm) -> Any:
    """Reads one setlist, written by hand, through the client."""

    def reading(**changes: Any) -> SetlistRecord:
        httpserver.expect_oneshot_request(PATH).respond_with_json(page(setlist(**changes)))
        (record,) = setlistfm.setlists(WALRUS).items
        return record

    return reading


class TestPages:
    def test_asks_for_json_with_the_key(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        httpserver.expect_request(
            PATH,
            query_string={"p": "3"},
            headers={"Accept": "application/json", "x-api-key": KEY, "User-Agent": "Setlist tests"},
        ).respond_with_json(page(setlist()))
        assert len(setlistfm.setlists(WALRUS, cursor="3").items) == 1

    def test_pages_are_counted_from_one(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        httpserver.expect_request(PATH).respond_with_json(page(*[setlist()] * 20, total=41))
        cursors = [setlistfm.setlists(WALRUS, cursor=cursor).cursor for cursor in (None, "2", "3")]
        assert cursors == ["2", "3", None]

    def test_nothing_found_is_a_404_and_an_empty_page(
        self, httpserver: HTTPServer, setlistfm: SetlistFm
    ) -> None:
        httpserver.expect_request(PATH).respond_with_json(NOTHING, status=404)
        empty = setlistfm.setlists(WALRUS)
        assert (empty.items, empty.cursor) == ((), None)

    def test_a_web_server_s_404_is_not_nothing_found(
        self, httpserver: HTTPServer, setlistfm: SetlistFm
    ) -> None:
        httpserver.expect_request(PATH).respond_with_data("<html>404</html>", status=404)
        with pytest.raises(BadAnswer):
            setlistfm.setlists(WALRUS)

    def test_an_empty_page_is_the_last_whatever_the_total(
        self, httpserver: HTTPServer, setlistfm: SetlistFm
    ) -> None:
        httpserver.expect_request(PATH).respond_with_json(page(total=2_073))
        assert setlistfm.setlists(WALRUS).cursor is None

    def test_broken_entries_are_counted(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        broken = [None, setlist(id=None), setlist(eventDate="2026-09-27"), setlist(artist={"mbid": "x"})]
        httpserver.expect_request(PATH).respond_with_json(page(*broken, setlist()))
        found = setlistfm.setlists(WALRUS)
        assert (len(found.items), found.skipped) == (1, 4)


class TestChanges:
    def test_the_moment_is_told_in_utc(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        asked = {"artistMbid": WALRUS, "lastUpdated": "20261031230507", "p": "2"}
        httpserver.expect_request("/rest/1.0/search/setlists", query_string=asked).respond_with_json(
            {"type": "setlists", "itemsPerPage": 20, "page": 2, "total": 41, "setlist": []}
        )
        since = datetime(2026, 11, 1, 0, 5, 7, tzinfo=timezone(timedelta(hours=1)))
        assert setlistfm.changed_setlists(WALRUS, since=since, cursor="2").total == 41

    def test_nothing_changed_is_a_404(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        httpserver.expect_request("/rest/1.0/search/setlists").respond_with_json(
            {"code": 404, "status": "Not Found", "message": "not found"}, status=404
        )
        found = setlistfm.changed_setlists(WALRUS, since=datetime.now(UTC))
        assert (found.items, found.cursor) == ((), None)


class TestSetlist:
    def test_the_day_comes_first_in_its_date(self, read: Any) -> None:
        record = read(eventDate="03-02-2026")
        assert record.local_date == date(2026, 2, 3)
        assert record.updated_at == datetime(2026, 9, 28, 11, 25, 45, tzinfo=UTC)

    def test_songs_come_in_the_order_played(self, read: Any) -> None:
        cover = {"mbid": WALRUS.upper(), "name": "The Originals"}
        sets = [
            {"name": "Set 1:", "song": [{"name": "Tusk"}, {"name": "", "info": "new song"}, "broken"]},
            {"encore": 2, "song": [{"name": "Ice", "tape": True, "cover": cover, "with": {"name": "Bo"}}]},
        ]
        assert read(sets={"set": sets}).songs == (
            PlayedSong(name="Tusk", set_index=0, set_name="Set 1:"),
            PlayedSong(name="", set_index=0, set_name="Set 1:", info="new song"),
            PlayedSong(
                name="Ice",
                set_index=1,
                encore=2,
                tape=True,
                cover_mbid=WALRUS,
                cover_artist="The Originals",
                guest="Bo",
            ),
        )

    @pytest.mark.parametrize(
        "changes",
        [
            {"sets": {"set": [{"song": [{"name": "Tusk"}]}]}},
            {"sets": None, "set": [{"song": [{"name": "Tusk"}]}]},
            {"sets": {"set": {"song": {"name": "Tusk"}}}},
        ],
        ids=["live", "documented", "converted from XML"],
    )
    def test_sets_in_all_their_shapes(self, read: Any, changes: dict[str, Any]) -> None:
        assert [song.name for song in read(**changes).songs] == ["Tusk"]

    @pytest.mark.parametrize("sets", [None, {}, {"set": []}, {"set": None}, "x", {"set": [{"song": None}]}])
    def test_a_stub_has_no_songs(self, read: Any, sets: Any) -> None:
        assert read(sets=sets).songs == ()

    def test_a_venue_s_coordinates_are_the_city_s_and_left_out(self, read: Any) -> None:
        city = {"name": "Köln", "state": "NRW", "stateCode": "07", "coords": {"lat": 50.9, "long": 6.9}}
        venue = {"id": "33d6acf1", "name": "E-Werk", "city": city | {"country": {"code": "DE"}}}
        found = read(venue=venue).venue
        assert (found.city, found.state, found.country, found.latitude) == ("Köln", "NRW", "DE", None)

    def test_a_venue_may_have_no_city(self, read: Any) -> None:
        venue = read(venue={"id": "33d6acf1", "name": "Civic Hall, Wolverhampton, UK"}).venue
        assert (venue.name, venue.city, venue.country) == ("Civic Hall, Wolverhampton, UK", "", "")

    def test_tour_and_venue_may_be_missing(self, read: Any) -> None:
        record = read(tour=None)
        assert (record.tour, record.venue) == ("", None)


class TestSearch:
    def test_asks_for_the_useful_order(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        httpserver.expect_request(
            "/rest/1.0/search/artists",
            query_string={"artistName": "Mgła", "p": "1", "sort": "relevance"},
        ).respond_with_json({"artist": [{"mbid": WALRUS, "name": "Mgła"}, {"name": "no id"}]})
        assert [hit.name for hit in setlistfm.search_artists("Mgła")] == ["Mgła"]

    def test_nothing_found_is_a_404(self, httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
        httpserver.expect_request("/rest/1.0/search/artists").respond_with_json(NOTHING, status=404)
        assert setlistfm.search_artists("Mgła") == ()

    def test_a_blank_name_is_not_asked(self, setlistfm: SetlistFm) -> None:
        assert setlistfm.search_artists("") == ()


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (403, {"message": "Forbidden"}, Misconfigured),
            (429, {"message": "Too Many Requests"}, RateLimited),
            (400, {"code": 400}, Refused),
            (500, {}, Unavailable),
            (504, {"message": "Endpoint request timed out"}, Unavailable),
        ],
    )
    def test_each_status_has_its_meaning(
        self,
        httpserver: HTTPServer,
        setlistfm: SetlistFm,
        status: int,
        body: dict[str, Any],
        error: type[Exception],
    ) -> None:
        httpserver.expect_request(PATH).respond_with_json(body, status=status)
        with pytest.raises(error) as caught:
            setlistfm.setlists(WALRUS)
        assert type(caught.value) is error

    @pytest.mark.parametrize(("message", "seconds"), [("Too Many Requests", 2), ("Limit Exceeded", 3600)])
    def test_the_throttle_names_no_time_so_we_do(
        self, httpserver: HTTPServer, setlistfm: SetlistFm, message: str, seconds: int
    ) -> None:
        httpserver.expect_request(PATH).respond_with_json({"message": message}, status=429)
        before = datetime.now(UTC)
        with pytest.raises(RateLimited) as caught:
            setlistfm.setlists(WALRUS)
        assert caught.value.until is not None
        wait = caught.value.until - before
        assert timedelta(seconds=seconds) <= wait < timedelta(seconds=seconds + 60)


def test_ping_is_one_call(httpserver: HTTPServer, setlistfm: SetlistFm) -> None:
    httpserver.expect_request("/rest/1.0/search/artists").respond_with_json(NOTHING, status=404)
    setlistfm.ping()
    assert len(httpserver.log) == 1
