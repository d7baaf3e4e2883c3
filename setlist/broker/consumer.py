"""Fetches the messages of one queue when its bell rings, and hands on those whose jobs this worker got.

Dramatiq's own consumer naps for up to its timeout when there is nothing, and asks Redis again: many times a
second, or late. It also fetches, and tells Redis of the end of, one message at a time.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Any

import redis
from dramatiq import Message, MessageProxy
from dramatiq.brokers.redis import (
    _RedisConsumer,  # the hook that RedisBroker.consume() offers has no public name
)
from dramatiq.errors import ConnectionClosed

from setlist.broker.bells import Bell

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.002  # for jobs that end together: they are told of, and followed, together
REST_SECONDS = 1.0  # where jobs cannot be claimed

# The ids of jobs of a queue that came as messages; back: those that this worker is to run. The others are
# taken, over or not due, and their messages are dropped.
Admit = Callable[[str, Sequence[int]], Collection[int]]


class NotNow(Exception):  # noqa: N818 - reads as what happened
    """No job can be claimed: the worker stops, or the database is away. The messages go back to Redis."""


def admit_all(_queue: str, job_ids: Sequence[int]) -> Collection[int]:
    return job_ids


class JobConsumer(_RedisConsumer):
    def __init__(self, broker: Any, queue_name: str, prefetch: int, *, bell: Bell, admit: Admit) -> None:
        super().__init__(broker, queue_name, prefetch, 0)  # type: ignore[no-untyped-call]
        self._bell = bell
        self._admit = admit
        self._ready: deque[MessageProxy] = deque()
        self._ended: deque[str] = deque()  # ids of messages in Redis, to be forgotten there
        self._is_waiting_for_room = False

    def __next__(self) -> MessageProxy | None:
        try:
            return self._next()
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]

    def ack(self, message: MessageProxy) -> None:
        """Told to Redis with the next ones. Should this process die before, the message comes again, and
        finds its job over.
        """
        self._ended.append(message.options["redis_message_id"])
        self.queued_message_ids.discard(message.message_id)
        if self._is_waiting_for_room:
            self._bell.ring()

    def nack(self, message: MessageProxy) -> None:
        """There are no dead messages: what becomes of a job is in its row."""
        self.ack(message)

    def close(self) -> None:
        try:
            self._forget_ended()
        except redis.RedisError as error:
            log.info("some messages will come again: %s", error)
        super().close()

    def _next(self) -> MessageProxy | None:
        if self._ready:
            return self._ready.popleft()
        self._bell.hush()  # what rings from here on ends the wait below
        self._forget_ended()
        room = self.prefetch - len(self.queued_message_ids)
        self._is_waiting_for_room = room <= 0
        if room > 0 and self._fetch(room):
            return self._ready.popleft() if self._ready else None
        if self._bell.wait() and self._is_waiting_for_room:
            time.sleep(GATHER_SECONDS)
        return None

    def _fetch(self, most: int) -> bool:
        """Whether there was any message."""
        found = [Message.decode(data) for data in self.broker.do_fetch(self.queue_name, most) if data]
        by_job = {message.kwargs["job_id"]: message for message in found}
        try:
            admitted = self._admit(self.queue_name, list(by_job)) if by_job else ()
        except NotNow as reason:
            log.info("messages of %s go back to Redis: %s", self.queue_name, reason)
            self.requeue(found)  # type: ignore[no-untyped-call]
            time.sleep(REST_SECONDS)
            return True
        for message in found:
            if message.kwargs["job_id"] in admitted and by_job[message.kwargs["job_id"]] is message:
                self.queued_message_ids.add(message.message_id)
                self._ready.append(MessageProxy(message))
            else:
                self._ended.append(message.options["redis_message_id"])
        return bool(found)

    def _forget_ended(self) -> None:
        """As Dramatiq's script does it for one."""
        ended = [self._ended.popleft() for _ in range(len(self._ended))]
        if ended:
            namespace = self.broker.namespace
            with self.broker.client.pipeline(transaction=False) as pipe:
                pipe.srem(f"{namespace}:__acks__.{self.broker.broker_id}.{self.queue_name}", *ended)
                pipe.hdel(f"{namespace}:{self.queue_name}.msgs", *ended)
                pipe.execute()
