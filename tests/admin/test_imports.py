from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, AuditLog, QueueJob, SyncJob
from setlist.pipeline.start import start_import

NOW = datetime.now(UTC)
ACTIONS = select(AuditLog).where(AuditLog.action.startswith("import_")).order_by(AuditLog.id)


def test_a_failed_import_starts_again_once_however_often_it_is_asked_for(
    operator: FlaskClient, session: Session, failed: SyncJob
) -> None:
    for _ in range(2):
        answer = operator.post(f"/admin/imports/{failed.id}/retry")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/")
    session.expire_all()
    active = session.scalars(select(SyncJob).where(SyncJob.state == "queued")).all()
    assert [sync.artist_id for sync in active] == [failed.artist_id]
    jobs = session.scalars(select(QueueJob)).all()
    assert [(job.queue, job.args) for job in jobs] == [("artist_import", {"sync_id": active[0].id})]


def test_it_is_written_down_who_did_it(operator: FlaskClient, session: Session, failed: SyncJob) -> None:
    operator.post(f"/admin/imports/{failed.id}/retry")
    row = session.scalars(select(AuditLog).where(AuditLog.action == "import_retried")).one()
    assert row.account_id is not None
    assert row.target == f"artist {failed.artist_id}"
    assert row.details["import"] == failed.id


def test_htmx_gets_the_board_with_a_word_about_it(operator: FlaskClient, failed: SyncJob) -> None:
    headers = {"HX-Request": "true", "HX-Target": "board"}
    answer = operator.post(f"/admin/imports/{failed.id}/retry", headers=headers)
    assert answer.status_code == 200
    assert "Paper Lanterns is being imported again." in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_what_did_not_fail_is_left_alone(
    operator: FlaskClient, session: Session, failed: SyncJob, state: str
) -> None:
    failed.state = state
    session.commit()
    assert operator.post(f"/admin/imports/{failed.id}/retry").status_code == 409
    assert session.scalars(select(QueueJob)).all() == []


@pytest.mark.parametrize("sync_id", [99, 2**63 - 1, 2**63, 10**30])
def test_an_unknown_import_is_404(operator: FlaskClient, sync_id: int) -> None:
    assert operator.post(f"/admin/imports/{sync_id}/retry").status_code == 404


class TestCancel:
    @pytest.fixture
    def waiting(self, session: Session, artist: Artist) -> SyncJob:
        sync = start_import(session, artist)
        session.commit()
        return sync

    def test_one_that_waits_is_cancelled_at_once_however_often_it_is_asked_for(
        self, operator: FlaskClient, session: Session, waiting: SyncJob
    ) -> None:
        for _ in range(2):
            assert operator.post(f"/admin/imports/{waiting.id}/cancel").status_code == 303
        session.expire_all()
        assert (waiting.state, waiting.error) == ("cancelled", "cancelled by an operator")
        assert [job.state for job in session.scalars(select(QueueJob))] == ["cancelled"]

    def test_one_that_runs_is_being_cancelled_until_it_stops(
        self, operator: FlaskClient, session: Session, waiting: SyncJob
    ) -> None:
        job = session.scalars(select(QueueJob)).one()
        job.state, job.lease_owner, job.lease_until = "running", "w", NOW + timedelta(hours=1)
        waiting.state, waiting.started_at = "running", NOW
        session.commit()
        answer = operator.post(f"/admin/imports/{waiting.id}/cancel", data={"on": "imports"})
        assert answer.headers["Location"] == "/admin/imports"
        page = operator.get("/admin/imports").text
        assert "stops at its next checkpoint" in page
        assert ">being cancelled<" in page
        assert f"/admin/imports/{waiting.id}/cancel" not in page
        assert ">being cancelled<" in operator.get("/admin/").text
        assert operator.post(f"/admin/imports/{waiting.id}/resume").status_code == 409
        session.expire_all()
        assert waiting.state == "running"

    @pytest.mark.parametrize("state", ["done", "failed"])
    def test_what_is_over_cannot_be_cancelled(
        self, operator: FlaskClient, session: Session, failed: SyncJob, state: str
    ) -> None:
        failed.state = state
        session.commit()
        answer = operator.post(f"/admin/imports/{failed.id}/cancel")
        assert answer.status_code == 409
        assert f"This import is {state}" in answer.text


