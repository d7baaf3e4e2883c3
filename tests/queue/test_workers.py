from setlist.models.queue import Worker
from setlist.queue.workers import WorkerIdentity, beat, stopped

WORKER = WorkerIdentity(threads=4, version="0.1.0", group="imports")


def test_the_first_beat_makes_the_row_and_the_next_one_keeps_it_alive(session):
    beat(session, WORKER)
    session.commit()
    first = session.get_one(Worker, WORKER.id)
    assert (first.host, first.pid, first.threads) == (WORKER.host, WORKER.pid, 4)
    assert first.worker_group == "imports"
    assert 10_000_000 < first.memory_bytes < 2_000_000_000
    before = first.heartbeat_at

    beat(session, WORKER)
    session.commit()
    session.refresh(first)
    assert first.heartbeat_at > before


def test_a_worker_that_stopped_says_when(session):
    beat(session, WORKER)
    stopped(session, WORKER)
    session.commit()

    assert session.get_one(Worker, WORKER.id).stopped_at is not None


def test_two_processes_with_the_same_pid_are_two_workers():
    assert WorkerIdentity(threads=1, version="").id != WorkerIdentity(threads=1, version="").id
