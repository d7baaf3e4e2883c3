"""`setlist jobs`, over the real servers."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from setlist.cli import database
from setlist.cli.jobs import jobs
from setlist.models import AuditLog, QueueJob, QueueJobAttempt

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(database, "create_app", lambda: app)

    def running(*arguments: object, exit_code: int = 0, answer: str | None = None) -> Result:
        result = CliRunner().invoke(jobs, [str(one) for one in arguments], input=answer)
        assert result.exit_code == exit_code, result.output
        return result

    return running


def job(session: Session, state: str = "queued", queue: str = "cleanup", **values: object) -> int:
    over = state in {"done", "dead", "cancelled", "discarded"}
    usual = {"args": {}, "max_attempts": 5, "finished_at": datetime.now(UTC) if over else None}
    made = QueueJob(queue=queue, state=state, **usual | values)
    session.add(made)
    session.commit()
    return made.id


def state_of(session: Session, job_id: int) -> str:
    session.rollback()
    return session.get_one(QueueJob, job_id, populate_existing=True).state


def actions(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.scalars(select(AuditLog).order_by(AuditLog.id))
    return [(row.action, row.target) for row in rows]


def listed(result: Result) -> list[int]:
    return [int(line.split()[0]) for line in result.stdout.splitlines()[1:]]


class TestList:
    def test_queue_state_and_words_choose(self, run: Run, session: Session) -> None:
        first = job(session, "dead", error="a wall\nof words " + "x" * 200)
        second = job(session, "dead", "trending_calc", error="a door")
        third = job(session)
        assert listed(run("list")) == [third, second, first]
        assert listed(run("list", "--state", "dead", "--queue", "cleanup")) == [first]
        assert listed(run("list", "--words", "DOOR")) == [second]
        line = run("list", "--words", "wall").output.splitlines()[1]
        assert "a wall of words xxx" in line
        assert line.endswith("x…")
        assert run("list", "--state", "done").output == "There are none.\n"

    def test_a_list_that_is_cut_off_says_so(self, run: Run, session: Session) -> None:
        for _ in range(3):
            job(session)
        assert len(listed(run("list", "--limit", 2))) == 2
        assert "There may be more" in run("list", "--limit", 2).stderr

    @pytest.mark.parametrize("option", [("--queue", "nobody"), ("--state", "odd"), ("--limit", "0")])
    def test_what_is_none_is_refused(self, run: Run, option: tuple[str, str]) -> None:
        run("list", *option, exit_code=2)


class TestShow:
    def test_each_attempt_is_told_with_its_traceback(self, run: Run, session: Session) -> None:
        job_id = job(session, "dead", error="no", args={"q": "Björk"}, attempts=2, crashes=1)
        for fence in (1, 2):
            session.add(
                QueueJobAttempt(
                    job_id=job_id,
                    fence=fence,
                    worker=f"host:{fence}",
                    outcome="dead",
                    error="no",
                    traceback=f"Traceback {fence}\n  here",
                )
            )
        session.commit()
        output = run("show", job_id).output
        assert f"{job_id} of cleanup" in output
        assert "2 of 5, 1 crashes" in output
        assert '{"q": "Björk"}' in output
        assert output.index("Traceback 2\n  here") < output.index("Traceback 1\n  here")
        assert "host:1" in output

    def test_what_a_terminal_would_obey_is_taken_out(self, run: Run, session: Session) -> None:
        job_id = job(session, "dead", error="\x1b[2Jgone\x07", args={"q": "\x1b[31m"})
        for output in (run("show", job_id).output, run("list").output):
            assert "\x1b" not in output
            assert "\x07" not in output
            assert "[2Jgone" in output

    def test_one_that_never_ran_has_none(self, run: Run, session: Session) -> None:
        assert run("show", job(session)).output.endswith("\nNo attempts so far.\n")


class TestActions:
    @pytest.mark.parametrize(
        ("action", "before", "after", "audited"),
        [
            ("cancel", "queued", "cancelled", "job_cancelled"),
            ("cancel", "running", "cancelled", "job_cancelled"),
            ("retry", "dead", "queued", "job_retried"),
            ("retry", "discarded", "queued", "job_retried"),
            ("discard", "dead", "discarded", "job_discarded"),
        ],
    )
    def test_it_is_done_once_and_twice_is_no_mistake(
        self, run: Run, session: Session, action: str, before: str, after: str, audited: str
    ) -> None:
        job_id = job(session, before)
        run(action, job_id)
        assert state_of(session, job_id) == after
        assert f"is {after}, so nothing was done" in run(action, job_id).output
        assert actions(session) == [(audited, f"job {job_id}")]

    def test_a_running_one_stops_at_its_next_checkpoint(self, run: Run, session: Session) -> None:
        assert "it stops at its next checkpoint" in run("cancel", job(session, "running")).output
        assert "it will not run" in run("cancel", job(session)).output

    def test_a_retry_names_the_job_that_stands_in_its_way(self, run: Run, session: Session) -> None:
        job_id, other = job(session, "dead", dedup_key="muse"), job(session, dedup_key="muse")
        assert f"job {other} does the same" in run("retry", job_id, exit_code=1).output
        assert state_of(session, job_id) == "dead"
        assert actions(session) == []

    @pytest.mark.parametrize("action", ["show", "cancel", "retry", "discard"])
    @pytest.mark.parametrize("job_id", [77, 10**30])
    def test_one_that_is_none_is_told(self, run: Run, action: str, job_id: int) -> None:
        assert f"there is no job {job_id}" in run(action, job_id, exit_code=1).output

    @pytest.mark.parametrize("action", ["show", "cancel", "retry", "discard"])
    @pytest.mark.parametrize("job_id", ["0", "x", "-1"])
    def test_what_is_no_number_is_refused(self, run: Run, action: str, job_id: str) -> None:
        run(action, "--", job_id, exit_code=2)


class TestDiscardingAll:
    def test_it_asks_first_and_goes_in_batches(
        self, run: Run, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("setlist.queue.by_hand.BATCH", 2)
        monkeypatch.setattr("setlist.cli.batches.BATCH", 2)
        gone = [job(session, "dead") for _ in range(3)]
        kept = job(session, "dead", "trending_calc")
        asked = run("discard", "--all", "--queue", "cleanup", answer="n\n", exit_code=1)
        assert "Discard 3 dead jobs of cleanup?" in asked.output
        assert state_of(session, gone[0]) == "dead"
        assert "3 discarded" in run("discard", "--all", "--queue", "cleanup", answer="y\n").output
        assert {state_of(session, job_id) for job_id in gone} == {"discarded"}
        assert state_of(session, kept) == "dead"
        assert "1 discarded" in run("discard", "--all", "--yes").output
        details = session.scalars(select(AuditLog.details).order_by(AuditLog.id)).all()
        assert [one["discarded"] for one in details] == [3, 1]

    def test_only_those_with_the_words(self, run: Run, session: Session) -> None:
        gone, kept = job(session, "dead", error="a wall"), job(session, "dead", error="a door")
        run("discard", "--all", "--words", "wall", "--yes")
        assert [state_of(session, one) for one in (gone, kept)] == ["discarded", "dead"]

    @pytest.mark.parametrize(
        "arguments", [(), ("1", "--all"), ("1", "--queue", "cleanup"), ("--queue", "cleanup")]
    )
    def test_it_has_to_be_clear_which_are_meant(self, run: Run, arguments: tuple[str, ...]) -> None:
        assert "Give the ID of a job, or --all" in run("discard", *arguments, exit_code=2).output


def test_without_postgresql_it_says_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("setlist.cli.jobs.find_jobs", away)
    assert "PostgreSQL does not answer (OperationalError): start it" in run("list", exit_code=1).output
