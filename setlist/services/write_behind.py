"""Writing what was counted within a second, in a thread of its own, so that nobody's answer waits for it."""

import atexit
import threading
from collections.abc import Callable

EVERY_SECONDS = 1.0


class WriteBehind:
    """Calls `write` once for all that was noted within a second, and at the end of the process.

    A thread lives only while there is something to write. A killed process loses its last second.
    """

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_known_at_exit = False
        self._is_closed = False

    def soon(self) -> None:
        """What was noted before the call is written after it."""
        if self._is_waiting():
            return
        with self._lock:
            if self._is_closed or self._is_waiting():
                return
            if not self._is_known_at_exit:
                atexit.register(self.close)
                self._is_known_at_exit = True
            self._timer = threading.Timer(EVERY_SECONDS, self._run)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """What comes later is not written by itself any more."""
        with self._lock:
            self._is_closed = True
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        atexit.unregister(self.close)
        self._write()

    def _is_waiting(self) -> bool:
        """A timer of before a fork is not alive in the child."""
        timer = self._timer
        return timer is not None and timer.is_alive()

    def _run(self) -> None:
        with self._lock:
            self._timer = None  # what is noted from here on is for the next one
        self._write()
