"""What a worker process does when it is told to stop."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

ECHO_SECONDS = 1.0  # a signal sent to a whole group of processes comes again, from whoever passes it on


class Stops:
    """SIGTERM or SIGINT drains; another one, or SIGQUIT, does not wait."""

    def __init__(self, *, drain: Callable[[], None], at_once: Callable[[], None]) -> None:
        self._drain = drain
        self._at_once = at_once
        self._first_at: float | None = None
        self._hurried = False

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if number == signal.SIGQUIT or (self._first_at is not None and now > self._first_at + ECHO_SECONDS):
            self._hurry()
        elif self._first_at is None:
            self._first_at = now
            self._drain()

    def _hurry(self) -> None:
        if not self._hurried:
            self._hurried = True
            threading.Thread(target=self._at_once, name="at-once", daemon=True).start()
