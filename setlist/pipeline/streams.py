"""Pages fetched ahead: while one provider's rows are written, the others' pages are on their way.

A stream asks for the pages of one listing in a thread of its own, in order and at most a few ahead of the
writer. Threads know no session and no row. What was fetched ahead of a kill is asked for again: the only
calls that are spent twice.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, TypeVar

from setlist.domain.time_left import AHEAD, Reading
from setlist.pipeline.meters import Meter
from setlist.providers.answers import Page

RESTED = 0.05  # seconds without a call
T = TypeVar("T")

Fetch = Callable[[str | None], Page[T]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched(Generic[T]):
    """A page, and the cursor that asks for it."""

    cursor: str | None
    page: Page[T]


class NobodyReads(BaseException):
    """The writer has stopped: the call that was about to be sent is not."""


class Stream(Generic[T]):
    """Iterate once. An error of the thread is raised where its page would have come."""

    def __init__(self, name: str, fetch: Fetch[T], cursor: str | None) -> None:
        self._fetch = fetch
        self._cursor = cursor
        self._ready: deque[Fetched[T]] = deque()
        self._changed = threading.Condition()
        self._error: BaseException | None = None
        self._is_over = False
        self._is_closed = False
        self._meter: Meter[T] = Meter()
        self._thread = threading.Thread(target=self._run, name=f"stream {name}", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Fetched[T]]:
        while (fetched := self._next()) is not None:
            self._meter.taken(fetched.page)
            yield fetched
            self._meter.written()

    def reading(self) -> Reading:
        """How far it is, and how fast."""
        with self._changed:
            ready = tuple(fetched.page.size for fetched in self._ready)
            return self._meter.reading(ready=ready, is_over=self._is_over or self._is_closed)

    def close(self) -> None:
        """Ask for nothing more. A call under way ends by its own deadline."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _next(self) -> Fetched[T] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._is_over or self._is_closed)
            if self._ready:
                fetched = self._ready.popleft()
                self._changed.notify_all()
                return fetched
            if self._error is not None:
                raise self._error
            return None

    def _run(self) -> None:
        cursor, since = self._cursor, -math.inf  # when the last page came
        try:
            while self._has_room():
                self._meter.asked(is_rested=time.monotonic() - since > RESTED)
                page = self._fetch(cursor)
                self._put(Fetched(cursor=cursor, page=page))
                since = time.monotonic()
                if page.cursor is None:
                    break
                cursor = page.cursor
        except BaseException as error:  # whatever it is, the writer is to hear of it
            self._error = error
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _has_room(self) -> bool:
        """Waits for it; False where nobody reads any more."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._ready) < AHEAD or self._is_closed)
            return not self._is_closed

    def _put(self, fetched: Fetched[T]) -> None:
        with self._changed:
            self._ready.append(fetched)
            self._meter.answered(fetched.page)
            self._changed.notify_all()


class Streams:
    """Those of one run, by the name of what they read; closed together at its end."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str | None, Stream[Any]]] = {}
        self._used: dict[str, Stream[Any]] = {}
        self._is_closed = False

    def refuse_if_closed(self) -> None:
        """To be asked before each call is sent: a page may take several, and wait for its turn."""
        if self._is_closed:
            raise NobodyReads

    def open(self, name: str, fetch: Fetch[Any], cursor: str | None) -> None:
        """Begin to fetch, unless that is under way."""
        if name not in self._open:
            self._open[name] = (cursor, Stream(name, fetch, cursor))

    def pages(self, name: str, fetch: Fetch[T], cursor: str | None) -> Stream[T]:
        """The stream that begins at the cursor: the one that was opened, else a new one."""
        begun_at, stream = self._open.pop(name, (None, None))
        if stream is None or begun_at != cursor:
            if stream is not None:
                stream.close()
            stream = Stream(name, fetch, cursor)
        self._open[f"{name} in use"] = (cursor, stream)
        self._used[name] = stream
        return stream

    def readings(self) -> dict[str, Reading]:
        """Of each listing that was asked for in this run."""
        opened = {name: stream for name, (_, stream) in self._open.items() if not name.endswith(" in use")}
        return {name: stream.reading() for name, stream in {**opened, **self._used}.items()}

    def __enter__(self) -> "Streams":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._is_closed = True
        for _, stream in self._open.values():
            stream.close()
        self._open.clear()
