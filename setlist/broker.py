"""Dramatiq on Redis, stripped to what carries a job's id from here to a worker.

Retries, delays, age and time limits are rows in PostgreSQL (setlist/queue): Dramatiq's own strand when
Redis restarts. So its middleware stays off, and no queue gets a delay queue.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import redis
from dramatiq import Message, Middleware
from dramatiq.brokers.redis import RedisBroker
from redis.backoff import FullJitterBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from config import Settings

NAMESPACE = "setlist"
WORKER_SECONDS = 5.0  # a worker may wait for Redis; the thread that answers a fan may not
LONGEST_PAUSE = 0.02  # before its one more try


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
    """For the consumers of a worker, which have nothing to do without Redis but to ask for it again.

    No page waits for them, and Dramatiq has its own rest between two tries: so they stay outside the breaker
    of the process, which would be opened by their long waits for nothing.
    """
    if settings.redis_url is None:
        raise ValueError("REDIS_URL is not set")
    return redis.Redis.from_url(
        settings.redis_url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        # One more try for a connection that broke while it was idle; none for a Redis that hangs.
        retry=Retry(FullJitterBackoff(LONGEST_PAUSE, LONGEST_PAUSE), 1, (redis.ConnectionError,)),
        # As in services/redis_client.py: no words that Upstash and its like may not know.
        protocol=2,
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )


class Sender:
    """The queue's transport: a message is the job's id and nothing else.

    It waits for as long as its client does, which answers bytes and knows when Redis is away.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._broker = JobBroker(client)

    def send(self, queue: str, job_id: int) -> None:
        message: Message[Any] = Message(
            queue_name=queue, actor_name=queue, args=(), kwargs={"job_id": job_id}, options={}
        )
        try:
            self._broker.enqueue(message)
        except redis.RedisError as error:
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
