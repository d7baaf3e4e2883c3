"""Imports through a provider's bad weather, with real workers: what gets done meanwhile, and afterwards.

    python -m benchmarks.weather            each kind of weather once, the providers in turn
    python -m benchmarks.weather all        each kind with each provider
    python -m benchmarks.weather spotify timeout

A clock and two worker processes import four artists while one provider fails at every call. Then the weather
clears and nobody does anything. Waiting times are cut short by moving `run_at` (and a hold of hours by
letting it end), as if that time had passed. Told are:

done in it    imports that ended while it lasted, without what was missing; MusicBrainz' have to wait
others        calls that the other providers answered meanwhile
held          the longest that a call of a failing provider held a thread, in seconds (deadline 2 s)
breaker       how often it opened, tried (half-open) and closed; all by itself
same rows     whether in the end everything is there that is there in fair weather
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.processes import WORKERS, product, program, wait
from setlist.domain.folding import fold
from setlist.extensions import db
from setlist.models import Artist, BreakerEvent, SyncJob, Worker
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.start import start_import
from setlist.providers.errors import ProviderError
from setlist.providers.sources import Providers
from setlist.sandbox.faults import Fault
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox
from tests.pipeline.weather_rows import differing
from tests.rows import imported_rows

PROVIDERS = ("ticketmaster", "setlistfm", "spotify", "musicbrainz")
KINDS = (
    "status:500",
    "429",
    "429:1",
    "429:46800",
    "timeout",
    "slow",
    "truncated",
    "huge",
    "garbage",
    "wrong_types",
    "redirect_loop",
    "error_in_200",
)
Rows = dict[str, list[str]]
ACTS = (10, 13, 22, 7)  # small ones
WEATHER_SECONDS = 6.0
LONGEST_SECONDS = 120.0
TABLES = (
    "artists, venues, shows, songs, external_ids, sync_jobs, sync_marks, queue_jobs, breaker_events, "
    "provider_states, provider_usage"
)
SETTINGS = {
    "provider_read_seconds": 1.0,
    "provider_total_seconds": 2.0,
    "provider_max_bytes": 2_000_000,
    "provider_rest_seconds": 0.5,
    "worker_groups": "short=1x2,imports=2x2,background=1x2",
    "log_level": "ERROR",
}


def main(*chosen: str) -> None:
    options = SandboxOptions(artists=60, seed=7, latency_ms=5)
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options, **SETTINGS) as (app, sandbox, environment),
        program("setlist.clock", environment),
        program(WORKERS, environment),
        app.app_context(),
    ):
        session = db.session()
        wait("workers are there", lambda: _workers(session) >= 2, seconds=60)
        _start(app, sandbox)
        _finish(app, session)
        whole = imported_rows(session)
        rounds = [_round(app, sandbox, whole, *weather) for weather in _chosen(chosen)]
        print(f"{sum(rounds)} of {len(rounds)} ended complete, with no manual step   (bar: all)")


def _chosen(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if len(words) == 2:
        yield words[0], words[1]
    elif words == ("all",):
        yield from ((provider, kind) for provider in PROVIDERS for kind in KINDS)
    else:
        yield from ((PROVIDERS[number % len(PROVIDERS)], kind) for number, kind in enumerate(KINDS))


def _workers(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Worker)) or 0


def _round(app: Flask, sandbox: RunningSandbox, whole: Rows, provider: str, kind: str) -> bool:
    session, faults = db.session(), sandbox.sandbox.switches.faults
    faults.add(Fault(provider, kind))
    _start(app, sandbox)
    time.sleep(WEATHER_SECONDS)
    done, others = _done(session), _answered(sandbox, but=provider)
    held = _held(app, provider)
    faults.clear()
    _finish(app, session)
    missing = differing(imported_rows(session), whole)
    same = "yes" if not missing else f"NO: {missing}"
    print(
        f"{provider:<13} {kind:<14} done in it {done} of {len(ACTS)}, others {others:>4}, "
        f"held {held:4.1f} s, breaker {_breaker(session, provider)}, same rows {same}",
        flush=True,
    )
    return not missing


def _start(app: Flask, sandbox: RunningSandbox) -> None:
    session = db.session()
    session.rollback()
    session.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    session.commit()
    app.extensions["redis"].flushdb()
    sandbox.sandbox.switches.reset_counts()
    for index in ACTS:
        mbid = sandbox.sandbox.catalogue.mbid(index)
        artist = Artist(mbid=mbid, name=mbid, name_folded=fold(mbid))
        session.add(artist)
        session.flush()
        start_import(session, artist)
    session.commit()


def _finish(app: Flask, session: Session) -> None:
    """Until nothing is under way any more and nothing follows; times that are waited for pass quickly."""
    redis, soon = app.extensions["redis"], {"soon": "2 seconds"}

    def is_over() -> bool:
        session.rollback()
        for statement in (
            "UPDATE queue_jobs SET run_at = now() WHERE state IN ('queued', 'retrying')"
            " AND run_at > now() + CAST(:soon AS interval)",
            "UPDATE provider_states SET held_until = now()"
            " WHERE held_until > now() + CAST(:soon AS interval)",
        ):
            session.execute(text(statement), soon)
        session.commit()
        for key in redis.keys("setlist:budget:*"):
            if not key.endswith(":used"):
                redis.hset(key, "held", 0)
        active = select(func.count()).where(SyncJob.state.in_([SyncState.QUEUED, SyncState.RUNNING]))
        return not session.scalar(active)

    wait("everything is there", is_over, seconds=LONGEST_SECONDS, every=0.3)
    session.rollback()


def _done(session: Session) -> int:
    session.rollback()
    done = select(func.count()).where(SyncJob.kind == SyncKind.IMPORT, SyncJob.state == SyncState.DONE)
    return session.scalar(done) or 0


def _answered(sandbox: RunningSandbox, *, but: str) -> int:
    statuses = sandbox.sandbox.switches.counts.described()["statuses"]
    return sum(of.get("200", 0) for name, of in statuses.items() if name != but)


def _held(app: Flask, provider: str) -> float:
    """How long one call holds a thread in this weather."""
    settings = app.extensions["settings"]
    providers = Providers(settings=settings)
    client = getattr(providers.sources(), provider)
    started = time.monotonic()
    try:
        client.ping()
    except ProviderError:
        return time.monotonic() - started
    finally:
        providers.close()
    return time.monotonic() - started


def _breaker(session: Session, provider: str) -> str:
    """Its changes in words: opened, tried, closed."""
    statement = select(BreakerEvent.new_state, func.count()).where(
        BreakerEvent.provider == f"sandbox {provider}"
    )
    counts = dict(session.execute(statement.group_by(BreakerEvent.new_state)).all())
    return "/".join(str(counts.get(state, 0)) for state in ("open", "half-open", "closed"))


if __name__ == "__main__":
    main(*sys.argv[1:])
