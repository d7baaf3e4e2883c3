"""Imports of sandbox artists, driven step by step as the processor does."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from setlist.domain.folding import fold
from setlist.models import Artist, SyncJob
from setlist.pipeline.artist_import import import_artist
from setlist.pipeline.run import ImportRun
from setlist.providers.sources import Sources, open_sources
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread

ARTISTS = 60
DEFAULT_START_HOUR = 20


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with start_in_thread(SandboxOptions(artists=ARTISTS, seed=7, latency_ms=0)) as running:
        yield running


@pytest.fixture
def fault(sandbox: RunningSandbox) -> Iterator[Callable[[str, str], None]]:
    """Lets a provider of the sandbox fail at every call, until the test ends."""

    def fail(provider: str, kind: str) -> None:
        switches = {"faults": [{"provider": provider, "kind": kind}]}
        requests.post(f"{sandbox.url}/_control", json=switches, timeout=5).raise_for_status()

    yield fail
    requests.delete(f"{sandbox.url}/_control", timeout=5).raise_for_status()


@pytest.fixture
def sources(sandbox: RunningSandbox, settings: Settings) -> Sources:
    return open_sources(settings.model_copy(update={"sandbox_url": sandbox.url}))


@pytest.fixture
def run_of(session: Session, sources: Sources) -> Callable[..., ImportRun]:
    """An import of the artist with an MBID, going on where an earlier one of the same row stopped."""

    def start(mbid: str, sync_id: int | None = None, *, using: Sources = sources) -> ImportRun:
        sync = session.get_one(SyncJob, sync_id) if sync_id else _new_sync(session, mbid)
        return ImportRun(
            session=session,
            sources=using,
            sync=sync,
            now=lambda: datetime.now(UTC),
            default_start_hour=DEFAULT_START_HOUR,
        )

    return start


def finish(run: ImportRun) -> SyncJob:
    for _ in import_artist(run):
        run.session.commit()
    return run.sync


def _new_sync(session: Session, mbid: str) -> SyncJob:
    artist = session.scalar(select(Artist).where(Artist.mbid == mbid))
    if artist is None:
        artist = Artist(mbid=mbid, name=mbid, name_folded=fold(mbid))
        session.add(artist)
        session.flush()
    sync = SyncJob(kind="import", artist_id=artist.id)
    session.add(sync)
    session.commit()
    return sync
