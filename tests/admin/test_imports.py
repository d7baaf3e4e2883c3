import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import AuditLog, QueueJob, SyncJob


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
    assert row.details["failed"] == failed.id


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
