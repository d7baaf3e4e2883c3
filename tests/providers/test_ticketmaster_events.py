from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from setlist.providers.answers import EventRecord, VenueRecord
from setlist.providers.ticketmaster_events import read_attraction, read_event


def read(**changes: Any) -> EventRecord:
    raw = {"id": "vvG1YZ9ASfN7Jv", "name": "Velvet Walrus: Ice Tour", "dates": {}}
    event = read_event(raw | changes)
    assert event is not None
    return event


def read_venue(**changes: Any) -> VenueRecord:
    venue = read(_embedded={"venues": [{"id": "KovZ1", "name": "Spectrum"} | changes]}).venue
    assert venue is not None
    return venue


class TestDates:
    def test_the_local_date_is_the_show_s_day(self) -> None:
        start = {"localDate": "2027-11-06", "localTime": "18:30:00", "dateTime": "2027-11-07T00:30:00Z"}
        record = read(dates={"start": start, "timezone": "America/Chicago"})
        assert (record.local_date, record.local_time) == (date(2027, 11, 6), time(18, 30))
        assert record.starts_at == datetime(2027, 11, 7, 0, 30, tzinfo=UTC)
        assert record.timezone == "America/Chicago"

    def test_without_a_specific_time_there_is_only_the_day(self) -> None:
        start = {"localDate": "2027-11-06", "noSpecificTime": True, "dateTime": "2027-11-06T05:00:00Z"}
        record = read(dates={"start": start})
        assert (record.local_date, record.local_time, record.starts_at) == (date(2027, 11, 6), None, None)

    def test_postponed_without_a_new_date(self) -> None:
        record = read(
            dates={
                "start": {"dateTBA": True, "dateTBD": False},
                "initialStartDate": {"localDate": "2026-09-13", "dateTime": "2026-09-14T02:30:00Z"},
                "status": {"code": "postponed"},
            }
        )
        assert (record.local_date, record.starts_at, record.original_date) == (None, None, date(2026, 9, 13))
        assert record.status == "postponed"

    def test_a_date_to_be_determined_does_not_count(self) -> None:
        assert read(dates={"start": {"dateTBD": True, "localDate": "2027-01-01"}}).local_date is None

    def test_1900_means_unknown(self) -> None:
        start = {"localDate": "1900-01-01", "localTime": "00:00:00", "dateTime": "1900-01-01T06:00:00Z"}
        record = read(dates={"start": start})
        assert (record.local_date, record.starts_at) == (None, None)

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("onsale", "scheduled"),
            ("offsale", "scheduled"),
            ("cancelled", "cancelled"),
            ("Canceled", "cancelled"),
            ("postponed", "postponed"),
            ("rescheduled", "rescheduled"),
            ("something new", "scheduled"),
            (None, "scheduled"),
        ],
    )
    def test_status(self, code: str | None, status: str) -> None:
        assert read(dates={"status": {"code": code} if code else {}}).status == status

    def test_the_venue_s_time_zone_stands_in(self) -> None:
        venue = {"id": "KovZ1", "name": "Spectrum", "timezone": "Europe/Berlin"}
        assert read(_embedded={"venues": [venue]}).timezone == "Europe/Berlin"
        assert read(dates={"timezone": "Mars/Base"}).timezone is None


class TestEvents:
    def test_acts_keep_the_billing_order(self) -> None:
        acts = [{"id": f"K{number}", "name": f"Act {number}"} for number in (3, 1, 2)]
        record = read(_embedded={"attractions": [acts[0], None, *acts[1:]]})
        assert [act.id for act in record.attractions] == ["K3", "K1", "K2"]

    def test_a_venue_s_coordinates_are_text_and_may_be_none(self) -> None:
        found = read_venue(
            name="Spectrum Center ",
            city={"name": " Long Beach"},
            state={"name": "Texas", "stateCode": "TX"},
            country={"countryCode": "US"},
            location={"longitude": "-97.083796", "latitude": "32.747242"},
        )
        assert (found.name, found.city, found.state, found.country) == (
            "Spectrum Center",
            "Long Beach",
            "TX",
            "US",
        )
        assert (found.latitude, found.longitude) == (32.747242, -97.083796)

    @pytest.mark.parametrize(
        "location",
        [
            None,
            {},
            {"latitude": "x", "longitude": "1"},
            {"latitude": "0", "longitude": "0"},
            {"latitude": "91", "longitude": "1"},
            {"latitude": "NaN", "longitude": "1"},
        ],
    )
    def test_impossible_coordinates_are_none(self, location: Any) -> None:
        found = read_venue(location=location)
        assert (found.latitude, found.longitude) == (None, None)

    @pytest.mark.parametrize(
        ("id", "url", "source"),
        [
            ("vvG1", "https://www.ticketmaster.com/event/1", "ticketmaster"),
            ("Z7r9jZ1", "https://www.ticketsnow.com/1", "tmr"),
            ("Z7r9jZ1", None, "tmr"),
            ("LvZ1", "https://www.universe.com/events/1", "universe"),
            ("Z1l1", "https://txrd.frontgatetickets.com/1", "frontgate"),
        ],
    )
    def test_the_seller_is_known_by_its_address(self, id: str, url: str | None, source: str) -> None:
        assert read(id=id, url=url).source == source

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x/y", "https://user:pass@x/y", "//x/y", 7])
    def test_a_link_is_http_or_none(self, url: Any) -> None:
        assert read(url=url).url is None


def test_an_attraction_s_picture_is_wide_and_its_own() -> None:
    images = [
        {"url": "https://s1/generic.jpg", "width": 2048, "fallback": True},
        {"url": "https://s1/original", "width": 6000, "fallback": False},
        {"url": "https://s1/wide.jpg", "width": 1024, "fallback": False},
        {"url": "https://s1/small.jpg", "width": 305},
        {"url": "javascript:alert(1)", "width": 1500},
        None,
    ]
    act = read_attraction({"id": "K1", "name": "Velvet Walrus", "images": images})
    assert act is not None
    assert act.image_url == "https://s1/wide.jpg"
