import socket
from collections.abc import Iterator

import pytest

from setlist.queue import outbox
from setlist.queue.enqueue import enqueue
from tests.queue.rows import OTHER_QUEUE, QUEUE, fresh, stored
from tests.servers import sender_to


@pytest.fixture
def reconnect(settings) -> Iterator[None]:
    """The process gets its usual transport back."""
    yield
    outbox.connect(sender_to(settings), attempts=settings.job_attempts)


@pytest.fixture
def deaf_redis() -> Iterator[str]:
    """Accepts connections and never says a word, as a frozen Redis does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_nothing_is_sent_before_the_commit(session, messages):
    enqueue(session, QUEUE, {})
    assert messages(QUEUE) == 0

    session.commit()
    assert messages(QUEUE) == 1


def test_nothing_is_sent_on_a_rollback(session, messages):
    enqueue(session, QUEUE, {})
    session.rollback()
    enqueue(session, OTHER_QUEUE, {})
    session.commit()

    assert (messages(QUEUE), messages(OTHER_QUEUE)) == (0, 1)


def test_an_id_is_sent_once(session, messages):
    enqueue(session, QUEUE, {})
    session.commit()
    enqueue(session, OTHER_QUEUE, {})
    session.commit()
    session.commit()

    assert (messages(QUEUE), messages(OTHER_QUEUE)) == (1, 1)


def test_a_savepoint_sends_nothing_by_itself(session, messages):
    with session.begin_nested():
        enqueue(session, QUEUE, {})
    assert messages(QUEUE) == 0

    session.rollback()
    session.commit()
    assert messages(QUEUE) == 0


def test_what_a_savepoint_enqueued_is_sent_with_the_commit_around_it(session, messages):
    with session.begin_nested(), session.begin_nested():
        enqueue(session, QUEUE, {})
    session.commit()

    assert messages(QUEUE) == 1


def test_a_savepoint_that_is_rolled_back_takes_its_job_along(session, messages):
    enqueue(session, OTHER_QUEUE, {})
    savepoint = session.begin_nested()
    with session.begin_nested():
        enqueue(session, QUEUE, {})
    savepoint.rollback()
    session.commit()

    assert (messages(QUEUE), messages(OTHER_QUEUE)) == (0, 1)


def test_redis_down_does_not_fail_the_caller(session, settings, reconnect, caplog):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    nobody = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{port}/0"})
    outbox.connect(sender_to(nobody))

    job_id = stored(session)

    assert fresh(session, job_id).state == "queued"
    assert "1 jobs wait for the dispatcher" in caplog.text


def test_a_frozen_redis_does_not_hold_the_caller(session, settings, reconnect, deaf_redis, caplog):
    outbox.connect(sender_to(settings.model_copy(update={"redis_url": deaf_redis, "redis_seconds": 0.2})))
    for _ in range(20):
        enqueue(session, QUEUE, {})
    session.commit()

    assert "20 jobs wait for the dispatcher" in caplog.text
    stored(session)
    assert "a moment ago" in caplog.text  # it was not even asked again


def test_a_process_without_a_transport_keeps_the_row(session, reconnect, caplog):
    outbox.connect(None)
    job_id = stored(session)

    assert fresh(session, job_id).state == "queued"
    assert "no transport" in caplog.text
