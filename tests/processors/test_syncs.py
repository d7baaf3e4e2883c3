"""The syncs: what one provider knows of an artist, asked for anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from setlist.models import Artist, QueueJob, Setlist, Show, SyncJob, SyncMark, SyncSummary
from setlist.models.operations import ProviderUsage
from setlist.models.sync import SyncKind
from setlist.pipeline.start import start_import, start_shows_sync, start_sync
from setlist.processors import PROCESSORS
from setlist.processors.artist_import import artist_import
from setlist.processors.running import JobRun, Processor, WorkerProcess
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.server import RunningSandbox
from setlist.services.budget import Purpose
from setlist.services.freshness import Listing
from tests.processors.conftest import SMALL, requested
from tests.rows import imported_rows

pytestmark = pytest.mark.usefixtures("new_process")
BY_QUEUE: dict[str, Processor] = {processor.queue: processor for processor in PROCESSORS}
PROVIDERS = {
    SyncKind.SPOTIFY: "spotify",
    SyncKind.TICKETMASTER: "ticketmaster",
    SyncKind.SETLISTS: "setlistfm",
    SyncKind.CATALOGUE: "musicbrainz",
}
EVERY_KIND = pytest.mark.parametrize("kind", PROVIDERS)


@pytest.fixture
def artist(session: Session, new_process: Callable[[], None]) -> Artist:
    """An artist that was imported whole."""
    sync = requested(session, SMALL)
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    new_process()
    return sync.artist


@pytest.fixture
def large(session: Session, new_process: Callable[[], None]) -> Artist:
    """One whose recordings are several pages."""
    sync = requested(session, BENCHMARK_MBID)
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    new_process()
    return sync.artist


def asked(session: Session, artist: Artist, kind: SyncKind, purpose: Purpose = Purpose.SYNC) -> SyncJob:
    sync = start_sync(session, artist, kind, purpose=purpose)
    session.commit()
    return sync


def run(session: Session, sync: SyncJob) -> str | None:
    outcome = BY_QUEUE[sync.kind].run_once(sync.queue_job_id or 0)
    session.expire_all()
    return outcome


@EVERY_KIND
def test_it_asks_one_provider_and_where_nothing_is_new_changes_nothing(
    session: Session, artist: Artist, kind: SyncKind
) -> None:
    rows, marks = imported_rows(session), marks_of(session, artist)
    sync = asked(session, artist, kind)
    assert run(session, sync) == "done"
    assert (sync.state, sync.percent, sync.postponed) == ("done", 100, {})
    assert set(sync.calls) == {PROVIDERS[kind]}
    assert imported_rows(session) == rows
    looked_at = {name for name, at in marks_of(session, artist).items() if at != marks[name]}
    assert looked_at
    assert looked_at <= {
        listing for listing, provider in providers_of(session, artist).items() if provider == PROVIDERS[kind]
    }


@EVERY_KIND
def test_it_ends_with_a_summary_of_what_it_asked_and_did(
    session: Session, artist: Artist, kind: SyncKind
) -> None:
    sync = asked(session, artist, kind)
    run(session, sync)
    summary = session.scalars(select(SyncSummary).where(SyncSummary.queue == kind)).one()
    assert (summary.artist_id, summary.sync_job_id) == (artist.id, sync.id)
    assert summary.queue_job_id == sync.queue_job_id
    assert summary.calls == sync.calls
    assert summary.rows == sync.rows
    assert summary.started_at <= summary.finished_at


@EVERY_KIND
def test_asked_for_twice_it_is_one_job_and_an_import_under_way_does_it_too(
    session: Session, artist: Artist, kind: SyncKind
) -> None:
    first = asked(session, artist, kind)
    assert asked(session, artist, kind).id == first.id
    run(session, first)
    importing = start_import(session, artist)
    assert asked(session, artist, kind).id == importing.id


@EVERY_KIND
def test_it_waits_for_its_provider_and_spends_no_attempt(
    session: Session, artist: Artist, kind: SyncKind, switch: Callable[..., None]
) -> None:
    switch(faults=[{"provider": PROVIDERS[kind], "kind": "garbage", "times": 1}])
    sync = asked(session, artist, kind)
    assert run(session, sync) == "put_off"
    job = session.get_one(QueueJob, sync.queue_job_id)
    assert (job.state, job.attempts) == ("queued", 0)
    assert sync.state in {"queued", "running"}
    session.execute(update(QueueJob).where(QueueJob.id == job.id).values(run_at=func.now()))
    session.commit()
    assert run(session, sync) == "done"
    assert sync.postponed == {}


@pytest.mark.parametrize("purpose", [Purpose.SYNC, Purpose.SETLISTS])
def test_its_calls_are_spent_from_the_share_it_was_asked_for_with(
    session: Session, artist: Artist, app, purpose: Purpose
) -> None:
    run(session, asked(session, artist, SyncKind.SETLISTS, purpose))
    app.extensions["providers"].ledger.flush()
    spent = select(ProviderUsage.provider, ProviderUsage.calls).where(ProviderUsage.purpose == purpose)
    assert session.execute(spent).all() == [("sandbox setlistfm", 1)]


def test_the_morning_after_brings_what_was_played(
    session: Session, artist: Artist, switch: Callable[..., None]
) -> None:
    """Later there are setlists of nights that were still to come."""
    coming = select(func.count()).select_from(Show).where(Show.locks_at > datetime.now(UTC))
    assert session.scalar(coming)
    played = select(func.count()).select_from(Setlist).where(Setlist.is_stub.is_(False))
    before = session.scalar(played) or 0
    switch(now=(datetime.now(UTC) + timedelta(days=200)).isoformat())
    sync = asked(session, artist, SyncKind.SETLISTS, Purpose.SETLISTS)
    run(session, sync)
    new = (session.scalar(played) or 0) - before
    assert new > 0
    assert sync.calls["setlistfm"] <= 1 + new // 20 + 1


def test_one_that_was_stopped_goes_on_from_its_checkpoint(
    session: Session, large: Artist, switch: Callable[..., None]
) -> None:
    artist, rows = large, imported_rows(session)
    # As if nothing had been read of the recordings: they are read whole.
    session.query(SyncMark).filter_by(listing="recordings").delete()
    session.commit()
    sync = asked(session, artist, SyncKind.CATALOGUE)
    assert stopped_after(sync, "catalogue") == "handed_back"
    session.expire_all()
    assert sync.checkpoint["cursor"].startswith("musicbrainz|")
    assert run(session, sync) == "done"
    assert imported_rows(session) == rows


def stopped_after(sync: SyncJob, phase: str) -> str | None:
    """Its worker is told to stop when it has written the first page of the phase."""
    processor, worker = BY_QUEUE[sync.kind], WorkerProcess(id="stopped")

    def stopping(run: JobRun) -> None:
        commit = run.commit

        def commit_and_stop() -> None:
            mine = run.session.get_one(SyncJob, sync.id)
            if mine.phase == phase and mine.checkpoint.get("cursor"):
                worker.stopping.set()
            commit()

        run.commit = commit_and_stop
        processor(run)

    return Processor(sync.kind, stopping).run_once(sync.queue_job_id or 0, worker)


@pytest.fixture
def artists(session: Session, sandbox: RunningSandbox) -> list[Artist]:
    """Some of the sandbox, imported."""
    syncs = [requested(session, sandbox.sandbox.catalogue.mbid(index)) for index in (2, 4, 5)]
    for sync in syncs:
        assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    return [sync.artist for sync in syncs]


def test_the_shows_of_many_artists_are_asked_for_together_and_come_out_the_same(
    session: Session, artists: list[Artist], switch: Callable[..., None]
) -> None:
    switch(now=(datetime.now(UTC) + timedelta(days=20)).isoformat())
    together = start_shows_sync(session, [artist.id for artist in artists])
    session.commit()
    assert BY_QUEUE["ticketmaster_sync"].run_once(together.id) == "done"
    session.expire_all()
    summary = session.scalars(select(SyncSummary).where(SyncSummary.queue_job_id == together.id)).one()
    known = [artist for artist in artists if "dated" in marks_of(session, artist)]
    assert summary.calls["ticketmaster"] < 2 * len(known)
    assert all(marks_of(session, artist)["dated"] >= summary.started_at for artist in known)
    rows = imported_rows(session)
    for artist in artists:
        assert run(session, asked(session, artist, SyncKind.TICKETMASTER)) == "done"
    assert imported_rows(session) == rows


def test_only_the_listings_that_it_was_asked_for_are_read(session: Session, artist: Artist) -> None:
    before = marks_of(session, artist)
    sync = start_sync(session, artist, SyncKind.SPOTIFY, listings=[Listing.PICTURE])
    session.commit()
    assert run(session, sync) == "done"
    after = marks_of(session, artist)
    assert {name for name in after if after[name] != before[name]} == {"picture"}


def marks_of(session: Session, artist: Artist) -> dict[str, datetime]:
    found = session.execute(
        select(SyncMark.listing, SyncMark.checked_at).where(SyncMark.artist_id == artist.id)
    )
    return {row.listing: row[1] for row in found}


def providers_of(session: Session, artist: Artist) -> dict[str, str]:
    found = session.execute(
        select(SyncMark.listing, SyncMark.provider).where(SyncMark.artist_id == artist.id)
    )
    return {row.listing: row[1] for row in found}
