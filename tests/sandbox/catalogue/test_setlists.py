"""When setlists change."""

from datetime import UTC, datetime, time

from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.setlists import LATEST_CHANGE
from setlist.sandbox.options import SandboxOptions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_none_changes_later_than_a_search_for_changes_looks_back() -> None:
    catalogue = Catalogue(SandboxOptions(artists=120, now=NOW))
    lags = [
        catalogue.setlists.version(act, event, NOW)[1] - datetime.combine(event.day, time(), UTC)
        for act in range(120)
        for event in catalogue.past(act, skip=0, most=100)
    ]
    assert len(lags) > 5_000
    assert max(lags) < LATEST_CHANGE


def test_the_past_comes_by_days_so_that_a_search_may_stop_early() -> None:
    catalogue = Catalogue(SandboxOptions(artists=120, now=NOW))
    for act in range(120):
        days = [event.day for event in catalogue.past(act, skip=0, most=100)]
        assert days == sorted(days, reverse=True)
