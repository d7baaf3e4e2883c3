"""Dramatiq on Redis, stripped to what carries a job's id from here to a worker.

Retries, delays, age and time limits are rows in PostgreSQL (setlist/queue): Dramatiq's own strand when
Redis restarts. So its middleware stays off, and no queue gets a delay queue.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import redis
from dramatiq import Message, Middleware
from dramatiq.brokers.redis import RedisBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import Settings

NAMESPACE = "setlist"
WORKER_SECONDS = 5.0  # a worker may wait for Redis; the thread that answers a fan may not
SENDER_SECONDS = 0.25
SENDER_REST_SECONDS = 2.0  # after a failure the next sends fail at once for so long


class JobBroker(RedisBroker):
    """No delay queues: their consumers would poll Redis for what never comes."""

    def __init__(self, client: redis.Redis, middleware: Iterable[Middleware] = ()) -> None:
        super().__init__(client=client, namespace=NAMESPACE, middleware=list(middleware))  # type: ignore[no-untyped-call]

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        if delay is not None:
            _refuse_delay()
        return super().enqueue(message)


def make_broker(settings: Settings, *, timeout: float, middleware: Iterable[Middleware] = ()) -> JobBroker:
    return JobBroker(make_client(settings, timeout=timeout), middleware)


def make_client(settings: Settings, *, timeout: float) -> redis.Redis:
    """For redis://, rediss:// and unix://. Every wait has an end, whatever the library's defaults are."""
    if settings.redis_url is None:
        raise ValueError("REDIS_URL is not set")
    return redis.Redis.from_url(
        settings.redis_url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        # One more try for a connection that broke while it was idle; none for a Redis that hangs.
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        retry_on_error=[],
    )


class Sender:
    """The queue's transport: a message is the job's id and nothing else.

    A Redis that is down or frozen costs its caller half a second once, then nothing for a while.
    """

    def __init__(self, settings: Settings) -> None:
        self._broker = make_broker(settings, timeout=SENDER_SECONDS)
        self._rests_until = 0.0

    def send(self, queue: str, job_id: int) -> None:
        if time.monotonic() < self._rests_until:
            raise ConnectionError("Redis did not answer a moment ago")
        message: Message[Any] = Message(
            queue_name=queue, actor_name=queue, args=(), kwargs={"job_id": job_id}, options={}
        )
        try:
            self._broker.enqueue(message)
        except redis.RedisError as error:
            self._rests_until = time.monotonic() + SENDER_REST_SECONDS
            raise ConnectionError(str(error)) from error

    def lengths(self, queues: Iterable[str]) -> Mapping[str, int]:
        names = list(queues)
        try:
            with self._broker.client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.llen(f"{NAMESPACE}:{name}")
                return dict(zip(names, pipe.execute(), strict=True))
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error


def _refuse_delay() -> NoReturn:
    raise ValueError("delays are rows: enqueue(…, run_at=…)")
