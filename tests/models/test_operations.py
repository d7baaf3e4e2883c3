"""log_cron_run(), by which the runs of the timetable are written down."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

DUE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOG_RUN = text("""
    SELECT log_cron_run(
        p_name => :name, p_due_at => :due, p_started_at => :due, p_finished_at => :finished,
        p_outcome => :outcome, p_message => :message, p_metrics => CAST(:metrics AS jsonb))""")


def test_a_run_that_ends_is_the_row_that_it_began_with(session: Session) -> None:
    begun = _log(session, None, "running")
    ended = _log(session, DUE + timedelta(seconds=2), "done", "swept", '{"corners": 3, "seconds": 1.5}')
    assert begun == ended
    row = session.execute(text("SELECT * FROM cron_logs")).one()
    assert (row.id, row.name, row.due_at, row.started_at) == (begun, "sweeping", DUE, DUE)
    assert (row.finished_at, row.outcome, row.message) == (DUE + timedelta(seconds=2), "done", "swept")
    assert _metrics(session) == {"corners": 3, "seconds": Decimal("1.5")}


def test_figures_of_a_second_word_replace_those_of_the_first(session: Session) -> None:
    _log(session, None, "running", metrics='{"corners": 1, "rooms": 2}')
    _log(session, DUE, "done", metrics='{"corners": 4}')
    assert _metrics(session) == {"corners": 4, "rooms": 2}


def test_each_time_it_is_due_has_a_row_of_its_own(session: Session) -> None:
    first = _log(session, DUE, "done")
    assert _log(session, DUE, "done", due=DUE + timedelta(hours=1)) != first
    assert _log(session, DUE, "done", name="dusting") != first
    assert session.scalar(text("SELECT count(*) FROM cron_logs")) == 3


def _log(
    session: Session,
    finished: datetime | None,
    outcome: str,
    message: str = "",
    metrics: str = "{}",
    **which: object,
) -> int:
    values = {"name": "sweeping", "due": DUE, "finished": finished, "outcome": outcome}
    run_id = session.scalar(LOG_RUN, values | {"message": message, "metrics": metrics} | which)
    assert run_id is not None
    return int(run_id)


def _metrics(session: Session) -> dict[str, Decimal]:
    rows = session.execute(text("SELECT metric, value FROM cron_metrics"))
    return {row.metric: row.value for row in rows}
