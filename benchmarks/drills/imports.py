"""A real import, killed: the same rows come out, and its bar never goes back."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.drills.scene import Scene, now, open_scene
from benchmarks.drills.verdict import Outcome
from benchmarks.drills.workers import Workers, clock, workers
from benchmarks.processes import wait
from setlist.models import Artist
from setlist.pipeline.start import start_import
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.catalogue.names import BENCHMARK_NAME
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import start_in_thread
from tests.rows import imported_rows

LONGEST_SECONDS = 120
PACES = {
    f"{provider}_per_second": 20.0 for provider in ("musicbrainz", "ticketmaster", "setlistfm", "spotify")
}
_EMPTY = "TRUNCATE artists, venues, shows, songs, external_ids, sync_jobs, queue_jobs CASCADE"
_FALLS = """
SELECT count(*) FROM (
    SELECT percent, lag(percent) OVER (PARTITION BY sync_job_id ORDER BY id) AS before FROM sync_progress
) AS steps WHERE percent < before
"""
_dice = random.Random(1)  # noqa: S311 - repeatable, not secret


@contextmanager
def with_sandbox(folder: Path) -> Iterator[Scene]:
    """Providers that answer after 20 ms, and the rows of an import that nobody disturbed."""
    options = SandboxOptions(artists=20, seed=7, latency_ms=20)
    with start_in_thread(options) as sandbox, open_scene(folder, sandbox_url=sandbox.url, **PACES) as scene:
        for _ in range(2):  # during the first the sandbox invents its world
            _empty(scene)
            with clock(scene), workers(scene, puppets=False):
                began = time.monotonic()
                _until_done(scene, _request(scene))
                scene.settings["seconds"] = time.monotonic() - began
        with Session(scene.engine) as session:
            scene.settings["whole"] = imported_rows(session)
        yield scene


def killed_import(scene: Scene) -> Outcome:
    """kill -9 of the process that imports, at any moment of it; every second time of its master too."""
    _empty(scene)
    with clock(scene), workers(scene, puppets=False) as running:
        sync_id = _request(scene)
        wait("the import begins", lambda: _last_event(scene, sync_id) > 0, seconds=LONGEST_SECONDS)
        time.sleep(_dice.uniform(0.05, 0.9) * float(str(scene.settings["seconds"])))
        last = _last_event(scene, sync_id)
        _kill_importer(running)
        killed = now()
        with workers(scene, puppets=False) if running.is_over else nullcontext():
            _until_done(scene, sync_id)
    with Session(scene.engine) as session:
        others = sum(rows != scene.settings["whole"][name] for name, rows in imported_rows(session).items())
    first = scene.rows(
        "SELECT min(at) FROM sync_progress WHERE id > :last AND at > :killed", last=last, killed=killed
    )
    [(falls,)] = scene.rows(_FALLS)
    recoveries = () if first[0][0] is None else ((first[0][0] - killed).total_seconds(),)
    return Outcome(
        jobs=1,
        lost=others,
        doubled=0,
        went_back=falls,
        recoveries=recoveries,
        complaints=(f"{others} tables differ",) if others else (),
    )


def _kill_importer(running: Workers) -> None:
    """The process that has the job; every second time its master and all others with it."""
    if _dice.random() < 0.5:
        running.kill_all()
        return
    [(owner,)] = running.scene.rows(
        "SELECT max(lease_owner) FROM queue_jobs WHERE state = 'running' AND queue = 'artist_import'"
    )
    if owner is not None:
        os.kill(int(owner.rsplit(":", 2)[1]), signal.SIGKILL)


def _empty(scene: Scene) -> None:
    with scene.engine.begin() as connection:
        connection.execute(text(_EMPTY))


def _request(scene: Scene) -> int:
    with Session(scene.engine) as session:
        artist = Artist(mbid=BENCHMARK_MBID, name=BENCHMARK_NAME, name_folded=BENCHMARK_NAME.casefold())
        session.add(artist)
        session.flush()
        sync = start_import(session, artist)
        session.commit()
        return sync.id


def _until_done(scene: Scene, sync_id: int) -> None:
    def is_done() -> bool:
        [(state,)] = scene.rows("SELECT state FROM sync_jobs WHERE id = :id", id=sync_id)
        return state == "done"

    wait("the import is done", is_done, seconds=LONGEST_SECONDS)


def _last_event(scene: Scene, sync_id: int) -> int:
    [(latest,)] = scene.rows("SELECT max(id) FROM sync_progress WHERE sync_job_id = :id", id=sync_id)
    return latest or 0
