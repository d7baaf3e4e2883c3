import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.cron.runs import CronRun
from setlist.cron.timetable import TIMETABLE
from setlist.extensions import db
from setlist.models.queue import QueueJob


def test_names_are_unique_and_every_entry_says_what_it_is_for():
    names = [entry.name for entry in TIMETABLE]

    assert len(set(names)) == len(names)
    assert all(entry.purpose for entry in TIMETABLE)


def test_a_run_may_start_at_least_until_a_clock_took_over():
    for entry in TIMETABLE:
        now = datetime.now(UTC)
        assert entry.window.total_seconds() >= 60
        assert entry.window <= entry.schedule.next_due(now) - entry.schedule.last_due(now)


def test_bursts_are_looked_for_outside_of_the_app(session):
    entry = next(entry for entry in TIMETABLE if entry.name == "vote_bursts")
    with Session(db.engine) as own, ThreadPoolExecutor(1) as elsewhere:
        run = CronRun(session=own, stopping=threading.Event())
        report = elsewhere.submit(entry.work, run).result()
    assert (report.message, report.metrics) == ("0 new or grown", {"bursts": 0})


def test_trending_has_one_active_job_however_often_its_time_comes(session):
    trending = next(entry for entry in TIMETABLE if entry.name == "trending")
    run = CronRun(session=session, stopping=threading.Event())
    reports = [trending.work(run) for _ in range(3)]
    session.commit()

    job = session.scalars(select(QueueJob)).one()
    assert (job.queue, job.dedup_key) == ("trending_calc", "trending_calc")
    assert {report.metrics["job_id"] for report in reports} == {job.id}
