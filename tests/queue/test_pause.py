import pytest

from setlist.queue.names import UnknownQueue
from setlist.queue.pause import pause, paused_queues, resume
from tests.queue.rows import QUEUE


def test_a_queue_is_paused_until_it_is_resumed(session):
    pause(session, QUEUE, reason="the provider asks for it", by="ada@example.org")
    assert paused_queues(session) == {QUEUE}

    resume(session, QUEUE)
    assert paused_queues(session) == set()


def test_pausing_and_resuming_twice_is_the_same_as_once(session):
    pause(session, QUEUE)
    pause(session, QUEUE)
    resume(session, QUEUE)
    resume(session, QUEUE)

    assert paused_queues(session) == set()


def test_only_a_queue_that_exists_is_paused(session):
    with pytest.raises(UnknownQueue):
        pause(session, "artist_improt")
