import threading

import pytest
from sqlalchemy import func, select, update

from setlist.cron import housekeeping
from setlist.cron.housekeeping import clean_up
from setlist.cron.runs import CronRun, Report
from setlist.models import (
    Artist,
    ArtistSearch,
    BreakerEvent,
    CronLog,
    ProviderUsage,
    QueueJob,
    QueueJobAttempt,
    SyncJob,
    SyncProgress,
    SystemHealth,
    Worker,
)
from setlist.queue.finish import done
from tests.queue.rows import claimed, stored

DAY = 24 * 3600


@pytest.fixture
def tidy(session):
    def run() -> Report:
        return clean_up(CronRun(session=session, stopping=threading.Event()))

    return run


def ago(days: float):
    return func.now() - func.make_interval(0, 0, 0, days)


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


def ended(session, state: str, days: int) -> int:
    lease = claimed(session, stored(session))
    done(session, lease)
    session.execute(
        update(QueueJob).where(QueueJob.id == lease.job_id).values(state=state, finished_at=ago(days))
    )
    session.commit()
    return lease.job_id


def test_jobs_that_ended_long_ago_go_with_their_attempts_and_the_others_stay(session, tidy):
    ended(session, "done", 8)
    ended(session, "cancelled", 8)
    ended(session, "dead", 31)
    kept = [ended(session, "done", 6), ended(session, "dead", 29), stored(session)]

    report = tidy()
    assert (report.metrics["jobs_done"], report.metrics["jobs_dead"]) == (2, 1)
    assert report.message == "3 rows deleted"
    assert sorted(session.scalars(select(QueueJob.id))) == kept
    assert count(session, QueueJobAttempt) == 2


def test_progress_events_go_unless_their_import_still_runs(session, tidy):
    artist = Artist(name="Muse", name_folded="muse")
    session.add(artist)
    session.flush()
    for state in ("done", "running"):
        sync = SyncJob(kind="import", artist_id=artist.id, state=state)
        session.add(sync)
        session.flush()
        for days in (1, 3):
            event = {"sync_job_id": sync.id, "state": state, "phase": "", "percent": 1, "counts": {}}
            session.add(SyncProgress(**event, at=ago(days)))
    session.commit()

    assert tidy().metrics["progress_events"] == 1
    assert count(session, SyncProgress) == 3
    assert count(session, SyncJob) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            ArtistSearch(query_folded="muse", query="Muse", requested_at=ago(8)),
            ArtistSearch(query_folded="moby", query="Moby", requested_at=ago(6)),
        ),
        (
            Worker(id="old", host="", pid=1, threads=1, version="", heartbeat_at=ago(2)),
            Worker(id="new", host="", pid=1, threads=1, version="", heartbeat_at=ago(0)),
        ),
        (
            CronLog(name="sweeping", due_at=ago(61), started_at=ago(61), outcome="done"),
            CronLog(name="sweeping", due_at=ago(59), started_at=ago(59), outcome="done"),
        ),
        (
            SystemHealth(part="redis", state="ok", checked_at=ago(15)),
            SystemHealth(part="redis", state="ok", checked_at=ago(13)),
        ),
        (
            BreakerEvent(provider="spotify", old_state="closed", new_state="open", at=ago(91)),
            BreakerEvent(provider="spotify", old_state="closed", new_state="open", at=ago(89)),
        ),
        (
            ProviderUsage(provider="spotify", purpose="import", since=ago(401)),
            ProviderUsage(provider="spotify", purpose="import", since=ago(399)),
        ),
    ],
    ids=["searches", "workers", "cron runs", "health checks", "breakers", "calls"],
)
def test_the_old_goes_and_the_new_stays(session, tidy, old, new):
    model = type(old)
    for row in (old, new):
        values = {key: value for key, value in vars(row).items() if not key.startswith("_")}
        session.add(model(**values))
    session.commit()
    tidy()

    assert count(session, model) == 1


def test_more_than_a_batch_is_deleted_in_one_run(session, tidy, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    for n in range(5):
        session.add(ArtistSearch(query_folded=str(n), query="", requested_at=ago(8)))
    session.commit()

    assert tidy().metrics["searches"] == 5


def test_a_clock_that_stops_does_not_wait_for_it(session):
    stopping = threading.Event()
    stopping.set()
    session.add(ArtistSearch(query_folded="muse", query="", requested_at=ago(8)))
    session.commit()
    clean_up(CronRun(session=session, stopping=stopping))

    assert count(session, ArtistSearch) == 1