class TestResume:
    def test_the_same_import_goes_on_with_a_new_job_once_however_often_it_is_asked_for(
        self, operator: FlaskClient, session: Session, failed: SyncJob
    ) -> None:
        failed.checkpoint = {"phase": "catalogue"}
        session.commit()
        for _ in range(2):
            assert operator.post(f"/admin/imports/{failed.id}/resume").status_code == 303
        session.expire_all()
        assert (failed.state, failed.error, failed.finished_at) == ("queued", None, None)
        assert (failed.percent, failed.checkpoint) == (40.0, {"phase": "catalogue"})
        job = session.scalars(select(QueueJob)).one()
        assert (job.id, job.args) == (failed.queue_job_id, {"sync_id": failed.id})
        actions = [(row.action, row.details["was"]) for row in session.scalars(ACTIONS)]
        assert actions == [("import_resumed", "failed"), ("import_resumed", "queued")]

    def test_while_another_import_of_the_artist_is_active_it_does_not_go_on(
        self, operator: FlaskClient, session: Session, failed: SyncJob
    ) -> None:
        other = start_import(session, failed.artist)
        session.commit()
        answer = operator.post(f"/admin/imports/{failed.id}/resume")
        assert answer.status_code == 409
        assert f"import {other.id}" in answer.text
        session.expire_all()
        assert failed.state == "failed"
        assert session.scalars(ACTIONS).all() == []

    def test_a_sync_of_one_provider_is_asked_for_anew(
        self, operator: FlaskClient, session: Session, failed: SyncJob
    ) -> None:
        failed.kind = "setlist_sync"
        session.commit()
        assert operator.post(f"/admin/imports/{failed.id}/resume").status_code == 409

    @pytest.mark.parametrize("action", ["cancel", "resume"])
    def test_an_unknown_import_is_404(self, operator: FlaskClient, action: str) -> None:
        assert operator.post(f"/admin/imports/{2**63}/{action}").status_code == 404


class TestPage:
    def test_each_import_is_told_with_what_it_took(
        self, operator: FlaskClient, session: Session, failed: SyncJob
    ) -> None:
        failed.phase_seconds, failed.runs = {"identify": 1.25, "shows": 9.5}, 3
        failed.calls, failed.skipped = {"setlistfm": 7}, {"parking, packages and upgrades": 4}
        session.commit()
        page = operator.get("/admin/imports").text
        for words in ("Paper Lanterns", "identify 1.2 s, shows 9.5 s", "7 setlistfm", "4 × parking"):
            assert words in page
        assert "setlist.fm did not answer &lt;script&gt;" in page
        assert 'data-label="Runs" class="figure">3<' in page

    def test_figures_are_of_what_ended_within_each_window(
        self, operator: FlaskClient, session: Session, failed: SyncJob
    ) -> None:
        for days, took in ((0.5, 10), (0.6, 20), (3.0, 60)):
            session.add(ended(failed.artist, days=days, took=took))
        session.commit()
        page = " ".join(operator.get("/admin/imports").text.split())
        day = page[page.index(">24 hours<") : page.index(">7 days<")]
        assert 'data-label="Imports" class="figure">3<' in day
        assert "33.3 %" in day
        assert "15 s / 19 s" in day
        assert 'data-label="Imports" class="figure">4<' in page[page.index(">7 days<") :]

    def test_one_state_is_shown_a_page_at_a_time(
        self, operator: FlaskClient, session: Session, failed: SyncJob, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("setlist.admin.imports.SIZE", 2)
        found = [ended(failed.artist, days=1, took=n) for n in range(1, 5)]
        session.add_all(found)
        session.commit()
        first = operator.get("/admin/imports?state=done").text
        assert first.count('scope="row"') - 3 == 2
        assert f"state=done&amp;before={found[2].id}" in first
        last = operator.get(f"/admin/imports?state=done&before={found[2].id}").text
        assert last.count('scope="row"') - 3 == 2
        assert "Older imports" not in last
        assert operator.get("/admin/imports?state=lost").status_code == 404

    def test_syncs_of_one_provider_are_told_elsewhere(
        self, operator: FlaskClient, session: Session, failed: SyncJob
    ) -> None:
        failed.kind = "setlist_sync"
        session.commit()
        assert "Paper Lanterns" not in operator.get("/admin/imports").text

    def test_htmx_gets_the_list_it_was_on_renewed(self, operator: FlaskClient, failed: SyncJob) -> None:
        answer = operator.post(
            f"/admin/imports/{failed.id}/resume?state=queued",
            data={"on": "imports"},
            headers={"HX-Request": "true", "HX-Target": "imports"},
        )
        assert "<html" not in answer.text
        assert "goes on at 40 %" in answer.text
        assert '<h2 id="history-title">Queued</h2>' in answer.text


def ended(artist: Artist, *, days: float, took: float) -> SyncJob:
    at = NOW - timedelta(days=days)
    return SyncJob(
        kind="import",
        artist_id=artist.id,
        state="done",
        started_at=at - timedelta(seconds=took),
        finished_at=at,
        phase_seconds={"shows": took / 2},
        estimate_error=0.2,
    )
