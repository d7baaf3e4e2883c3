import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setlist.models import Artist, AuditLog, QueueJob, QueueJobAttempt, SyncJob
from setlist.queue.finding import PAGE

HOSTILE = '</pre><script>alert("x")</script>'
JOB_NOW = {"HX-Request": "true", "HX-Target": "job_now"}


def words(html: str) -> str:
    return " ".join(html.split())


def job(session: Session, state: str = "queued", queue: str = "cleanup", **values: object) -> QueueJob:
    over = state in {"done", "dead", "cancelled", "discarded"}
    usual = {"args": {}, "max_attempts": 5, "finished_at": datetime.now(UTC) if over else None}
    made = QueueJob(queue=queue, state=state, **usual | values)
    session.add(made)
    session.commit()
    return made


def dead(session: Session, error: str = "it broke", **values: object) -> QueueJob:
    made = job(session, "dead", error=error, attempts=5, **values)
    now = datetime.now(UTC)
    session.add_all(
        QueueJobAttempt(
            job_id=made.id,
            fence=fence,
            worker=f"host:{fence}:ab",
            started_at=now - timedelta(seconds=60 - fence),
            finished_at=now - timedelta(seconds=58 - fence),
            outcome="retrying" if fence == 1 else "dead",
            error=error,
            traceback=f"Traceback {fence}\n  raise {error}",
        )
        for fence in (1, 2)
    )
    session.commit()
    return made


def state_of(session: Session, made: QueueJob) -> str:
    session.rollback()
    session.refresh(made)
    return made.state


def actions(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditLog.action).order_by(AuditLog.id)))


