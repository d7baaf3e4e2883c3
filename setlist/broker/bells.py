"""Bells: what a consumer of messages sleeps by. They ring for each message that is sent, through Redis.

A ring that is lost costs a while and no message: whoever sleeps looks by itself now and then.
"""

import logging
import threading
from collections.abc import Iterable

import redis

from setlist.broker.ear import Ear

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # the longest sleep
REST_SECONDS = 1.0  # of a listener without Redis


def channel_of(queue: str) -> str:
    """Where Redis tells that a message was sent to this queue."""
    return f"setlist:sent:{queue}"


class Bell:
    """Of one consumer, rung from any thread."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def hush(self) -> None:
        self._rung.clear()

    def wait(self, seconds: float = LOOK_SECONDS) -> bool:
        """Whether it rang."""
        return self._rung.wait(seconds)


class Bells:
    """One for each queue of a process, and a thread that listens for all of them."""

    def __init__(self, client: redis.Redis, queues: Iterable[str]) -> None:
        self._bells = {queue: Bell() for queue in queues}
        by_channel = {channel_of(queue): bell for queue, bell in self._bells.items()}
        self._ear = Ear(
            client=client,
            patterns=list(by_channel),
            heard=lambda channel: by_channel[channel].ring(),
            begun=self.ring_all,
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bells", daemon=True)

    def of(self, queue: str) -> Bell:
        return self._bells[queue]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Wakes all sleepers, too."""
        self._stopping.set()
        self.ring_all()

    def ring_all(self) -> None:
        for bell in self._bells.values():
            bell.ring()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._ear.listen(lambda: not self._stopping.is_set())
            except redis.RedisError as error:
                log.info("not woken by Redis for now: %s", error)
                self._stopping.wait(REST_SECONDS)
