"""Waiting until something happened: a message over Redis, or a while."""

import logging
import time
from types import TracebackType

import redis

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0  # a message may be lost: Redis promises none
LOOK_WITHOUT_REDIS_SECONDS = 1.5
RETRY_REDIS_SECONDS = 10.0
SHORTEST_SECONDS = 0.1  # a busy import is read ten times a second at most


class Wake:
    """Subscribed to one channel from __enter__ on, as far as Redis lets it."""

    def __init__(self, client: redis.Redis | None, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._subscription: redis.client.PubSub | None = None
        self._retry_at = 0.0

    def __enter__(self) -> "Wake":
        self._subscribe()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def wait(self, longest: float) -> None:
        started = time.monotonic()
        if self._subscription is None and started >= self._retry_at:
            self._subscribe()
        if self._subscription is None:
            time.sleep(min(longest, LOOK_WITHOUT_REDIS_SECONDS))
            return
        try:
            if not self._listen(self._subscription, started + min(longest, LOOK_SECONDS)):
                self._ask()
        except redis.RedisError as error:
            self._lose(error)
        time.sleep(max(0.0, min(longest, SHORTEST_SECONDS) - (time.monotonic() - started)))

    def _listen(self, subscription: "redis.client.PubSub", until: float) -> bool:
        """Until the first message, if there is one; what else has arrived by then woke us just as well."""
        is_woken = False
        while not is_woken and (left := until - time.monotonic()) > 0:
            message = subscription.get_message(timeout=left)
            is_woken = message is not None and message["type"] == "message"
        while subscription.get_message(timeout=0.0) is not None:
            is_woken = True
        return is_woken

    def _ask(self) -> None:
        """Whether Redis has nothing to say or is frozen: to listen and to subscribe is no different."""
        if self._client is not None:
            self._client.ping()

    def _subscribe(self) -> None:
        if self._client is None:
            return
        subscription: redis.client.PubSub = self._client.pubsub()  # type: ignore[no-untyped-call]
        try:
            self._ask()
            subscription.subscribe(self._channel)
        except redis.RedisError as error:
            subscription.close()
            self._lose(error)
        else:
            self._subscription = subscription

    def _lose(self, error: redis.RedisError) -> None:
        log.info("an event stream looks by itself, Redis does not answer: %s", error)
        self._drop()
        self._retry_at = time.monotonic() + RETRY_REDIS_SECONDS

    def _drop(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None