def listed(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<a class="figures"\s+href="/admin/jobs/(\d+)"', html)]


class TestTheList:
    def test_queue_state_and_words_choose(self, operator: FlaskClient, session: Session) -> None:
        first = dead(session, "setlist.fm said no")
        second = dead(session, "a wall", queue="trending_calc")
        third = job(session, args={"artist_id": 41})
        assert listed(operator.get("/admin/jobs").text) == [third.id, second.id, first.id]
        assert listed(operator.get("/admin/jobs?state=dead&queue=cleanup").text) == [first.id]
        assert listed(operator.get("/admin/jobs?state=dead&words=WALL").text) == [second.id]
        assert listed(operator.get("/admin/jobs?words=artist_id").text) == [third.id]
        assert "There are none." in operator.get("/admin/jobs?state=done").text

    def test_it_goes_on_page_by_page(self, operator: FlaskClient, session: Session) -> None:
        made = [job(session, "dead").id for _ in range(PAGE + 2)]
        first = operator.get("/admin/jobs?state=dead").text
        assert listed(first) == made[:1:-1]
        more = re.search(r'href="(/admin/jobs\?[^"]*after=[^"]*)"', first)
        assert more
        second = operator.get(more[1].replace("&amp;", "&")).text
        assert listed(second) == made[1::-1]
        assert "From the beginning" in second
        assert ">More<" not in second

    def test_a_job_is_reached_by_its_number(self, operator: FlaskClient, session: Session) -> None:
        made = job(session)
        assert operator.get(f"/admin/jobs?id={made.id}").headers["Location"] == f"/admin/jobs/{made.id}"
        for wrong in ("0", "x", "-1", "9" * 30):
            assert operator.get(f"/admin/jobs?id={wrong}").status_code == 404

    @pytest.mark.parametrize("query", ["queue=nobody", "state=odd", "after=x", "after=1-", "state=<script>"])
    def test_a_list_that_is_none_is_not_found(self, operator: FlaskClient, query: str) -> None:
        assert operator.get(f"/admin/jobs?{query}").status_code == 404

    @pytest.mark.parametrize("given", ["%00", "%25", "_", "\\", "'", "x" * 5000])
    def test_any_words_may_be_looked_for(self, operator: FlaskClient, session: Session, given: str) -> None:
        job(session, error="plain")
        assert operator.get(f"/admin/jobs?words={given}").status_code == 200

    def test_what_others_wrote_is_text(self, operator: FlaskClient, session: Session) -> None:
        dead(session, HOSTILE, args={"q": HOSTILE})
        page = operator.get("/admin/jobs", query_string={"words": "script>"}).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    def test_htmx_gets_the_table_of_the_same_list_and_asks_again(
        self, operator: FlaskClient, session: Session
    ) -> None:
        dead(session)
        asked = {"HX-Request": "true", "HX-Target": "jobs_table"}
        answer = operator.get("/admin/jobs?state=dead&queue=cleanup", headers=asked).text
        assert answer.lstrip().startswith('<div id="jobs_table"')
        assert 'hx-get="/admin/jobs?queue=cleanup&amp;state=dead"' in answer
        assert "hx-get" not in operator.get("/admin/jobs?words=x", headers=asked).text


class TestOneJob:
    def test_attempts_are_told_with_their_tracebacks(self, operator: FlaskClient, session: Session) -> None:
        made = dead(session, args={"artist_id": 41}, dedup_key="only one")
        page = operator.get(f"/admin/jobs/{made.id}").text
        assert page.index("Traceback 2\n  raise it broke") < page.index("Traceback 1\n  raise it broke")
        assert "host:1:ab" in page
        assert "&#34;artist_id&#34;: 41" in page
        assert "only one" in page
        assert "2.0\u00a0s" in page
        assert "<dd> 5 of 5 </dd>" in words(page)

    def test_what_others_wrote_is_text(self, operator: FlaskClient, session: Session) -> None:
        made = dead(session, HOSTILE, args={HOSTILE: [HOSTILE]}, dedup_key=HOSTILE)
        page = operator.get(f"/admin/jobs/{made.id}").text
        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;alert") >= 6

    def test_its_import_is_beside_it(self, operator: FlaskClient, session: Session, artist: Artist) -> None:
        made = job(session, "running", "artist_import", lease_owner="host:1:ab", started_at=datetime.now(UTC))
        session.add(
            SyncJob(
                kind="import",
                artist_id=artist.id,
                queue_job_id=made.id,
                state="running",
                percent=40.0,
                phase="shows",
            )
        )
        session.commit()
        page = words(operator.get(f"/admin/jobs/{made.id}").text)
        assert "Paper Lanterns" in page
        assert "40 % · shows" in page
        assert "host:1:ab" in page

    def test_one_that_is_under_way_is_asked_for_again_until_it_is_over(
        self, operator: FlaskClient, session: Session
    ) -> None:
        made = job(session)
        answer = operator.get(f"/admin/jobs/{made.id}", headers=JOB_NOW)
        assert answer.text.lstrip().startswith('<div id="job_now"')
        assert "hx-get" in answer.text
        assert "HX-Refresh" not in answer.headers
        session.execute(text("UPDATE queue_jobs SET state = 'done', finished_at = now()"))
        session.commit()
        answer = operator.get(f"/admin/jobs/{made.id}", headers=JOB_NOW)
        assert answer.headers["HX-Refresh"] == "true"  # with its attempts
        assert "hx-get" not in answer.text

    @pytest.mark.parametrize("job_id", ["0", "999", "9" * 30])
    @pytest.mark.parametrize("action", ["", "/cancel", "/retry", "/discard"])
    def test_one_that_is_none_is_not_found(self, operator: FlaskClient, job_id: str, action: str) -> None:
        ask = operator.post if action else operator.get
        assert ask(f"/admin/jobs/{job_id}{action}").status_code == 404


class TestActions:
    @pytest.mark.parametrize(
        ("action", "before", "after", "audited"),
        [
            ("cancel", "queued", "cancelled", "job_cancelled"),
            ("cancel", "running", "cancelled", "job_cancelled"),
            ("retry", "dead", "queued", "job_retried"),
            ("retry", "cancelled", "queued", "job_retried"),
            ("retry", "discarded", "queued", "job_retried"),
            ("discard", "dead", "discarded", "job_discarded"),
        ],
    )
    def test_it_is_done_once_and_told_and_twice_is_no_mistake(
        self, operator: FlaskClient, session: Session, action: str, before: str, after: str, audited: str
    ) -> None:
        made = job(session, before)
        offered = operator.get(f"/admin/jobs/{made.id}").text
        assert f'action="/admin/jobs/{made.id}/{action}"' in offered
        for told in ("Job 1 ", f"Job 1 is {after}, so nothing was done"):
            answer = operator.post(f"/admin/jobs/{made.id}/{action}")
            assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/jobs/{made.id}")
            assert state_of(session, made) == after
            assert told in operator.get(f"/admin/jobs/{made.id}").text
        assert [one for one in actions(session) if one.startswith("job")] == [audited]

    @pytest.mark.parametrize("action", ["cancel", "retry", "discard"])
    def test_what_is_done_is_left_alone_and_offers_nothing(
        self, operator: FlaskClient, session: Session, action: str
    ) -> None:
        made = job(session, "done")
        assert f"/{action}" not in operator.get(f"/admin/jobs/{made.id}").text
        operator.post(f"/admin/jobs/{made.id}/{action}")
        assert state_of(session, made) == "done"

    def test_a_running_one_stops_at_its_next_checkpoint(
        self, operator: FlaskClient, session: Session
    ) -> None:
        made = job(session, "running")
        operator.post(f"/admin/jobs/{made.id}/cancel")
        assert "it stops at its next checkpoint" in operator.get(f"/admin/jobs/{made.id}").text
        session.refresh(made)
        assert made.error == "cancelled by admin@setlist.local"

    def test_a_retry_names_the_job_that_stands_in_its_way(
        self, operator: FlaskClient, session: Session
    ) -> None:
        made, other = dead(session, dedup_key="muse"), job(session, dedup_key="muse")
        answer = operator.post(f"/admin/jobs/{made.id}/retry")
        assert answer.status_code == 409
        assert f"Job {other.id} does the same" in answer.text
        assert state_of(session, made) == "dead"

    def test_from_a_list_it_goes_back_to_that_list(self, operator: FlaskClient, session: Session) -> None:
        made = dead(session)
        page = operator.get("/admin/jobs?state=dead&queue=cleanup").text
        target = re.search(rf'action="(/admin/jobs/{made.id}/discard[^"]*)"', page)
        assert target
        answer = operator.post(target[1].replace("&amp;", "&"))
        assert answer.headers["Location"] == "/admin/jobs?queue=cleanup&state=dead"
        assert f"Job {made.id} is discarded." in operator.get(answer.headers["Location"]).text


class TestDiscardingAll:
    def asked(self, operator: FlaskClient, query: str) -> tuple[str, str]:
        page = operator.get(f"/admin/jobs/discard?{query}").text
        return words(page), page.split('name="until" value="')[1].split('"')[0]

    def test_it_asks_first_and_then_discards_those_that_match_and_no_others(
        self, operator: FlaskClient, session: Session
    ) -> None:
        gone = [dead(session, "a wall"), dead(session, "The Wall")]
        kept = [dead(session, "a door"), dead(session, "a wall", queue="trending_calc")]
        page, until = self.asked(operator, "queue=cleanup&words=wall")
        assert "Discard the dead jobs of cleanup with “wall”?" in page
        assert "2 jobs" in page
        kept.append(dead(session, "another wall"))  # after the question
        form = {"until": until}
        for told in ("2 jobs are discarded.", "0 jobs are discarded."):
            answer = operator.post("/admin/jobs/discard?queue=cleanup&words=wall", data=form)
            assert answer.status_code == 303
            assert told in operator.get(answer.headers["Location"]).text
        assert {state_of(session, one) for one in gone} == {"discarded"}
        assert {state_of(session, one) for one in kept} == {"dead"}
        rows = session.scalars(
            select(AuditLog).where(AuditLog.action == "jobs_discarded").order_by(AuditLog.id)
        ).all()
        assert [row.details["discarded"] for row in rows] == [2, 0]
        assert rows[0].details["words"] == "wall"

    def test_where_nothing_is_dead_there_is_nothing_to_confirm(self, operator: FlaskClient) -> None:
        page = words(operator.get("/admin/jobs/discard").text)
        assert "0 jobs" in page
        assert "Discard them" not in page

    def test_without_the_question_nothing_is_done(self, operator: FlaskClient, session: Session) -> None:
        made = dead(session)
        assert operator.post("/admin/jobs/discard").status_code == 422
        assert state_of(session, made) == "dead"

    def test_words_of_others_are_text_in_the_question(self, operator: FlaskClient) -> None:
        page = operator.get("/admin/jobs/discard", query_string={"words": HOSTILE}).text
        assert "<script>alert" not in page
