"""Hearing what Redis tells its subscribers, for as long as somebody wants to hear it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import redis

SILENCE_SECONDS = 5.0  # then Redis is asked whether it is there
ANSWER_SECONDS = 2.0  # for its answer; nobody waits for this but the ear


@dataclass(frozen=True, kw_only=True, slots=True)
class Ear:
    """`heard` is called with each message's channel; `begun` before the first one, and each time that the
    connection is a new one: something may have been missed.
    """

    client: redis.Redis
    patterns: Sequence[str]
    heard: Callable[[str], None]
    begun: Callable[[], None]

    def listen(self, goes_on: Callable[[], bool]) -> None:
        """Until it need not go on. Raises RedisError, also where Redis says nothing and does not answer."""
        with self.client.pubsub() as subscription:  # type: ignore[no-untyped-call]
            subscription.psubscribe(*self.patterns)
            self._expect(subscription)
            while goes_on():
                if not self._next(subscription, SILENCE_SECONDS):
                    # Whether nothing is sent or the line is dead: to listen is no different.
                    subscription.ping()
                    self._expect(subscription)

    def _expect(self, subscription: "redis.client.PubSub") -> None:
        if not self._next(subscription, ANSWER_SECONDS):
            raise redis.TimeoutError("no answer")

    def _next(self, subscription: "redis.client.PubSub", seconds: float) -> bool:
        """Whether anything was heard."""
        message = subscription.get_message(timeout=seconds)
        if message is None:
            return False
        if message["type"] == "psubscribe":  # also where redis-py has mended a broken connection by itself
            self.begun()
        elif message["type"] == "pmessage":
            channel = message["channel"]
            self.heard(channel.decode() if isinstance(channel, bytes) else channel)
        return True
