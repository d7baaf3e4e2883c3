"""The broker of a worker process, and its way to Redis."""

from collections.abc import Iterable
from typing import Any, NoReturn

import redis
from dramatiq import Message, Middleware
from dramatiq.brokers.redis import RedisBroker
from redis.backoff import FullJitterBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from setlist.broker.bells import Bell, Bells
from setlist.broker.consumer import Admit, JobConsumer, admit_all

NAMESPACE = "setlist"
LONGEST_PAUSE = 0.02  # before its one more try


class JobBroker(RedisBroker):
    """No delay queues: their consumers would poll Redis for what never comes. Consumers wait for a bell."""

    def __init__(
        self,
        client: redis.Redis,
        middleware: Iterable[Middleware] = (),
        *,
        bells: Bells | None = None,
        admit: Admit = admit_all,
    ) -> None:
        super().__init__(client=client, namespace=NAMESPACE, middleware=list(middleware))  # type: ignore[no-untyped-call]
        self._bells = bells
        self._admit = admit

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> JobConsumer:
        bell = self._bells.of(queue_name) if self._bells is not None else Bell()
        return JobConsumer(self, queue_name, prefetch, bell=bell, admit=self._admit)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        if delay is not None:
            _refuse_delay()
        return super().enqueue(message)


def make_client(url: str, *, timeout: float) -> redis.Redis:
    """For the consumers of a worker, which have nothing to do without Redis but to ask for it again.

    No page waits for them, and Dramatiq has its own rest between two tries: so they stay outside the breaker
    of the process, which would be opened by their long waits for nothing.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        # One more try for a connection that broke while it was idle; none for a Redis that hangs.
        retry=Retry(FullJitterBackoff(LONGEST_PAUSE, LONGEST_PAUSE), 1, (redis.ConnectionError,)),
        # As in services/redis_client.py: no words that Upstash and its like may not know.
        protocol=2,
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )


def _refuse_delay() -> NoReturn:
    raise ValueError("delays are rows: enqueue(…, run_at=…)")
