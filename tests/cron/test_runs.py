import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setlist.cron.runs import CronRun, Outcome, Report, Work, give_up_lost_runs, run_if_due
from setlist.cron.schedule import Every
from setlist.cron.timetable import Entry
from setlist.extensions import db
from setlist.models.operations import CronLog, CronMetric

DUE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_entry(work: Work) -> Entry:
    return Entry(
        name="sweeping",
        purpose="sweeps",
        schedule=Every(timedelta(hours=1)),
        work=work,
        window=timedelta(minutes=30),
    )


@pytest.fixture
def run(session) -> CronRun:
    return CronRun(session=session, stopping=threading.Event())


def logged(session) -> list[CronLog]:
    session.rollback()
    return list(session.scalars(select(CronLog).order_by(CronLog.due_at)))


def test_a_run_is_written_down_with_what_it_says_and_its_figures(session, run):
    entry = make_entry(lambda run: Report(message="3 corners swept", metrics={"corners": 3}))

    assert run_if_due(entry, run, DUE + timedelta(seconds=5)) is Outcome.DONE
    (row,) = logged(session)
    assert (row.name, row.due_at, row.outcome, row.message) == ("sweeping", DUE, "done", "3 corners swept")
    assert row.finished_at is not None
    metrics = {metric.metric: metric.value for metric in session.scalars(select(CronMetric))}
    assert metrics.keys() == {"corners", "seconds"}
    assert metrics["corners"] == 3


def test_it_runs_once_for_each_time_it_is_due(session, run):
    entry = make_entry(lambda run: Report())
    found = [run_if_due(entry, run, DUE + timedelta(minutes=minute)) for minute in (0, 1, 20, 60, 61)]

    assert found == [Outcome.DONE, None, None, Outcome.DONE, None]
    assert [row.due_at for row in logged(session)] == [DUE, DUE + timedelta(hours=1)]


def test_what_it_did_is_committed_with_the_word_that_it_is_done(session, run):
    def work(run: CronRun) -> Report:
        run.session.execute(text("INSERT INTO system_health (part, state) VALUES ('test', 'noted')"))
        return Report()

    run_if_due(make_entry(work), run, DUE)
    with Session(db.engine) as other:
        assert other.scalar(text("SELECT count(*) FROM system_health")) == 1


def test_a_failed_run_says_why_and_leaves_nothing_half_done(session, run):
    def work(run: CronRun) -> Report:
        run.session.execute(text("INSERT INTO system_health (part, state) VALUES ('test', 'noted')"))
        raise ValueError("the broom is gone")

    assert run_if_due(make_entry(work), run, DUE) is Outcome.FAILED
    (row,) = logged(session)
    assert (row.outcome, row.message) == ("failed", "ValueError: the broom is gone")
    assert session.scalar(text("SELECT count(*) FROM system_health")) == 0


def test_two_clocks_that_both_believe_to_lead_run_it_once(app, session):
    engine, together, found = db.engine, threading.Barrier(4), []
    entry = make_entry(lambda run: Report())

    def lead() -> None:
        with Session(engine) as own:
            together.wait(5)
            found.append(run_if_due(entry, CronRun(session=own, stopping=threading.Event()), DUE))

    threads = [threading.Thread(target=lead) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(map(str, found)) == ["None", "None", "None", "done"]
    assert len(logged(session)) == 1


def test_a_time_that_nobody_could_keep_is_missed(session, run):
    entry = make_entry(lambda run: Report())
    run_if_due(entry, run, DUE)

    assert run_if_due(entry, run, DUE + timedelta(minutes=95)) is Outcome.MISSED
    assert [row.outcome for row in logged(session)] == ["done", "missed"]


def test_before_the_very_first_run_nothing_is_missed(session, run):
    entry = make_entry(lambda run: Report())

    assert run_if_due(entry, run, DUE + timedelta(minutes=45)) is None
    assert logged(session) == []


def test_a_new_leader_gives_up_what_the_old_one_left_running(session, run):
    def work(run: CronRun) -> Report:
        raise KeyboardInterrupt  # as if the process ended here

    with pytest.raises(KeyboardInterrupt):
        run_if_due(make_entry(work), run, DUE)
    assert [row.outcome for row in logged(session)] == ["running"]

    assert give_up_lost_runs(session) == 1
    session.commit()
    (row,) = logged(session)
    assert row.outcome == "lost"
    assert row.finished_at is not None
