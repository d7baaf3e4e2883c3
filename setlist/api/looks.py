"""One look at an import's rows for all event streams of a process that are woken at the same moment."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

News = TypeVar("News")


class Look(Generic[News]):
    """Of the streams of one import."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = 0.0
        self._after: int | None = None
        self._news: News | None = None

    def after(self, last: int, read: Callable[[int], News]) -> News:
        """What `read` says, or said to another stream that asked the same and began after this call.

        One that waited for it meanwhile takes its answer: an older one could lack what woke this stream.
        """
        wanted = time.monotonic()
        with self._lock:
            if self._news is None or self._after != last or self._began < wanted:
                began = time.monotonic()
                self._news = read(last)
                self._began, self._after = began, last
            return self._news


class Looks(Generic[News]):
    """By database and import, for as long as a stream holds one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: WeakValueDictionary[tuple[int, int], Look[News]] = WeakValueDictionary()

    def of(self, database: int, sync_id: int) -> Look[News]:
        with self._lock:
            return self._held.setdefault((database, sync_id), Look())
