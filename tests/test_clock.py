"""The clock: what it does every second, and who does it when the leader is gone."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from setlist.broker import NAMESPACE
from setlist.clock import Duty, count_minutes, run_entry, send_due, take_back
from setlist.cron.leader import LOCK, Leadership, leading_clock
from setlist.cron.timetable import TIMETABLE
from setlist.extensions import db
from setlist.models import Artist, CronLog, SyncJob
from setlist.models.queue import QueueMinute
from setlist.queue.cancel import cancel
from setlist.queue.enqueue import enqueue
from setlist.queue.finish import done
from tests.queue.polling import until
from tests.queue.processes import OwnProcess, start_clock
from tests.queue.rows import QUEUE, age, claimed, expire, fresh, stored
from tests.servers import sender_to


@pytest.fixture
def engine(app) -> Engine:
    return db.engine


@pytest.fixture
def start(settings, tmp_path) -> Iterator[Callable[[str], OwnProcess]]:
    clocks: list[OwnProcess] = []

    def start(name: str) -> OwnProcess:
        clocks.append(start_clock(settings, tmp_path / f"{name}.log"))
        return clocks[-1]

    yield start
    for clock in clocks:
        clock.end()


def leader_pid(session: Session) -> int | None:
    session.rollback()
    clock = leading_clock(session)
    return None if clock is None else int(clock.rpartition(":")[2])


def due_in(session: Session, seconds: float) -> int:
    job_id = enqueue(session, QUEUE, {}, run_at=datetime.now(UTC) + timedelta(seconds=seconds)).id
    session.commit()
    return job_id


def was_sent(session: Session, job_id: int) -> bool:
    return fresh(session, job_id).sent_at is not None


def test_due_jobs_are_sent(session, engine, settings, redis_client):
    job_id = due_in(session, 60)
    age(session, job_id, "run_at", 61)
    send_due(engine, sender_to(settings))

    assert was_sent(session, job_id)
    assert redis_client.llen(f"{NAMESPACE}:{QUEUE}") == 1


def test_expired_leases_are_taken_back_and_imports_without_a_job_end(session, engine, caplog):
    lease, cancelled = claimed(session, stored(session)), stored(session)
    expire(session, lease)
    artist = Artist(name="Muse", name_folded="muse")
    session.add(artist)
    session.flush()
    sync = SyncJob(kind="import", artist_id=artist.id, queue_job_id=cancelled)
    session.add(sync)
    cancel(session, cancelled)
    session.commit()
    take_back(engine)

    assert fresh(session, lease.job_id).state == "retrying"
    assert session.get_one(SyncJob, sync.id, populate_existing=True).state == "cancelled"
    assert "1 jobs lost their worker" in caplog.text


def test_what_was_done_is_counted_by_the_minute(session, engine):
    lease = claimed(session, stored(session))
    done(session, lease)
    age(session, lease.job_id, "finished_at", 120)
    count_minutes(engine)
    count_minutes(engine)

    assert session.execute(select(QueueMinute.queue, QueueMinute.done)).all() == [(QUEUE, 1)]


def test_an_entry_of_the_timetable_is_run_when_due(session, engine):
    trending = next(entry for entry in TIMETABLE if entry.name == "trending")
    run_entry(engine, trending, Event())

    assert session.scalars(select(CronLog.outcome)).one() == "done"


def test_an_outage_is_told_once_and_its_end_too(caplog):
    faults: list[Exception | None] = [ConnectionError("no Redis"), ConnectionError("no Redis"), None, None]

    def call() -> None:
        fault = faults.pop(0)
        if fault is not None:
            raise fault

    duty = Duty("dispatcher", call)
    for _ in range(4):
        duty()

    assert [record.message for record in caplog.records] == [
        "dispatcher waits: no Redis",
        "dispatcher goes on",
    ]


def test_postgresql_away_is_an_outage_and_a_mistake_is_not(caplog):
    def has_no_database() -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    def is_wrong() -> None:
        raise ValueError("wrong")

    Duty("reaper", has_no_database)()
    assert "reaper waits" in caplog.text
    with pytest.raises(ValueError, match="wrong"):
        Duty("reaper", is_wrong)()


def test_a_clock_that_has_the_lock_and_no_complete_name_yet_is_not_told_as_the_leader(session, engine):
    with engine.connect() as taking_over:
        taking_over.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        for name in ("", "setlist clock", "setlist clock host", "setlist clock host:"):
            taking_over.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
            assert leader_pid(session) is None
        taking_over.execute(text("SET application_name = 'setlist clock host:12'"))
        assert leader_pid(session) == 12
        taking_over.invalidate()  # neither lock nor name go back to the pool


def test_a_leader_on_a_host_with_the_longest_name_still_tells_its_pid(session, engine, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 64)
    clock = Leadership(engine)
    assert clock.confirm()
    try:
        assert leader_pid(session) == os.getpid()
    finally:
        clock.release()


def test_one_clock_leads_and_another_takes_over_when_it_is_killed(session, start):
    first = start("first")
    until(lambda: leader_pid(session) == first.pid)
    second = start("second")
    job_id = due_in(session, 0.5)
    until(lambda: was_sent(session, job_id))
    until(lambda: session.scalar(select(CronLog.outcome).where(CronLog.name == "trending")) == "done")

    first.signal_one(signal.SIGKILL)
    until(lambda: leader_pid(session) == second.pid)
    lease = claimed(session, stored(session))
    expire(session, lease)
    until(lambda: fresh(session, lease.job_id).state == "retrying")

    second.signal_one(signal.SIGTERM)
    assert second.wait() == 0
    assert leader_pid(session) is None


def test_a_clock_goes_on_after_postgresql_dropped_all_connections(session, start):
    clock = start("only")
    until(lambda: leader_pid(session) == clock.pid)
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    session.rollback()
    job_id = due_in(session, 0.5)
    until(lambda: was_sent(session, job_id))
    until(lambda: leader_pid(session) == clock.pid)

    assert not clock.is_over


def test_a_clock_waits_for_a_redis_that_is_away(session, settings, tmp_path):
    away = settings.model_copy(update={"redis_url": f"unix://{tmp_path}/nobody.sock?db=0"})
    clock = start_clock(away, tmp_path / "clock.log")
    try:
        until(lambda: leader_pid(session) == clock.pid)
        until(lambda: "dispatcher waits" in clock.log.read_text())
        lease = claimed(session, stored(session))
        expire(session, lease)
        until(lambda: fresh(session, lease.job_id).state == "retrying")
        assert not was_sent(session, lease.job_id)
    finally:
        clock.end()
