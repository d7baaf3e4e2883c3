"""What is old goes, what is not stays, in quiet hours and in batches."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from setlist.models import (
    Artist,
    ArtistSearch,
    BreakerEvent,
    CronLog,
    ExternalId,
    ProviderUsage,
    QueueJob,
    QueueJobAttempt,
    Show,
    SyncJob,
    SyncProgress,
    SyncSummary,
    SystemHealth,
    TimingDecision,
    Traffic,
    Worker,
)
from setlist.pipeline import cleanup as rules
from setlist.processors.cleanup import cleanup
from setlist.queue.enqueue import enqueue
from setlist.queue.finish import done
from setlist.queue.names import rule_of
from tests.queue.rows import QUEUE, claimed, stored

DAY = 24 * 3600


@pytest.fixture
def tidy(session):
    """Runs the processor; what it deleted, by name."""

    def run() -> dict[str, int]:
        job = enqueue(session, "cleanup", {})
        session.commit()
        assert cleanup.run_once(job.id) == "done"
        session.expire_all()
        summary = session.scalars(select(SyncSummary).where(SyncSummary.queue_job_id == job.id)).one()
        return {name: counts["deleted"] for name, counts in summary.rows.items()}

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


def test_jobs_go_with_their_attempts_after_their_queues_days_and_dead_ones_when_discarded(session, tidy):
    for state in ("done", "cancelled", "discarded"):
        ended(session, state, rule_of(QUEUE).keep_days + 1)
    kept = {
        ended(session, "done", rule_of(QUEUE).keep_days - 1),
        ended(session, "dead", 900),
        stored(session),
    }

    assert tidy() == {"jobs": 3}
    assert set(session.scalars(select(QueueJob.id).where(QueueJob.queue != "cleanup"))) == kept
    assert count(session, QueueJobAttempt) == 2 + 1


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

    assert tidy() == {"progress events": 1}
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
        (
            Traffic(minute=ago(61), kind="page", requests=1),
            Traffic(minute=ago(59), kind="page", requests=1),
        ),
    ],
    ids=["searches", "workers", "cron runs", "health checks", "breakers", "calls", "traffic"],
)
def test_the_old_goes_and_the_new_stays(session, tidy, old, new):
    model = type(old)
    for row in (old, new):
        values = {key: value for key, value in vars(row).items() if not key.startswith("_")}
        session.add(model(**values))
    session.commit()
    tidy()

    assert count(session, model) == 1


def test_imports_go_after_a_quarter_and_the_latest_of_each_artist_stays(session, tidy):
    artists = [Artist(name=name, name_folded=name.lower()) for name in ("Muse", "Air", "Can")]
    session.add_all(artists)
    session.flush()
    kept = []
    for artist, days in ((0, 99), (0, 95), (0, 91), (1, 200), (0, 89)):
        sync = SyncJob(kind="import", artist_id=artists[artist].id, state="done", finished_at=ago(days))
        session.add(sync)
        session.flush()
        kept += [sync.id] if (artist, days) in {(1, 200), (0, 89)} else []
    old_running = SyncJob(kind="import", artist_id=artists[2].id, state="running", created_at=ago(99))
    follow_up = SyncJob(
        kind="follow_up", artist_id=artists[1].id, state="failed", finished_at=ago(99), created_at=ago(99)
    )
    session.add_all([follow_up, old_running])
    session.commit()
    assert tidy() == {"imports": 3}
    left = session.scalars(select(SyncJob.id).order_by(SyncJob.id)).all()
    assert left == sorted([*kept, follow_up.id, old_running.id])


def test_syncs_go_with_their_summaries_and_imports_stay(session, tidy):
    artist = Artist(name="Muse", name_folded="muse")
    session.add(artist)
    session.flush()
    for kind in ("import", "setlist_sync"):
        for days in (13, 15):
            session.add(SyncJob(kind=kind, artist_id=artist.id, state="done", finished_at=ago(days)))
    session.add(SyncJob(kind="setlist_sync", artist_id=artist.id, state="running"))
    for number, days in enumerate((29, 31)):
        times = {"started_at": ago(days), "finished_at": ago(days)}
        session.add(SyncSummary(queue="setlist_sync", queue_job_id=10_000 + number, **times))
    session.commit()
    assert tidy() == {"syncs": 1, "summaries": 1}
    kinds = session.scalars(select(SyncJob.kind).order_by(SyncJob.kind)).all()
    assert kinds == ["import", "import", "setlist_sync", "setlist_sync"]


def test_more_than_a_batch_is_deleted_in_one_run(session, tidy, monkeypatch):
    monkeypatch.setattr(rules, "BATCH", 2)
    for n in range(5):
        session.add(ArtistSearch(query_folded=str(n), query="", requested_at=ago(8)))
    session.commit()

    assert tidy() == {"searches": 5}


def test_a_second_run_finds_nothing(session, tidy):
    session.add(ArtistSearch(query_folded="muse", query="", requested_at=ago(8)))
    session.commit()
    assert tidy() == {"searches": 1}
    assert tidy() == {}


class TestRetention:
    """What providers' terms let us keep for a while only."""

    def artist(self, session, provider: str, days: float) -> Artist:
        made = Artist(
            mbid=str(uuid.uuid4()),
            name="Muse",
            name_folded="muse",
            image_url=f"https://i.scdn.co/{provider}",
            image_provider=provider,
            image_fetched_at=datetime.now(UTC) - timedelta(days=days),
        )
        session.add(made)
        session.commit()
        return made

    @pytest.mark.parametrize("provider", ["spotify", "ticketmaster"])
    def test_pictures_not_fetched_again_are_dropped(self, session, tidy, provider):
        old, new = self.artist(session, provider, 31), self.artist(session, provider, 29)
        tidy()
        assert (old.image_url, old.image_provider) == (None, None)
        assert new.image_url is not None

    def test_of_a_show_that_passed_our_record_stays_and_what_is_sold_goes(self, session, tidy):
        shows = []
        for days in (8, 6, -1):
            day = date.today() - timedelta(days=days)  # noqa: DTZ011 - hours do not matter here
            starts_at = datetime.now(UTC) - timedelta(days=days)
            url = "https://www.ticketmaster.com/event/1"
            show = Show(name="Muse: Will of the People", local_date=day, starts_at=starts_at, ticket_url=url)
            session.add(show)
            session.flush()
            tie = {"kind": "show", "show_id": show.id, "matched_by": "same_id", "confidence": 1}
            session.add(ExternalId(provider="ticketmaster", external_id=f"G5-{days}", url=url, **tie))
            session.add(
                ExternalId(provider="setlistfm", external_id=f"s-{days}", url="https://s.fm/1", **tie)
            )
            shows.append(show)
        session.commit()
        tidy()
        assert [show.ticket_url is None for show in shows] == [True, False, False]
        assert {show.name for show in shows} == {"Muse: Will of the People"}
        kept = select(ExternalId.provider).where(ExternalId.url.is_not(None))
        assert sorted(session.scalars(kept)) == ["setlistfm"] * 3 + ["ticketmaster"] * 2


