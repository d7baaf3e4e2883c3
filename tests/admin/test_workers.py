from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import Artist, QueueJob, SyncJob, Worker


def words(html: str) -> str:
    return " ".join(html.split())


def worker(session: Session, name: str, *, silent: float = 0, **values: object) -> Worker:
    now = datetime.now(UTC)
    usual = {
        "host": name,
        "pid": 77,
        "worker_group": "imports",
        "threads": 4,
        "version": "0.1.0",
        "memory_bytes": 71_800_000,
        "started_at": now - timedelta(hours=3),
        "heartbeat_at": now - timedelta(seconds=silent),
    }
    made = Worker(id=f"{name}:77:abc", **usual | values)
    session.add(made)
    session.commit()
    return made


def running(session: Session, owner: Worker, queue: str = "artist_import") -> QueueJob:
    began = datetime.now(UTC) - timedelta(seconds=125)
    made = QueueJob(
        queue=queue, args={}, state="running", max_attempts=5, lease_owner=owner.id, started_at=began
    )
    session.add(made)
    session.commit()
    return made


def test_each_process_is_told_with_what_it_has_in_hand(
    operator: FlaskClient, session: Session, artist: Artist
) -> None:
    busy = worker(session, "north")
    job = running(session, busy)
    session.add(
        SyncJob(
            kind="import",
            artist_id=artist.id,
            queue_job_id=job.id,
            state="running",
            percent=63.4,
            phase="shows",
        )
    )
    session.commit()
    page = words(operator.get("/admin/workers").text)
    assert "north" in page
    assert "72 MB" in page
    assert "3 h" in page
    assert f'<a href="/admin/jobs/{job.id}">artist_import {job.id}</a>' in page
    assert "Paper Lanterns: 63 %, shows" in page
    assert 'value="63.4"' in page
    assert "1 alive, 1 of 4 threads busy" in page


def test_silent_and_stopped_ones_are_marked_and_count_for_nothing(
    operator: FlaskClient, session: Session
) -> None:
    now = datetime.now(UTC)
    worker(session, "alive")
    worker(session, "silent", silent=60)
    worker(session, "stopped", silent=60, stopped_at=now)
    worker(session, "forgotten", silent=2 * 3600)
    page = words(operator.get("/admin/workers").text)
    assert [word in page for word in ("state-ok", "state-silent", "state-stopped")] == [True] * 3
    assert "forgotten" not in page
    assert "1 alive, 0 of 4 threads busy" in page
    assert page.index(">alive ") < page.index(">silent ") < page.index(">stopped ")


def test_a_group_without_a_worker_is_said(operator: FlaskClient) -> None:
    page = words(operator.get("/admin/workers").text)
    assert page.count("0 alive, 0 of 0 threads busy") == 3
    assert "No worker was heard of" in page


def test_unknown_memory_and_a_worker_of_every_queue_are_told(operator: FlaskClient, session: Session) -> None:
    worker(session, "south", memory_bytes=None, worker_group="")
    page = words(operator.get("/admin/workers").text)
    assert '<td data-label="Memory" class="figure">–</td>' in page
    assert "every queue" in page


def test_htmx_gets_the_tables_alone_and_asks_again(operator: FlaskClient) -> None:
    answer = operator.get("/admin/workers", headers={"HX-Request": "true", "HX-Target": "workers_table"}).text
    assert answer.lstrip().startswith('<div id="workers_table"')
    assert 'hx-trigger="load delay:4s, again"' in answer
