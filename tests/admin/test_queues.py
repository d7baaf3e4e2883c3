import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setlist.admin.charts import TALL, chart
from setlist.models import AuditLog, QueueJob, QueuePause
from setlist.models.queue import QueueMinute
from setlist.queue.history import last_end
from setlist.queue.names import QUEUES

MINUTE = timedelta(minutes=1)
HOSTILE = "<script>alert(1)</script>"


def words(html: str) -> str:
    return " ".join(html.split())


def minute(session: Session, back: int, **figures: object) -> None:
    """That ended so many minutes before the last one that a page shows."""
    usual = {"queue": "cleanup", "done": 0, "failed": 0, "lost": 0, "dead": 0, "waiting": 0}
    at = last_end(datetime.now(UTC)) - (back + 1) * MINUTE
    session.add(QueueMinute(minute=at, **usual | figures))
    session.commit()


def waiting(session: Session, queue: str = "cleanup", count: int = 1) -> None:
    for _ in range(count):
        session.add(QueueJob(queue=queue, args={}, max_attempts=5))
    session.commit()


def audited(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(AuditLog.action, AuditLog.target).order_by(AuditLog.id))
    return [(row.action, row.target) for row in rows if row.action.startswith(("queue", "job"))]


class TestTheList:
    def test_every_queue_is_there_under_its_group_with_its_purpose(self, operator: FlaskClient) -> None:
        page = words(operator.get("/admin/queues").text)
        for name, rule in QUEUES.items():
            assert f'href="/admin/queues/{name}"' in page
            assert escape(rule.purpose) in page
        assert page.index(">imports<") < page.index(">artist_import<") < page.index(">background<")
        assert "none was counted so far" in page

    def test_a_count_leads_to_the_jobs_that_it_counts(self, operator: FlaskClient, session: Session) -> None:
        waiting(session, count=2)
        page = words(operator.get("/admin/queues").text)
        assert '<a href="/admin/jobs?queue=cleanup&amp;state=waiting">2</a>' in page
        listed = operator.get("/admin/jobs?queue=cleanup&state=waiting").text
        assert listed.count('href="/admin/jobs/') == 2

    def test_rates_and_times_are_those_of_the_minutes(self, operator: FlaskClient, session: Session) -> None:
        minute(session, 0, done=30, failed=2, lost=1, wait_p50=12.0, wait_p95=1500.0, run_p50=300.0)
        minute(session, 90, failed=40)
        page = words(operator.get("/admin/queues").text)
        row = page[page.index('href="/admin/queues/cleanup"') :]
        assert 'class="figure">0.5</td>' in row
        assert '3<span class="quiet"> / 43</span>' in row
        assert "12 ms" in row
        assert "1.5 s" in row
        assert "cleanup in the last hour: 30 done, 3 failed" in row

    def test_htmx_gets_the_tables_alone_and_asks_again(self, operator: FlaskClient) -> None:
        asked = {"HX-Request": "true", "HX-Target": "queue_table"}
        answer = operator.get("/admin/queues", headers=asked).text
        assert answer.lstrip().startswith('<div id="queue_table"')
        assert 'hx-trigger="load delay:5s, again"' in answer


class TestOneQueue:
    def test_it_shows_its_rule_and_its_minutes(self, operator: FlaskClient, session: Session) -> None:
        minute(session, 0, done=7, waiting=3, oldest_seconds=75.0)
        page = words(operator.get("/admin/queues/cleanup").text)
        facts = " ".join(re.sub("<[^>]+>", "", page).split())
        assert "Time limit 2 h" in facts
        assert "Kept for 30 d" in facts
        assert "Last 24 hours: 7 done, 0 failed" in page
        assert '<td class="figure">3</td> <td class="figure">1 min</td>' in page

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("name", ["nobody", "%3Cscript%3E"])
    def test_one_that_is_none_is_not_found(self, operator: FlaskClient, name: str, method: str) -> None:
        paths = {"get": ["", "/cancel"], "post": ["/pause", "/resume", "/cancel"]}[method]
        for path in paths:
            assert getattr(operator, method)(f"/admin/queues/{name}{path}").status_code == 404


