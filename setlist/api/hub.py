"""One ear at Redis for all event streams of a process.

With an ear of its own each stream would have a connection of its own, and a hundred that open at once would
find Redis too slow for all of them. This one hears of every import's progress, and rings for those streams
that wait for it.
"""

import contextlib
import logging
import threading
import time

import redis

from setlist.broker.ear import Ear
from setlist.models.sync import progress_channel

log = logging.getLogger(__name__)

PATTERN = f"{progress_channel(0).rpartition(':')[0]}:*"
RETRY_SECONDS = 2.0
OPEN_SECONDS = 1.0  # a stream's longest wait for the first word of Redis


class Sleeper:
    """A stream's: rung for its channel, and when Redis is back, since something may have been missed."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def sleep(self, seconds: float) -> None:
        self._rung.wait(seconds)
        self._rung.clear()


class Hub:
    """Its thread runs while a stream is there."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._ear = Ear(client=client, patterns=[PATTERN], heard=self._ring, begun=self._begun)
        self._lock = threading.Lock()
        self._sleepers: dict[str, set[Sleeper]] = {}
        self._thread: threading.Thread | None = None
        self._is_heard = threading.Event()
        self._has_tried = threading.Event()

    @property
    def hears(self) -> bool:
        return self._is_heard.is_set()

    def join(self, channel: str) -> Sleeper:
        """Whatever is sent from now on rings, if Redis is there."""
        sleeper = Sleeper(channel)
        with self._lock:
            self._sleepers.setdefault(channel, set()).add(sleeper)
            if self._thread is None:
                self._has_tried.clear()
                self._thread = threading.Thread(target=self._run, name="progress-ear", daemon=True)
                self._thread.start()
        self._has_tried.wait(OPEN_SECONDS)
        return sleeper

    def leave(self, sleeper: Sleeper) -> None:
        with self._lock:
            sleepers = self._sleepers[sleeper.channel]
            sleepers.discard(sleeper)
            if not sleepers:
                del self._sleepers[sleeper.channel]

    def _run(self) -> None:
        while not self._is_over():
            try:
                self._ear.listen(self._has_sleepers)
            except (redis.RedisError, ValueError) as error:  # ValueError: its connection was closed under it
                log.info("event streams look by themselves, Redis does not answer: %s", error)
                self._tell_breaker()
                self._is_heard.clear()
                self._has_tried.set()
                time.sleep(RETRY_SECONDS)

    def _tell_breaker(self) -> None:
        """The one of this process, which then knows it too: a subscription does not pass it."""
        with contextlib.suppress(redis.RedisError):  # whichever it is, the breaker has counted it
            self._client.ping()

    def _is_over(self) -> bool:
        with self._lock:
            if not self._sleepers:
                self._thread = None
                self._is_heard.clear()
            return self._thread is None

    def _begun(self) -> None:
        self._is_heard.set()
        self._has_tried.set()
        self._ring_all()

    def _has_sleepers(self) -> bool:
        with self._lock:
            return bool(self._sleepers)

    def _ring(self, channel: str) -> None:
        with self._lock:
            sleepers = list(self._sleepers.get(channel, ()))
        for sleeper in sleepers:
            sleeper.ring()

    def _ring_all(self) -> None:
        with self._lock:
            channels = list(self._sleepers)
        for channel in channels:
            self._ring(channel)


_hubs: dict[redis.ConnectionPool, Hub] = {}
_hubs_lock = threading.Lock()


def hub_of(client: redis.Redis) -> Hub:
    """The one of this process for the client's Redis."""
    with _hubs_lock:
        return _hubs.setdefault(client.connection_pool, Hub(client))
