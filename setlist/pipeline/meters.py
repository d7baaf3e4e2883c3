"""How fast the pages of one listing come and are written: measured where it happens."""

import time
from typing import Generic, TypeVar

from setlist.domain.time_left import A_PAGE, Reading
from setlist.providers.answers import Page

T = TypeVar("T")

# How much the latest page says of the present speed, beside all before it. A budget that is shared with more
# or fewer imports than before changes at once, and for good; a busy machine makes some pages slow.
NEWEST_CALL = 0.7
NEWEST_PAGE = 0.4


class Meter(Generic[T]):
    """Of one stream. Its thread calls asked() and answered(), its reader taken() and written()."""

    def __init__(self) -> None:
        self._total: int | None = None
        self._page_entries = 0
        self._pages = self._entries = 0
        self._write_seconds = 0.0
        self._calls = self._fetched_pages = self._fetched_entries = 0
        self._fetch_seconds = 0.0
        self._call_seconds: float | None = None
        self._page_seconds: float | None = None
        self._is_rested = True
        self._asked_at: float | None = None
        self._taken_at: float | None = None
        self._writing = 0
        self._is_last = False

    def asked(self, *, is_rested: bool) -> None:
        """Rested: the provider was left alone for a while, so that the first call need not wait its turn."""
        self._is_rested = is_rested
        self._asked_at = time.monotonic()

    def answered(self, page: Page[T]) -> None:
        seconds = time.monotonic() - (self._asked_at or 0.0)
        self._asked_at = None
        in_turn = page.calls - 1 if self._is_rested else page.calls
        if in_turn:
            self._call_seconds = _lately(self._call_seconds, seconds / in_turn, NEWEST_CALL)
        self._fetch_seconds += seconds
        self._calls += page.calls
        self._fetched_pages += 1
        self._fetched_entries += page.size
        self._page_entries = max(self._page_entries, page.size)
        self._is_last = page.cursor is None
        if page.total is not None:  # a listing may be of several, the first of which is the largest
            self._total = max(self._total or 0, page.total)

    def taken(self, page: Page[T]) -> None:
        self._writing, self._taken_at = page.size, time.monotonic()

    def written(self) -> None:
        seconds = time.monotonic() - (self._taken_at or 0.0)
        self._page_seconds = _lately(self._page_seconds, seconds / (self._writing + A_PAGE), NEWEST_PAGE)
        self._write_seconds += seconds
        self._pages += 1
        self._entries += self._writing
        self._writing, self._taken_at = 0, None

    def reading(self, *, ready: tuple[int, ...], is_over: bool) -> Reading:
        now = time.monotonic()
        taken_at, asked_at = self._taken_at, self._asked_at  # threads change them
        return Reading(
            total=self._total,
            page_entries=self._page_entries,
            pages=self._pages,
            entries=self._entries,
            write_seconds=self._write_seconds,
            calls=self._calls,
            fetched_pages=self._fetched_pages,
            fetched_entries=self._fetched_entries,
            fetch_seconds=self._fetch_seconds,
            call_seconds=self._call_seconds,
            page_seconds=self._page_seconds,
            is_over=is_over or self._is_last,
            ready=ready,
            writing=self._writing,
            writing_for=now - taken_at if taken_at is not None else 0.0,
            fetching_for=now - asked_at if asked_at is not None else None,
        )


def _lately(before: float | None, now: float, weight: float) -> float:
    return now if before is None else weight * now + (1 - weight) * before
