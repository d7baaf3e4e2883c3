import pytest
import redis
from dramatiq import Message

from setlist.broker import NAMESPACE, JobBroker, make_client
from setlist.queue import outbox
from setlist.worker.boot import REDIS_SECONDS
from tests.broken_redis import BREAKS
from tests.queue.rows import fresh, stored
from tests.servers import sender_to
from tests.services.redis_stand_ins import refusing_in_front_of


def test_a_message_is_a_jobs_id_and_nothing_else(app, settings):
    broker = JobBroker(make_client(settings.redis_url, timeout=2))
    broker.declare_queue("artist_search")
    sender_to(settings).send("artist_search", [7])

    message = next(broker.consume("artist_search", timeout=10))
    assert (message.actor_name, message.args, message.kwargs) == ("artist_search", (), {"job_id": 7})
    assert message.options.keys() == {"redis_message_id"}


def test_lengths_are_those_of_what_nobody_fetched(app, settings):
    sender = sender_to(settings)
    for job_id in range(3):
        sender.send("artist_search", [job_id])

    assert sender.lengths(["artist_search", "artist_import"]) == {"artist_search": 3, "artist_import": 0}


def test_there_are_no_delays(app, settings):
    broker = JobBroker(make_client(settings.redis_url, timeout=2))
    broker.declare_queue("artist_search")

    assert broker.get_declared_delay_queues() == set()
    message = Message(queue_name="artist_search", actor_name="artist_search", args=(), kwargs={}, options={})
    with pytest.raises(ValueError, match="run_at"):
        broker.enqueue(message, delay=1000)


def test_a_redis_that_is_away_is_a_connection_error(settings, tmp_path):
    away = settings.model_copy(update={"redis_url": f"unix://{tmp_path}/nobody.sock?db=0"})
    sender = sender_to(away)

    with pytest.raises(ConnectionError):
        sender.send("artist_search", [1])
    with pytest.raises(ConnectionError, match="a moment ago"):
        sender.send("artist_search", [2])
    with pytest.raises(ConnectionError):
        sender.lengths(["artist_search"])


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1/3", "rediss://127.0.0.1/3", "unix:///run/redis.sock?db=3"]
)
def test_every_wait_for_redis_has_an_end(settings, url):
    client = make_client(url, timeout=REDIS_SECONDS)
    options = client.connection_pool.connection_kwargs

    assert options["socket_timeout"] == REDIS_SECONDS
    assert options["db"] == 3
    assert options["retry"].get_retries() == 1


def test_the_keys_have_a_prefix_of_their_own(app, settings, redis_client: redis.Redis):
    sender_to(settings).send("artist_search", [7])

    assert all(key.startswith(NAMESPACE.encode()) for key in redis_client.scan_iter())


@pytest.mark.parametrize("way", BREAKS)
def test_with_redis_broken_a_job_is_kept_and_sent_once_it_is_well(session, settings, own_redis, way, caplog):
    own = settings.model_copy(update={"redis_url": own_redis.url, "redis_seconds": 0.3})
    sender = sender_to(own)
    sender.send("artist_search", [7])
    own_redis.break_as(way)
    with pytest.raises(ConnectionError):
        sender.send("artist_search", [8])
    outbox.connect(sender)
    job_id = stored(session, "artist_search")
    outbox.connect(sender_to(settings), attempts=settings.job_attempts)

    assert "1 jobs wait for the dispatcher" in caplog.text
    assert fresh(session, job_id).state == "queued"
    own_redis.repair()
    healthy = sender_to(own)
    healthy.send("artist_search", [job_id])
    assert healthy.lengths(["artist_search"])["artist_search"] >= 1


def test_a_worker_hears_from_a_server_that_knows_neither_hello_nor_client(app, settings, own_redis):
    with refusing_in_front_of(own_redis.socket_path, {"HELLO", "CLIENT"}) as (server, _):
        plain = settings.model_copy(update={"redis_url": server.url})
        broker = JobBroker(make_client(plain.redis_url, timeout=2))
        broker.declare_queue("artist_search")
        sender_to(plain).send("artist_search", [7])
        message = next(broker.consume("artist_search", timeout=10))
        broker.client.close()
    assert message.kwargs == {"job_id": 7}
