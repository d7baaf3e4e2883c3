from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers.errors import BadAnswer, Misconfigured, NotFound, RateLimited, Refused, Unavailable
from setlist.providers.ticketmaster import Ticketmaster
from tests.providers.conftest import KEY

ACT = "K8vZ9171Jo7"


def event(**changes: Any) -> dict[str, Any]:
    return {"id": "vvG1YZ9ASfN7Jv", "name": "Velvet Walrus: Ice Tour", "dates": {}} | changes


def listing(*events: Any, pages: int = 1, number: int = 0, **changes: Any) -> dict[str, Any]:
    page = {"size": 200, "totalElements": len(events), "totalPages": pages, "number": number}
    return {"_embedded": {"events": list(events)}, "page": page} | changes


NOTHING = {"page": {"size": 200, "totalElements": 0, "totalPages": 0, "number": 0}}


class TestPages:
    def test_the_cursor_leads_through_all_three_listings(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        answers = {
            (None, None, "0"): listing(event(id="a"), pages=2),
            (None, None, "1"): listing(event(id="b"), pages=2, number=1),
            ("only", None, "0"): listing(event(id="c")),
            (None, "only", "0"): NOTHING,
        }
        for (tba, tbd, number), body in answers.items():
            query = {"attractionId": ACT, "size": "200", "page": number, "sort": "date,asc"}
            query |= {"locale": "*", "apikey": KEY}
            query |= {"includeTBA": tba} if tba else {}
            query |= {"includeTBD": tbd} if tbd else {}
            httpserver.expect_oneshot_request(
                "/discovery/v2/events.json", query_string=query
            ).respond_with_json(body)
        cursor, ids, cursors = None, [], []
        while True:
            page = ticketmaster.events([ACT], cursor=cursor)
            ids += [item.id for item in page.items]
            cursor = page.cursor
            if cursor is None:
                break
            cursors.append(cursor)
        assert ids == ["a", "b", "c"]
        assert cursors == ["dated:1", "tba:0", "tbd:0"]

    def test_several_acts_are_one_walk_over_the_wished_listings(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(NOTHING)
        first = ticketmaster.events(["K8a", "K8b"], listings=["tbd", "dated"])
        second = ticketmaster.events(["K8a", "K8b"], listings=["tbd", "dated"], cursor=first.cursor)
        asked = [
            (request.args["attractionId"], "includeTBD" in request.args) for request, _ in httpserver.log
        ]
        assert asked == [("K8a,K8b", True), ("K8a,K8b", False)]
        assert (first.cursor, second.cursor) == ("dated:0", None)

    def test_nothing_found_has_no_embedded_list(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(NOTHING)
        assert ticketmaster.events([ACT]).items == ()

    def test_an_answer_that_is_no_listing_is_not_taken_for_nothing(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json({"message": "hello"})
        with pytest.raises(BadAnswer):
            ticketmaster.events([ACT])

    def test_it_goes_no_deeper_than_it_may(self, httpserver: HTTPServer, ticketmaster: Ticketmaster) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(
            listing(event(), pages=12_842)
        )
        assert ticketmaster.events([ACT], cursor="dated:4").cursor == "tba:0"

    def test_a_next_link_counts_where_the_page_count_is_wrong(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(
            listing(event(), pages=0, _links={"next": {"href": "/discovery/v2/events.json?page=1"}})
        )
        assert ticketmaster.events([ACT]).cursor == "dated:1"

    def test_an_empty_page_ends_a_listing_that_promises_more(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(listing(pages=9))
        assert ticketmaster.events([ACT]).cursor == "tba:0"

    @pytest.mark.parametrize("cursor", ["", "nonsense", "dated:-1", "dated:x", "later:3"])
    def test_a_cursor_from_elsewhere_starts_from_the_beginning(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster, cursor: str
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(listing(event()))
        ticketmaster.events([ACT], cursor=cursor)
        assert httpserver.log[0][0].args["page"] == "0"

    def test_broken_and_test_entries_are_counted(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(
            listing(event(), None, 7, event(id=""), event(name=None), event(test=True))
        )
        page = ticketmaster.events([ACT])
        assert (len(page.items), page.skipped) == (1, 5)


class TestAttractions:
    def test_reads_ids_that_others_know_it_by(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        mbid, spotify = "6f1a2b3c-0000-4000-8000-000000000001", "3AA28KZvwAUcZuOKwyblJQ"
        act = {
            "id": ACT,
            "name": "Velvet Walrus",
            "externalLinks": {
                "musicbrainz": [{"id": mbid.upper()}, {"url": "x"}],
                "spotify": [{"url": f"https://open.spotify.com/artist/{spotify}?si=1"}],
            },
            "classifications": [
                {"genre": {"name": "Undefined"}, "subGenre": {"name": "Other"}},
                {"genre": {"name": "Rock"}, "subGenre": {"name": "Rock"}},
            ],
            "upcomingEvents": {"_total": 14},
        }
        httpserver.expect_request(
            "/discovery/v2/attractions.json",
            query_string={
                "keyword": "Velvet Walrus",
                "segmentId": "KZFzniwnSyZfZ7v7nJ",
                "size": "20",
                "locale": "*",
                "apikey": KEY,
            },
        ).respond_with_json({"_embedded": {"attractions": [act]}, "page": {"totalElements": 1}})
        (found,) = ticketmaster.attractions("Velvet Walrus")
        assert (found.mbids, found.spotify_ids, found.genres, found.upcoming) == (
            (mbid,),
            (spotify,),
            ("Rock",),
            14,
        )

    def test_a_venue_by_its_id(self, httpserver: HTTPServer, ticketmaster: Ticketmaster) -> None:
        httpserver.expect_request("/discovery/v2/venues/KovZ1.json").respond_with_json(
            {"id": "KovZ1", "name": "Spectrum"}
        )
        assert ticketmaster.venue("KovZ1").name == "Spectrum"

    @pytest.mark.parametrize("kind", ["attraction", "venue"])
    def test_one_without_a_name_is_a_bad_answer(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster, kind: str
    ) -> None:
        httpserver.expect_request(f"/discovery/v2/{kind}s/x.json").respond_with_json({"id": "x"})
        with pytest.raises(BadAnswer):
            getattr(ticketmaster, kind)("x")

    def test_a_blank_name_is_not_asked(self, ticketmaster: Ticketmaster) -> None:
        assert ticketmaster.attractions(" ") == ()


def fault(code: str) -> dict[str, Any]:
    return {"fault": {"faultstring": f"Identifier : {KEY}", "detail": {"errorcode": code}}}


QUOTA, SPIKE = "policies.ratelimit.QuotaViolation", "policies.ratelimit.SpikeArrestViolation"


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (401, fault("oauth.v2.InvalidApiKey"), Misconfigured),
            (404, {"errors": [{"code": "DIS1004", "status": "404"}]}, NotFound),
            (400, {"errors": [{"code": "DIS1035", "status": "400 BAD_REQUEST"}]}, Refused),
            (429, fault(QUOTA), RateLimited),
            (429, fault(SPIKE), RateLimited),
            (500, {}, Unavailable),
        ],
    )
    def test_each_status_has_its_meaning(
        self,
        httpserver: HTTPServer,
        ticketmaster: Ticketmaster,
        status: int,
        body: dict[str, Any],
        error: type[Exception],
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(body, status=status)
        with pytest.raises(error) as caught:
            ticketmaster.events([ACT])
        assert type(caught.value) is error
        assert KEY not in str(caught.value)

    @pytest.mark.parametrize(
        ("code", "headers", "seconds"),
        [
            (SPIKE, {}, 1),
            (QUOTA, {}, 3600),
            (QUOTA, {"Retry-After": "46800"}, 46_800),
            (SPIKE, {"Retry-After": "30"}, 30),
        ],
    )
    def test_a_throttle_says_until_when(
        self,
        httpserver: HTTPServer,
        ticketmaster: Ticketmaster,
        code: str,
        headers: dict[str, str],
        seconds: int,
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(
            fault(code), status=429, headers=headers
        )
        before = datetime.now(UTC)
        with pytest.raises(RateLimited) as caught:
            ticketmaster.events([ACT])
        assert caught.value.until is not None
        wait = caught.value.until - before
        assert timedelta(seconds=seconds) <= wait < timedelta(seconds=seconds + 60)

    def test_a_spent_day_ends_at_its_reset(self, httpserver: HTTPServer, ticketmaster: Ticketmaster) -> None:
        reset = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=9)
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(
            fault(QUOTA), status=429, headers={"Rate-Limit-Reset": str(int(reset.timestamp() * 1000))}
        )
        with pytest.raises(RateLimited) as caught:
            ticketmaster.events([ACT])
        assert caught.value.until is not None
        assert abs(caught.value.until - reset) < timedelta(seconds=60)

    def test_the_detail_of_a_refusal_is_its_code(
        self, httpserver: HTTPServer, ticketmaster: Ticketmaster
    ) -> None:
        httpserver.expect_request("/discovery/v2/events.json").respond_with_json(
            {"errors": [{"code": "DIS1036", "detail": KEY}]}, status=400
        )
        with pytest.raises(Refused) as caught:
            ticketmaster.events([ACT])
        assert caught.value.detail == "DIS1036"


def test_ping_is_one_call(httpserver: HTTPServer, ticketmaster: Ticketmaster) -> None:
    httpserver.expect_request("/discovery/v2/attractions.json").respond_with_json(NOTHING)
    ticketmaster.ping()
    assert len(httpserver.log) == 1
