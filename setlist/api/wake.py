"""Waiting until something happened: a message over Redis, or a while."""

import time
from types import TracebackType

import redis

from setlist.api.hub import Hub, Sleeper, hub_of

LOOK_SECONDS = 5.0  # a message may be lost: Redis promises none
LOOK_WITHOUT_REDIS_SECONDS = 1.5
SHORTEST_SECONDS = 0.1  # a busy import is read ten times a second at most


class Wake:
    """Rung for one channel from __enter__ on, as far as Redis lets it."""

    def __init__(self, client: redis.Redis | None, channel: str) -> None:
        self._hub: Hub | None = hub_of(client) if client is not None else None
        self._channel = channel
        self._sleeper = Sleeper(channel)

    def __enter__(self) -> "Wake":
        if self._hub is not None:
            self._sleeper = self._hub.join(self._channel)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._hub is not None:
            self._hub.leave(self._sleeper)

    def wait(self, longest: float) -> None:
        started = time.monotonic()
        hears = self._hub is not None and self._hub.hears
        self._sleeper.sleep(min(longest, LOOK_SECONDS if hears else LOOK_WITHOUT_REDIS_SECONDS))
        time.sleep(max(0.0, min(longest, SHORTEST_SECONDS) - (time.monotonic() - started)))