class TestPausing:
    def test_it_stays_paused_with_the_reason_until_it_is_resumed(
        self, operator: FlaskClient, session: Session
    ) -> None:
        answer = operator.post("/admin/queues/cleanup/pause", data={"reason": HOSTILE})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/queues/cleanup")
        pause = session.scalars(select(QueuePause)).one()
        assert (pause.queue, pause.reason, pause.paused_by) == ("cleanup", HOSTILE, "admin@setlist.local")
        page = operator.get("/admin/queues/cleanup").text
        assert "cleanup is paused: what runs goes on" in page
        assert HOSTILE not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "state-paused" in operator.get("/admin/queues").text
        operator.post("/admin/queues/cleanup/resume")
        session.rollback()
        assert session.scalars(select(QueuePause)).all() == []
        assert audited(session) == [("queue_paused", "cleanup"), ("queue_resumed", "cleanup")]

    def test_twice_keeps_the_first_reason_and_is_told_once(
        self, operator: FlaskClient, session: Session
    ) -> None:
        for reason in ("the first", "the second"):
            assert operator.post("/admin/queues/cleanup/pause", data={"reason": reason}).status_code == 303
        assert session.scalars(select(QueuePause.reason)).all() == ["the first"]
        assert "is paused already" in operator.get("/admin/queues/cleanup").text
        for _ in range(2):
            assert operator.post("/admin/queues/cleanup/resume").status_code == 303
        assert "is not paused" in operator.get("/admin/queues/cleanup").text
        assert len(audited(session)) == 2


class TestCancellingAllThatWait:
    def test_it_asks_first_and_then_cancels_those_and_no_others(
        self, operator: FlaskClient, session: Session
    ) -> None:
        waiting(session, count=3)
        waiting(session, "trending_calc")
        page = operator.get("/admin/queues/cleanup/cancel").text
        assert "3 jobs" in words(page)
        until = page.split('name="until" value="')[1].split('"')[0]
        waiting(session)  # after the question
        for told in ("3 jobs are cancelled", "0 jobs are cancelled"):
            operator.post("/admin/queues/cleanup/cancel", data={"until": until.replace("&#43;", "+")})
            assert told in operator.get("/admin/queues/cleanup").text
        session.rollback()
        states = text("SELECT queue, state, count(*) FROM queue_jobs GROUP BY 1, 2 ORDER BY 1, 2")
        assert [tuple(row) for row in session.execute(states)] == [
            ("cleanup", "cancelled", 3),
            ("cleanup", "queued", 1),
            ("trending_calc", "queued", 1),
        ]
        details = session.scalars(select(AuditLog.details).where(AuditLog.action == "jobs_cancelled")).all()
        assert [one["cancelled"] for one in details] == [3, 0]

    @pytest.mark.parametrize("until", [None, "", "soon", "2026-01-01T00:00:00"])
    def test_without_the_question_nothing_is_done(
        self, operator: FlaskClient, session: Session, until: str | None
    ) -> None:
        waiting(session)
        answer = operator.post("/admin/queues/cleanup/cancel", data={"until": until} if until else {})
        assert answer.status_code == 422
        session.rollback()
        assert session.scalars(select(QueueJob.state)).all() == ["queued"]


class TestCharts:
    UNTIL = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

    def row(self, back: int, done: int, failed: int = 0) -> QueueMinute:
        at = self.UNTIL - back * MINUTE
        return QueueMinute(minute=at, done=done, failed=failed, lost=0, dead=0, waiting=0)

    def test_the_tallest_bar_is_as_tall_as_the_chart_and_failures_stand_on_it(self) -> None:
        made = chart([self.row(1, 6, 2), self.row(3, 4)], until=self.UNTIL, bars=3)
        assert [(bar.done_tall, bar.failed_tall) for bar in made.bars] == [(20, 0), (0, 0), (30, 10)]
        assert (made.most, made.done, made.failed, TALL) == (8, 10, 2, 40)
        assert made.bars[0].at == self.UNTIL - 3 * MINUTE

    def test_minutes_are_put_together_and_those_outside_are_left_out(self) -> None:
        rows = [self.row(back, 1) for back in range(40)]
        made = chart(rows, until=self.UNTIL, bars=2, minutes=15)
        assert [bar.done for bar in made.bars] == [15, 15]

    def test_nothing_is_flat(self) -> None:
        made = chart([], until=self.UNTIL, bars=2)
        assert [bar.done_tall for bar in made.bars] == [0, 0]
