"""The import as a job: requested, run, announced, and given up where nothing can help."""

import dataclasses
from collections.abc import Iterator

import pytest
import redis
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, ArtistSearch, SyncJob, SyncProgress
from setlist.models.sync import progress_channel
from setlist.pipeline.start import start_import
from setlist.processors.artist_import import artist_import
from setlist.processors.artist_search import artist_search
from setlist.queue.enqueue import enqueue
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.catalogue.names import BENCHMARK_NAME
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with start_in_thread(SandboxOptions(artists=10, seed=7, latency_ms=0)) as running:
        yield running


@pytest.fixture(autouse=True)
def sources(app: Flask, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["settings"].model_copy(update={"sandbox_url": sandbox.url})
    monkeypatch.setitem(app.extensions, "settings", settings)
    providers = dataclasses.replace(app.extensions["providers"], settings=settings)
    monkeypatch.setitem(app.extensions, "providers", providers)


def requested(session: Session, mbid: str) -> SyncJob:
    artist = Artist(mbid=mbid, name="Whoever", name_folded="whoever")
    session.add(artist)
    session.flush()
    sync = start_import(session, artist)
    session.commit()
    return sync


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