class TestItsTime:
    def busy_now(self, session, requests: int) -> None:
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        for back in range(6):
            session.add(Traffic(minute=minute - timedelta(minutes=back), kind="page", requests=requests))
        session.commit()

    def test_while_the_site_is_busy_it_waits_and_says_why(self, session):
        self.busy_now(session, 5_000)
        job = enqueue(session, "cleanup", {})
        session.commit()
        assert cleanup.run_once(job.id) == "put_off"
        session.expire_all()
        decision = session.scalars(select(TimingDecision)).one()
        assert (decision.work, decision.choice, decision.queue_job_id) == ("cleanup", "wait", job.id)
        assert "busy" in decision.reason or "quieter at" in decision.reason  # by what an hour usually is
        assert decision.requests_per_minute > 4_000
        row = session.get_one(QueueJob, job.id)
        assert (row.state, row.attempts, row.error) == ("queued", 0, decision.reason)
        assert row.run_at >= decision.until > datetime.now(UTC)

    def test_near_its_deadline_it_runs_all_the_same(self, session):
        self.busy_now(session, 5_000)
        job = enqueue(session, "cleanup", {})
        session.flush()
        job.created_at = datetime.now(UTC) - timedelta(hours=22)
        session.commit()
        assert cleanup.run_once(job.id) == "done"
        assert "deadline" in session.scalars(select(TimingDecision.reason)).one()
