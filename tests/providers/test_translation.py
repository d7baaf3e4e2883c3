from datetime import UTC, datetime, timedelta

import pytest

from setlist.providers.errors import (
    Misconfigured,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, NotFound),
        (418, Refused),
        (429, RateLimited),
        (500, Unavailable),
        (599, Unavailable),
    ],
)
def test_statuses_mean_what_they_usually_mean(status: int, error: type[ProviderError]) -> None:
    assert type(usual_error("someone", Answer(status=status))) is error


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("0", 0), ("-5", 0), ("1.5", 1.5), ("", None), ("soon", None), ("inf", None)],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    before = datetime.now(UTC)
    until = throttled("someone", Answer(status=429, headers={"Retry-After": value})).until
    if seconds is None:
        assert until is None
    else:
        assert until is not None
        assert timedelta(seconds=seconds) <= until - before < timedelta(seconds=seconds + 60)


def test_retry_after_may_be_a_date() -> None:
    headers = {"Retry-After": "Fri, 01 Jan 2010 00:00:00 GMT"}
    until = throttled("someone", Answer(status=429, headers=headers)).until
    assert until is not None
    assert abs(until - datetime.now(UTC)) < timedelta(seconds=60)
