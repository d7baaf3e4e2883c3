"""kill -9 of the worker at random moments of an import: the rows come out the same, and how soon it goes on.

    python -m benchmarks.kill_worker [ROUNDS]

The worker and the clock are real processes; the benchmark act is imported from a sandbox that answers
after 20 ms.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.processes import product, program
from setlist.extensions import db
from setlist.models import Artist, SyncJob, SyncProgress
from setlist.pipeline.start import start_import
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.catalogue.names import BENCHMARK_NAME
from setlist.sandbox.options import SandboxOptions
from tests.rows import imported_rows

LONGEST_SECONDS = 90
LATENCY_MS = 20


@dataclass(frozen=True, kw_only=True)
class Round:
    killed_after: float  # seconds since the request
    recovered_after: float  # seconds from the kill to the next progress
    same_rows: bool


def main(rounds: int = 10) -> None:
    options = SandboxOptions(artists=20, seed=7, latency_ms=LATENCY_MS)
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options) as (app, _sandbox, environment),
    ):
        found = list(drill(app, environment, rounds=rounds, seed=1))
    for number, one in enumerate(found, 1):
        rows = "same rows" if one.same_rows else "OTHER ROWS"
        when = f"killed at {one.killed_after:5.2f} s, on again {one.recovered_after:5.1f} s later"
        print(f"{number:>3}  {when}: {rows}")
    print(f"same rows {sum(one.same_rows for one in found)} of {len(found)}; slowest recovery ", end="")
    print(f"{max(one.recovered_after for one in found):.1f} s   (bar: all, 30 s)")


def drill(app: Flask, environment: dict[str, str], *, rounds: int, seed: int) -> Iterator[Round]:
    """Each round imports into empty tables and kills the worker somewhere in between."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with app.app_context(), program("setlist.clock", environment):
        session = db.session()
        with program("setlist.worker", environment):
            _import_whole(session)  # the first one also waits for the sandbox to invent its world
            whole, seconds = _import_whole(session)
        done = 0
        while done < rounds:
            kill_after = dice.uniform(0.05, 0.95) * seconds
            found = _round(environment, session, whole, kill_after=kill_after)
            if found is not None:
                done += 1
                yield found


def _import_whole(session: Session) -> tuple[dict[str, list[str]], float]:
    _empty(session)
    began = time.monotonic()
    sync_id = _request(session)
    _wait(session, "the import is done", lambda: _state(session, sync_id) == "done")
    return imported_rows(session), time.monotonic() - began


def _round(
    environment: dict[str, str], session: Session, whole: dict[str, list[str]], *, kill_after: float
) -> Round | None:
    session.rollback()
    session.execute(
        text("TRUNCATE artists, venues, shows, songs, external_ids, sync_jobs, queue_jobs CASCADE")
    )
    session.commit()
    with program("setlist.worker", environment) as worker:
        began = time.monotonic()
        sync_id = _request(session)
        _wait(session, "the import begins", lambda: _last_event(session, sync_id) > 0)
        time.sleep(max(0.0, kill_after - (time.monotonic() - began)))
        os.killpg(worker.pid, signal.SIGKILL)
        killed = time.monotonic()
    last = _last_event(session, sync_id)
    if _state(session, sync_id) == "done":
        return None
    with program("setlist.worker", environment):
        _wait(session, "it goes on", lambda: _last_event(session, sync_id) > last)
        recovered = time.monotonic()
        _wait(session, "the import is done", lambda: _state(session, sync_id) == "done")
    return Round(
        killed_after=killed - began,
        recovered_after=recovered - killed,
        same_rows=imported_rows(session) == whole,
    )


def _empty(session: Session) -> None:
    session.rollback()
    session.execute(
        text("TRUNCATE artists, venues, shows, songs, external_ids, sync_jobs, queue_jobs CASCADE")
    )
    session.commit()


def _request(session: Session) -> int:
    artist = Artist(mbid=BENCHMARK_MBID, name=BENCHMARK_NAME, name_folded=BENCHMARK_NAME.casefold())
    session.add(artist)
    session.flush()
    sync = start_import(session, artist)
    session.commit()
    return sync.id


def _state(session: Session, sync_id: int) -> str:
    session.rollback()
    return session.scalars(select(SyncJob.state).where(SyncJob.id == sync_id)).one()


def _last_event(session: Session, sync_id: int) -> int:
    session.rollback()
    latest = (
        select(SyncProgress.id).where(SyncProgress.sync_job_id == sync_id).order_by(SyncProgress.id.desc())
    )
    return session.scalars(latest.limit(1)).first() or 0


def _wait(session: Session, what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            states = session.execute(text("SELECT queue, state, attempts, error FROM queue_jobs")).all()
            raise TimeoutError(f"waited {LONGEST_SECONDS} s until {what}: {states}")
        time.sleep(0.05)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
