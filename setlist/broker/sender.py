"""The queue's transport: what is sent is a job's id and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import redis
from dramatiq import Message

from setlist.broker.bells import channel_of
from setlist.broker.jobs import NAMESPACE

MOST_AT_ONCE = 500  # messages in one round trip


class Sender:
    """It waits for as long as its client does, which answers bytes and knows when Redis is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def send(self, queue: str, job_ids: Sequence[int]) -> None:
        """And ring for it. What a failing one has sent already is sent again later, which is harmless."""
        for first in range(0, len(job_ids), MOST_AT_ONCE):
            self._send(queue, job_ids[first : first + MOST_AT_ONCE])

    def lengths(self, queues: Iterable[str]) -> Mapping[str, int]:
        names = list(queues)
        try:
            with self._client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.llen(f"{NAMESPACE}:{name}")
                return dict(zip(names, pipe.execute(), strict=True))
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error

    def _send(self, queue: str, job_ids: Sequence[int]) -> None:
        messages: dict[Any, Any] = dict(_message(queue, job_id) for job_id in job_ids)
        try:
            with self._client.pipeline(transaction=False) as pipe:
                # As Dramatiq's own script does: what the ids stand for, then the ids.
                pipe.hset(f"{NAMESPACE}:{queue}.msgs", mapping=messages)
                pipe.rpush(f"{NAMESPACE}:{queue}", *messages)
                pipe.publish(channel_of(queue), len(messages))
                pipe.execute()
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error


def _message(queue: str, job_id: int) -> tuple[str, bytes]:
    """Its id in Redis, and itself."""
    redis_id = str(uuid4())
    message = Message[None](
        queue_name=queue,
        actor_name=queue,
        args=(),
        kwargs={"job_id": job_id},
        options={"redis_message_id": redis_id},
    )
    return redis_id, message.encode()
