from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.admin.syncs import SIZE
from setlist.models import Artist, SyncSummary


def summary(number: int, **values: object) -> SyncSummary:
    now = datetime.now(UTC)
    usual = {
        "queue": "setlist_sync",
        "queue_job_id": number,
        "started_at": now - timedelta(seconds=95),
        "finished_at": now - timedelta(seconds=5),
    }
    return SyncSummary(**usual | values)


def words(html: str) -> str:
    return " ".join(html.split())


def test_a_run_is_told_with_what_it_asked_and_did(
    operator: FlaskClient, session: Session, artist: Artist
) -> None:
    rows = {"setlist_songs": {"new": 1234, "changed": 2}, "shows": {"unchanged": 7}}
    skipped = {"pages <b>without</b> songs": 3}
    session.add(summary(1, artist_id=artist.id, calls={"setlistfm": 2}, rows=rows, skipped=skipped, doubts=1))
    session.commit()
    page = words(operator.get("/admin/syncs").text)
    assert "Paper Lanterns" in page
    assert "2 setlistfm" in page
    assert "setlist songs: 1,234 new, 2 changed; shows: 7 unchanged" in page
    assert "3 × pages &lt;b&gt;without&lt;/b&gt; songs" in page
    assert "1 min" in page


def test_a_day_is_summed_by_queue(operator: FlaskClient, session: Session) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    session.add_all(
        [
            summary(1, calls={"setlistfm": 2, "spotify": 1}, rows={"songs": {"new": 4}}, doubts=1),
            summary(2, calls={"setlistfm": 1}, rows={"songs": {"new": 1, "unchanged": 9}}, doubts=2),
            summary(3, calls={"setlistfm": 99}, started_at=old, finished_at=old),
            summary(4, queue="trending_calc"),
        ]
    )
    session.commit()
    page = words(operator.get("/admin/syncs").text)
    sums = page[page.index("Last 24 hours") : page.index('id="runs"')]
    figures = [cell.split("<")[0] for cell in sums.split('class="figure">')[7:]]
    assert figures == ["2", "4", "5", "0", "9", "3", "1", "0", "0", "0", "0", "0"]


def test_one_queue_s_runs_and_older_ones(operator: FlaskClient, session: Session) -> None:
    session.add_all([summary(number, note=f"run {number}") for number in range(1, SIZE + 3)])
    session.add(summary(900, queue="trending_calc", note="another"))
    session.commit()
    first = operator.get("/admin/syncs?queue=setlist_sync").text
    assert "another" not in first
    assert "Runs of setlist_sync" in words(first)
    assert f"run {SIZE + 2}" in first
    assert ">run 1<" not in words(first).replace(" <", "<")
    older = first[first.index("before=") + len("before=") :].split('"')[0]
    rest = words(operator.get(f"/admin/syncs?queue=setlist_sync&before={older}").text)
    assert "run 2" in rest
    assert "Older runs" not in rest


@pytest.mark.parametrize("query", ["queue=nobody", "queue=<script>"])
def test_a_queue_that_is_none_is_not_found(operator: FlaskClient, query: str) -> None:
    assert operator.get(f"/admin/syncs?{query}").status_code == 404


def test_nothing_so_far_is_said_and_strangers_are_kept_out(operator: FlaskClient) -> None:
    assert "None so far." in operator.get("/admin/syncs").text
    operator.post("/logout")
    assert operator.get("/admin/syncs").status_code == 303
