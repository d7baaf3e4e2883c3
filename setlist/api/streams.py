"""How many event streams a process may hold: each keeps one of its threads busy."""

import threading

from flask import current_app
from flask.blueprints import BlueprintSetupState

from config import Settings

RETRY_SECONDS = 5


class Slots:
    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count) if count else None

    def take(self) -> "Slot | None":
        """None if all are taken."""
        if self._free is None or not self._free.acquire(blocking=False):
            return None
        return Slot(self._free)


class Slot:
    """Given back once, however often a server says that the answer ended."""

    def __init__(self, free: threading.BoundedSemaphore) -> None:
        self._free = free
        self._lock = threading.Lock()
        self._is_taken = True

    def give_back(self) -> None:
        with self._lock:
            if self._is_taken:
                self._is_taken = False
                self._free.release()


def install(state: BlueprintSetupState) -> None:
    settings: Settings = state.app.extensions["settings"]
    state.app.extensions["event_slots"] = Slots(settings.event_streams)


def slots() -> Slots:
    found: Slots = current_app.extensions["event_slots"]
    return found
