"""The import as a job: requested, run, announced, and given up where nothing can help."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.models import Artist, ArtistSearch, QueueJob, SyncJob, SyncProgress
from setlist.models.operations import ProviderState
from setlist.models.sync import progress_channel
from setlist.pipeline.start import start_import
from setlist.processors.artist_import import artist_import
from setlist.processors.artist_search import artist_search
from setlist.processors.running import WorkerProcess
from setlist.queue.enqueue import enqueue
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.catalogue.names import BENCHMARK_NAME
from setlist.sandbox.server import RunningSandbox
from tests.processors.conftest import requested

NOBODY = "00000000-0000-4000-8000-000000000000"


pytestmark = pytest.mark.usefixtures("new_process")


def test_it_leaves_progress_in_the_tables_and_wakes_the_streams(
    session: Session, redis_client: redis.Redis
) -> None:
    sync = requested(session, BENCHMARK_MBID)
    listener = redis_client.pubsub()
    listener.subscribe(progress_channel(sync.id))
    assert sync.queue_job_id is not None
    assert artist_import.run_once(sync.queue_job_id) == "done"
    session.expire_all()
    events = session.scalars(select(SyncProgress).order_by(SyncProgress.id)).all()
    assert (sync.state, sync.percent, sync.artist.name) == ("done", 100, BENCHMARK_NAME)
    assert [event.percent for event in events] == sorted(event.percent for event in events)
    assert events[-1].state == "done"
    assert set(sync.calls) == {"musicbrainz", "ticketmaster", "setlistfm", "spotify"}
    told = [listener.get_message(timeout=1) for _ in range(len(events) + 1)]
    assert [int(message["data"]) for message in told if message and message["type"] == "message"] == [
        event.id for event in events
    ]


def test_asking_twice_is_one_import(session: Session) -> None:
    first = requested(session, BENCHMARK_MBID)
    again = start_import(session, first.artist)
    session.commit()
    assert again.id == first.id


def test_an_artist_that_musicbrainz_does_not_have_fails_at_the_first_attempt(session: Session) -> None:
    sync = requested(session, NOBODY)
    assert sync.queue_job_id is not None
    assert artist_import.run_once(sync.queue_job_id) == "dead"
    session.expire_all()
    assert sync.state == "failed"
    assert "MusicBrainz" in (sync.error or "")


def test_a_search_is_answered_with_all_of_a_name_and_picks_none(session: Session) -> None:
    search = ArtistSearch(query=BENCHMARK_NAME, query_folded=BENCHMARK_NAME.casefold())
    here = Artist(mbid=BENCHMARK_MBID, name=BENCHMARK_NAME, name_folded=BENCHMARK_NAME.casefold())
    session.add_all([search, here])
    session.flush()
    job = enqueue(session, "artist_search", {"search_id": search.id})
    session.commit()
    assert artist_search.run_once(job.id) == "done"
    session.expire_all()
    assert search.finished_at is not None
    named = [hit for hit in search.candidates if hit["name"] == BENCHMARK_NAME]
    assert len(named) == 2
    assert {hit["mbid"]: hit["artist_id"] for hit in named}[BENCHMARK_MBID] == here.id


def test_what_a_provider_could_not_answer_is_brought_by_a_job_of_its_own(
    session: Session,
    switch: Callable[..., None],
    new_process: Callable[[], None],
    redis_client: redis.Redis,
) -> None:
    switch(faults=[{"provider": "setlistfm", "kind": "429:3600"}])
    sync = requested(session, BENCHMARK_MBID)
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    assert (sync.state, sync.counts["setlists"]) == ("done", 0)
    follow_up = session.scalars(select(SyncJob).where(SyncJob.kind == "follow_up")).one()
    job = session.get_one(QueueJob, follow_up.queue_job_id)
    assert timedelta(minutes=50) < job.run_at - datetime.now(UTC) < timedelta(minutes=70)
    switch(faults=[])
    new_process()
    redis_client.flushdb()
    session.execute(update(ProviderState).values(held_until=None))
    job.run_at = datetime.now(UTC)
    session.commit()
    assert artist_import.run_once(job.id) == "done"
    session.expire_all()
    assert (follow_up.state, follow_up.postponed) == ("done", {})
    assert follow_up.counts["setlists"] > 0
    assert set(follow_up.calls) == {"setlistfm"}


def test_while_musicbrainz_cannot_tell_who_it_is_the_job_waits_and_spends_no_attempt(
    session: Session, switch: Callable[..., None]
) -> None:
    switch(faults=[{"provider": "musicbrainz", "kind": "garbage"}])
    sync = requested(session, BENCHMARK_MBID)
    assert artist_import.run_once(sync.queue_job_id or 0) == "put_off"
    job = session.get_one(QueueJob, sync.queue_job_id)
    session.refresh(job)
    assert (job.state, job.attempts) == ("queued", 0)
    assert sync.state in {"queued", "running"}


def test_a_worker_that_stops_sends_no_call_more_and_another_ends_the_import(
    session: Session, sandbox: RunningSandbox, switch: Callable[..., None]
) -> None:
    """It stops while a page of albums is fetched, of which each costs a call."""
    switch(latency_ms=60)
    worker = WorkerProcess(id="one")
    counts = sandbox.sandbox.switches.counts
    finish_streams()  # of an import before: its last calls are not this one's
    threading.Thread(target=stop_at_the_first_album, args=(worker, sandbox), daemon=True).start()
    sync = requested(session, BENCHMARK_MBID)
    assert artist_import.run_once(sync.queue_job_id or 0, worker) == "handed_back"
    sent = counts.described()["total"]
    assert counts.described()["total"] - sent <= finish_streams()  # those under way
    assert artist_import.run_once(sync.queue_job_id or 0) == "done"
    session.expire_all()
    assert (sync.state, sync.percent, sync.postponed) == ("done", 100, {})


def stop_at_the_first_album(worker: WorkerProcess, sandbox: RunningSandbox) -> None:
    pause, before = threading.Event(), albums_asked_for(sandbox)
    while albums_asked_for(sandbox) == before:
        pause.wait(0.002)
    worker.stopping.set()


def albums_asked_for(sandbox: RunningSandbox) -> int:
    return sandbox.sandbox.switches.counts.described()["calls"].get("spotify", {}).get("album", 0)


def finish_streams() -> int:
    streams = [thread for thread in threading.enumerate() if thread.name.startswith("stream ")]
    for thread in streams:
        thread.join(20)
    return len(streams)
