"""Consumers sleep until a bell rings: for a message of their queue, or for room."""

import time
from collections.abc import Collection, Iterator, Sequence

import pytest
import redis
from dramatiq import Worker, actor

from setlist.broker import NAMESPACE, JobBroker, make_client
from setlist.broker import bells as module
from setlist.broker import consumer as consuming
from setlist.broker.bells import Bell, Bells, channel_of
from setlist.broker.consumer import JobConsumer, NotNow
from tests.queue.polling import until
from tests.queue.rows import OTHER_QUEUE, QUEUE
from tests.servers import sender_to


@pytest.fixture
def bells(settings, redis_client) -> Iterator[Bells]:
    ringing = Bells(make_client(settings.redis_url, timeout=2), [QUEUE, OTHER_QUEUE])
    ringing.start()
    assert rang(ringing.of(OTHER_QUEUE))  # for what was sent while nobody listened
    yield ringing
    ringing.stop()


def rang(bell: Bell, seconds: float = 5.0) -> bool:
    return bell._rung.wait(seconds)


def test_a_message_rings_for_its_queue_and_no_other(settings, bells):
    for queue in (QUEUE, OTHER_QUEUE):
        bells.of(queue).hush()
    sender_to(settings).send(QUEUE, [1, 2, 3])

    assert rang(bells.of(QUEUE))
    assert not rang(bells.of(OTHER_QUEUE), 0.2)


def test_they_listen_again_after_their_connection_was_cut(bells, redis_client: redis.Redis, monkeypatch):
    monkeypatch.setattr(module, "REST_SECONDS", 0.05)
    bells.of(QUEUE).hush()
    for client in redis_client.client_list(_type="pubsub"):
        redis_client.client_kill_filter(_id=client["id"])
    assert rang(bells.of(QUEUE))  # it listens anew, and something may have been missed
    bells.of(QUEUE).hush()
    redis_client.publish(channel_of(QUEUE), "1")

    assert rang(bells.of(QUEUE))


def test_a_stop_wakes_all_that_sleep(bells):
    rang(bells.of(OTHER_QUEUE))
    bells.of(OTHER_QUEUE).hush()
    bells.stop()

    assert rang(bells.of(OTHER_QUEUE))


def test_a_message_whose_ring_was_lost_is_found_all_the_same(settings, redis_client):
    deaf = Bells(make_client(settings.redis_url, timeout=2), [QUEUE])  # never started
    broker = JobBroker(make_client(settings.redis_url, timeout=2), bells=deaf)
    broker.declare_queue(QUEUE)
    consumer = broker.consume(QUEUE, prefetch=2)
    assert next(consumer) is None
    sender_to(settings).send(QUEUE, [7])

    assert next(consumer).kwargs == {"job_id": 7}


def test_no_more_is_fetched_than_there_is_room_for_and_the_next_one_when_there_is(settings, redis_client):
    ran, most, now = [], [], []
    bells = Bells(make_client(settings.redis_url, timeout=2), [QUEUE])
    broker = JobBroker(make_client(settings.redis_url, timeout=2), bells=bells)

    def run(job_id: int) -> None:
        now.append(job_id)
        most.append(len(now))
        time.sleep(0.05)
        now.remove(job_id)
        ran.append(job_id)

    actor(run, broker=broker, actor_name=QUEUE, queue_name=QUEUE)
    sender_to(settings).send(QUEUE, list(range(12)))
    worker = Worker(broker, worker_threads=4, worker_timeout=100)
    worker.queue_prefetch = 2
    worker.start()
    try:
        until(lambda: len(ran) == 12)
    finally:
        worker.stop(timeout=2000)
    assert max(most) == 2


class TestAConsumer:
    @pytest.fixture
    def asked(self) -> list[list[int]]:
        return []

    @pytest.fixture
    def consumer(self, settings, redis_client, asked) -> JobConsumer:
        """Of a worker that gets the jobs with even numbers."""

        def admit(queue: str, job_ids: Sequence[int]) -> Collection[int]:
            asked.append(list(job_ids))
            return [job_id for job_id in job_ids if job_id % 2 == 0]

        broker = JobBroker(make_client(settings.redis_url, timeout=2), admit=admit)
        broker.declare_queue(QUEUE)
        return broker.consume(QUEUE, prefetch=4)

    def test_it_asks_for_as_many_as_there_is_room_for_and_hands_on_what_was_admitted(
        self, settings, consumer, asked
    ):
        sender_to(settings).send(QUEUE, [1, 2, 3, 4, 5, 6])
        first, second = next(consumer), next(consumer)

        assert [first.kwargs["job_id"], second.kwargs["job_id"]] == [2, 4]
        assert next(consumer).kwargs["job_id"] == 6
        assert asked == [[1, 2, 3, 4], [5, 6]]

    def test_what_is_over_or_was_not_admitted_is_forgotten_in_redis(
        self, settings, consumer, redis_client: redis.Redis
    ):
        sender_to(settings).send(QUEUE, [1, 2])
        consumer.ack(next(consumer))
        consumer.close()

        assert redis_client.hlen(f"{NAMESPACE}:{QUEUE}.msgs") == 0
        assert list(redis_client.scan_iter(match="*__acks__*")) == []

    def test_two_messages_for_one_job_are_one(self, settings, consumer):
        sender_to(settings).send(QUEUE, [2, 2])
        assert next(consumer).kwargs["job_id"] == 2
        assert next(consumer) is None

    def test_messages_whose_jobs_cannot_be_claimed_go_back(self, settings, redis_client, monkeypatch):
        monkeypatch.setattr(consuming, "REST_SECONDS", 0.01)

        def refuse(queue: str, job_ids: Sequence[int]) -> Collection[int]:
            raise NotNow("the database is away")

        broker = JobBroker(make_client(settings.redis_url, timeout=2), admit=refuse)
        broker.declare_queue(QUEUE)
        sender_to(settings).send(QUEUE, [1, 2])

        assert next(broker.consume(QUEUE, prefetch=4)) is None
        assert sender_to(settings).lengths([QUEUE]) == {QUEUE: 2}
