"""Ticketmaster's ways, over a real socket."""

from datetime import date
from math import cos, hypot, radians
from typing import Any

import pytest

from setlist.sandbox.catalogue.ids import Kind
from tests.sandbox.caller import Caller


def _events(caller: Caller, act: int = 0, **query: Any) -> list[dict[str, Any]]:
    wanted = {"attractionId": caller.attraction_id(act), "size": 200, "sort": "date,asc"} | query
    answer = caller.ticketmaster("events.json", **wanted).json()
    return list(answer.get("_embedded", {}).get("events", []))


def _every_event(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(6):
        answer = caller.ticketmaster("events.json", size=200, page=page, **query).json()
        found += answer.get("_embedded", {}).get("events", [])
    return found


def _day(event: dict[str, Any]) -> str:
    return str(event["dates"]["start"]["localDate"])


def _venue(listings: list[dict[str, Any]], start: str) -> dict[str, Any]:
    """That of the listing whose id begins so."""
    found: dict[str, Any] = next(event for event in listings if event["id"].startswith(start))
    return dict(found["_embedded"]["venues"][0])


def _meters(venue: dict[str, Any], other: dict[str, Any]) -> float:
    (north, east), (other_north, other_east) = (
        (float(each["location"]["latitude"]), float(each["location"]["longitude"])) for each in (venue, other)
    )
    return hypot(north - other_north, (east - other_east) * cos(radians(north))) * 111_320


class TestAttractions:
    def test_a_tribute_act_ranks_above_the_act(self, caller: Caller) -> None:
        found = caller.ticketmaster("attractions.json", keyword="copper meridian").json()["_embedded"][
            "attractions"
        ]
        names = [entry["name"] for entry in found]
        act = [entry["id"] for entry in found].index(caller.attraction_id())
        assert "Tribute" in names[act - 1]

    def test_three_acts_of_four_name_their_musicbrainz_id_and_few_their_spotify_page(
        self, caller: Caller
    ) -> None:
        found = caller.ticketmaster("attractions.json", size=200).json()["_embedded"]["attractions"]
        links = [entry.get("externalLinks", {}) for entry in found]
        assert 0.6 < sum("musicbrainz" in entry for entry in links) / len(links) < 0.85
        assert 0.02 < sum("spotify" in entry for entry in links) / len(links) < 0.2

    def test_some_name_an_id_that_was_merged_since(self, caller: Caller) -> None:
        catalogue = caller.running.sandbox.catalogue
        found = caller.ticketmaster("attractions.json", size=200).json()["_embedded"]["attractions"]
        mbids = [
            entry["externalLinks"]["musicbrainz"][0]["id"]
            for entry in found
            if "musicbrainz" in entry.get("externalLinks", {})
        ]
        meanings = [catalogue.ids.read_mbid(mbid) for mbid in mbids]
        assert {meaning.kind for meaning in meanings if meaning} == {Kind.ARTIST, Kind.MERGED_ARTIST}

    def test_one_can_be_had_by_its_id_whose_case_matters(self, caller: Caller) -> None:
        identity = caller.attraction_id()
        assert caller.ticketmaster(f"attractions/{identity}.json").json()["id"] == identity
        assert caller.ticketmaster(f"attractions/{identity.swapcase()}.json").status_code == 404

    def test_another_segment_than_music_has_none_of_them(self, caller: Caller) -> None:
        found = caller.ticketmaster(
            "attractions.json", keyword="copper meridian", segmentId="KZFzniwnSyZfZ7v7nE"
        )
        assert "_embedded" not in found.json()


class TestEvents:
    def test_the_benchmark_act_has_sixty_nights_and_more_listings(self, caller: Caller) -> None:
        events = _events(caller)
        nights = {event["dates"]["start"]["localDate"] for event in events}
        assert len(nights) == 60 < len(events)

    def test_a_night_is_also_listed_as_vip_package_parking_and_resale(self, caller: Caller) -> None:
        events = _events(caller)
        assert any(event["name"].endswith("VIP Package") for event in events)
        assert any(event["name"].startswith("PARKING") for event in events)
        assert any(event["id"].startswith("Z7r9") for event in events)

    def test_resale_names_another_venue_a_few_streets_away(self, caller: Caller) -> None:
        nights: dict[str, list[dict[str, Any]]] = {}
        for event in _events(caller):
            nights.setdefault(_day(event), []).append(event)
        pairs = [
            found
            for found in nights.values()
            if len({event["id"][:4] for event in found} & {"vvG1", "Z7r9"}) == 2
        ]
        assert pairs
        for found in pairs:
            venue, other = (_venue(found, start) for start in ("vvG1", "Z7r9"))
            assert venue["id"] != other["id"]
            if "location" in venue:
                assert 150 < _meters(venue, other) < 400

    def test_resale_can_be_left_out_by_source(self, caller: Caller) -> None:
        assert not [
            event for event in _events(caller, source="ticketmaster,universe") if event["id"].startswith("Z7")
        ]

    def test_nothing_found_has_no_embedded_and_no_pages(self, caller: Caller) -> None:
        answer = caller.ticketmaster("events.json", attractionId="K8vZ917Unknown").json()
        assert "_embedded" not in answer
        assert answer["page"]["totalPages"] == 0

    def test_pages_follow_each_other_and_repeat_nothing(self, caller: Caller) -> None:
        query = {"attractionId": caller.attraction_id(), "size": 20, "sort": "date,asc"}
        pages = [caller.ticketmaster("events.json", page=page, **query).json() for page in range(6)]
        ids = [event["id"] for page in pages for event in page.get("_embedded", {}).get("events", [])]
        assert len(ids) == len(set(ids)) == pages[0]["page"]["totalElements"]
        assert pages[0]["_links"]["next"]["templated"]
        assert "apikey" not in pages[0]["_links"]["next"]["href"]
        assert "next" not in pages[pages[0]["page"]["totalPages"] - 1]["_links"]

    def test_they_are_sorted_by_date_when_asked(self, caller: Caller) -> None:
        days = [event["dates"]["start"]["localDate"] for event in _events(caller)]
        assert days == sorted(days)

    def test_several_attractions_can_be_asked_for_at_once(self, caller: Caller) -> None:
        both = f"{caller.attraction_id(0)},{caller.attraction_id(5)}"
        assert len(_events(caller, attractionId=both)) == len(_events(caller, 0)) + len(_events(caller, 5))

    def test_a_window_of_time_can_be_asked_for(self, caller: Caller) -> None:
        events = _events(caller, startDateTime="2026-12-02T00:00:00Z", endDateTime="2026-12-31T00:00:00Z")
        assert events
        assert all("2026-12-01" <= _day(event) <= "2026-12-31" for event in events)

    def test_a_venue_can_be_asked_for(self, caller: Caller) -> None:
        venue = _events(caller)[0]["_embedded"]["venues"][0]["id"]
        found = caller.ticketmaster("events.json", venueId=venue, size=200).json()["_embedded"]["events"]
        assert caller.attraction_id() in [
            act["id"] for event in found for act in event["_embedded"]["attractions"]
        ]

    def test_one_can_be_had_by_its_id(self, caller: Caller) -> None:
        event = _events(caller)[3]
        assert caller.ticketmaster(f"events/{event['id']}.json").json() == event

    def test_dates_without_a_day_are_hidden_unless_asked_for(self, caller: Caller) -> None:
        usual = _every_event(caller)
        unknown = _every_event(caller, includeTBA="only")
        doubtful = _every_event(caller, includeTBD="only")
        assert all("localDate" in event["dates"]["start"] for event in usual)
        assert unknown
        assert all("localDate" not in event["dates"]["start"] for event in unknown)
        assert all(event["dates"]["initialStartDate"]["localDate"] for event in unknown)
        assert doubtful
        assert all(event["dates"]["start"]["dateTBD"] for event in doubtful)
        assert not _every_event(caller, includeTBA="only", includeTBD="only")

    def test_every_status_occurs(self, caller: Caller) -> None:
        codes = {event["dates"]["status"]["code"] for event in _every_event(caller)}
        assert codes == {"onsale", "offsale", "cancelled", "rescheduled"}

    def test_an_evening_is_on_its_local_date_not_on_the_utc_one(self, caller: Caller) -> None:
        starts = [event["dates"]["start"] for event in _events(caller)]
        assert any(start["dateTime"][:10] != start["localDate"] for start in starts)

    def test_festivals_bill_several_acts_and_sometimes_themselves(self, caller: Caller) -> None:
        festivals = [event for event in _every_event(caller) if len(event["_embedded"]["attractions"]) > 3]
        assert festivals
        brands = [
            act
            for event in festivals
            for act in event["_embedded"]["attractions"]
            if act["name"] in event["name"]
        ]
        assert brands
        assert all("localTime" not in event["dates"]["start"] for event in festivals)

    def test_what_is_often_missing_is_missing_here_too(self, caller: Caller) -> None:
        events = _every_event(caller)
        venues = [event["_embedded"]["venues"][0] for event in events]
        assert 0.1 < sum("timezone" not in event["dates"] for event in events) / len(events) < 0.3
        assert any("timezone" not in venue for venue in venues)
        assert any("location" not in venue for venue in venues)
        assert any("images" not in venue for venue in venues)
        assert any(venue["name"] != venue["name"].strip() for venue in venues)
        assert any(venue["city"]["name"] != venue["city"]["name"].strip() for venue in venues)
        assert any(image["fallback"] for event in events for image in event["images"])

    def test_somewhere_there_is_a_show_tonight(self, caller: Caller) -> None:
        soon = _every_event(caller, endDateTime="2026-11-25T12:00:00Z")
        assert len(soon) > 10
        assert {date.fromisoformat(event["dates"]["start"]["localDate"]).year for event in soon} == {2026}


class TestMistakes:
    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"size": 201}, "DIS1036"),
            ({"size": 200, "page": 6}, "DIS1035"),
            ({"startDateTime": "2026-01-01T00:00:00.000Z"}, "DIS1015"),
            ({"endDateTime": "2026-13-01T00:00:00Z"}, "DIS1015"),
            ({"size": "many"}, "DIS1024"),
        ],
    )
    def test_each_has_its_code(self, caller: Caller, query: dict[str, Any], code: str) -> None:
        answer = caller.ticketmaster("events.json", **query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
        assert "Rate-Limit" not in answer.headers

    def test_an_unknown_id_is_not_found(self, caller: Caller) -> None:
        answer = caller.ticketmaster("events/vvG1ZunknownXYZ.json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "DIS1004")

    def test_a_wrong_or_missing_key_is_refused(self, caller: Caller) -> None:
        wrong = caller.ticketmaster("events.json", apikey="wrong")
        missing = caller.ticketmaster("events.json", apikey="")
        assert (wrong.status_code, missing.status_code) == (401, 401)
        assert wrong.json()["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidApiKey"

    def test_a_success_tells_what_is_left_of_the_day(self, caller: Caller) -> None:
        headers = caller.ticketmaster("attractions.json", size=1).headers
        assert headers["Rate-Limit"] == "5000"
        assert int(headers["Rate-Limit-Reset"]) > 1_700_000_000_000


class TestVenues:
    def test_one_can_be_had_by_its_id(self, caller: Caller) -> None:
        venues = [event["_embedded"]["venues"][0] for event in _events(caller)]
        venue = next(venue for venue in venues if "location" in venue)
        found = caller.ticketmaster(f"venues/{venue['id']}.json").json()
        assert found == venue
        assert isinstance(found["location"]["latitude"], str)

    def test_an_attraction_is_no_venue(self, caller: Caller) -> None:
        assert caller.ticketmaster(f"venues/{caller.attraction_id()}.json").status_code == 404
