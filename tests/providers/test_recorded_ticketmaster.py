"""Recorded answers of Ticketmaster."""

from datetime import date
from typing import Any

import pytest

from setlist.providers.answers import EventRecord
from setlist.providers.errors import Misconfigured, NotFound, RateLimited, Refused
from setlist.providers.ticketmaster import Ticketmaster
from tests.providers.conftest import Serve
from tests.providers.recorded import all_recorded, needs_recordings, recorded

pytestmark = needs_recordings


def read_events(serve: Serve, ticketmaster: Ticketmaster, *raw: Any) -> tuple[EventRecord, ...]:
    serve({"_embedded": {"events": raw}, "page": {"totalPages": 1}})
    return ticketmaster.events(["x"]).items


@pytest.mark.parametrize(
    ("name", "events", "total"),
    [
        ("events-search-page0-2016", 20, 75_568),
        ("events-search-page2-size5-unicode", 5, 112_624),
        ("events-search-eagles-2020", 12, 110_019),
        ("events-search-music-subset-2024", 13, 256_837),
        ("events-search-single-result-lastpage", 1, 1),
    ],
)
def test_listings(serve: Serve, ticketmaster: Ticketmaster, name: str, events: int, total: int) -> None:
    serve(recorded("ticketmaster", name))
    page = ticketmaster.events(["x"])
    assert (len(page.items), page.skipped, page.total) == (events, 0, total)
    assert page.cursor == ("tba:0" if total == 1 else "dated:1")
    assert all(event.local_date for event in page.items)


def test_single_events(serve: Serve, ticketmaster: Ticketmaster) -> None:
    raw = [event for event in all_recorded("ticketmaster", "event-*").values() if "dates" in event]
    found = read_events(serve, ticketmaster, *raw)
    assert len(found) == len(raw) == 9
    assert max(len(event.attractions) for event in found) == 10


def test_what_is_odd_about_them(serve: Serve, ticketmaster: Ticketmaster) -> None:
    names = ("rescheduled", "no-specific-time", "resale-tmr", "offsale")
    raw = [recorded("ticketmaster", f"event-{name}") for name in names]
    rescheduled, timeless, resale, offsale = read_events(serve, ticketmaster, *raw)
    assert (rescheduled.status, rescheduled.local_date, rescheduled.original_date) == (
        "rescheduled",
        date(2024, 11, 6),
        date(2023, 11, 26),
    )
    assert rescheduled.attractions[0].mbids == ("f4d5cc07-3bc9-4836-9b15-88a08359bc63",)
    assert rescheduled.attractions[0].spotify_ids == ("1KCSPY1glIKqW2TotWuXOR",)
    assert timeless.local_date is not None
    assert (timeless.local_time, timeless.starts_at) == (None, None)
    assert (resale.source, offsale.status) == ("tmr", "scheduled")


def test_dates(serve: Serve, ticketmaster: Ticketmaster) -> None:
    blocks = recorded("ticketmaster", "dates-blocks-observed-2026-09")
    raw = [{"id": name, "name": name, "dates": dates} for name, dates in blocks.items()]
    postponed, rescheduled = read_events(serve, ticketmaster, *raw)
    assert (postponed.local_date, postponed.original_date) == (None, date(2026, 9, 13))
    assert (rescheduled.local_date, rescheduled.status) == (date(2026, 9, 12), "rescheduled")


def test_attractions(serve: Serve, ticketmaster: Ticketmaster) -> None:
    listed = recorded("ticketmaster", "attractions-with-musicbrainz")
    serve({"_embedded": {"attractions": listed}})
    found = ticketmaster.attractions("x")
    assert len(found) == 25
    assert all(act.mbids for act in found)
    assert not {genre for act in found for genre in act.genres} & {"Undefined", "Other"}
    serve(recorded("ticketmaster", "attractions-search-page0-2016"))
    assert len(ticketmaster.attractions("x")) == 20
    serve(recorded("ticketmaster", "attraction-by-id-2016"))
    assert ticketmaster.attraction("x").name


def test_venues(serve: Serve, ticketmaster: Ticketmaster) -> None:
    found = []
    for raw in [
        recorded("ticketmaster", "venue-by-id-2016"),
        *recorded("ticketmaster", "venues-collected"),
    ]:
        serve(raw)
        found.append(ticketmaster.venue("x"))
    assert len(found) == 49
    assert all(venue.name == venue.name.strip() and venue.country for venue in found)
    assert sum(venue.latitude is not None for venue in found) >= 40


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DIS1036", Refused),
        ("DIS1035", Refused),
        ("DIS1015", Refused),
        ("invalid_key", Misconfigured),
        ("quota_documented", RateLimited),
        ("spike_apigee", RateLimited),
    ],
)
def test_errors(serve: Serve, ticketmaster: Ticketmaster, name: str, expected: type[Exception]) -> None:
    error = recorded("ticketmaster", "errors-observed-2026-10")[name]
    serve(error["body"], error["status"])
    with pytest.raises(expected):
        ticketmaster.events(["x"])


def test_nothing_found_in_its_two_forms(serve: Serve, ticketmaster: Ticketmaster) -> None:
    serve(recorded("ticketmaster", "errors-observed-2026-10")["empty_result"]["body"])
    assert ticketmaster.events(["x"]).items == ()
    serve(recorded("ticketmaster", "error-404-DIS1004"), 404)
    with pytest.raises(NotFound):
        ticketmaster.attraction("x")
