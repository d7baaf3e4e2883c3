"""A hundred artists imported at once against a sandbox that enforces the providers' real limits.

    python -m benchmarks.hundred_artists [SPEED] [ARTISTS] [MOST_SETLISTS]

SPEED is how fast the limits' clock runs: at 2 a minute takes half of one. Much faster, the machine is what
takes the time, or the days are: at 300 one takes 288 seconds. Four imports run at once, in two worker
processes. Told are the throttles that the sandbox sent, which should be none, and the wall time beside the
lower bound that the limits set for the calls that were received: for each provider

    calls after those that fit into the first day, at the documented rate, plus a day for each day begun

of which the slowest provider's counts.
"""

import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.processes import WORKERS, product, program, wait
from setlist.domain.folding import fold
from setlist.extensions import db
from setlist.models import Artist, SyncJob
from setlist.pipeline.start import start_import
from setlist.sandbox.limits import SETLISTFM_DAY, SPOTIFY_DAY, TICKETMASTER_DAY
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox

LONGEST_SECONDS = 1_200
DAY = 86_400.0
# What the sandbox enforces: calls a second, calls a day.
ENFORCED = {
    "musicbrainz": (1.0, None),
    "ticketmaster": (5.0, TICKETMASTER_DAY),
    "setlistfm": (2.0, SETLISTFM_DAY),
    "spotify": (3.0, SPOTIFY_DAY),
}


def main(speed: float = 2, artists: int = 100, most_setlists: int = 10_000) -> None:
    options = SandboxOptions(artists=400, seed=7, latency_ms=20, limits=True, limit_speed=speed)
    settings = {
        "sandbox_limits": True,
        "sandbox_limit_speed": speed,
        "setlistfm_per_second": 1.5,  # documented as 2, less what a late call takes
        "spotify_per_day": SPOTIFY_DAY,
        "reserve_for_setlists": 0.0,  # there are no mornings in a benchmark
        "worker_groups": "short=1x2,imports=2x2,background=1x2",
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options, **settings) as (app, sandbox, environment),
        program("setlist.clock", environment),
        program(WORKERS, environment),
    ):
        chosen = _choose(sandbox, artists, most_setlists)
        seconds = _import_all(app, sandbox, chosen)
        _tell(app, sandbox, speed, seconds)


def _choose(sandbox: RunningSandbox, artists: int, most_setlists: int) -> list[str]:
    """The first ones that have no more past shows than that; their worlds are made beforehand."""
    catalogue, found = sandbox.sandbox.catalogue, []
    for index in range(catalogue.size):
        if len(catalogue.past(index)) <= most_setlists:
            found.append(catalogue.mbid(index))
        if len(found) == artists:
            break
    return found


def _import_all(app: Flask, sandbox: RunningSandbox, mbids: list[str]) -> float:
    with app.app_context():
        session = db.session()
        wait("a worker is there", lambda: _count(session, "SELECT count(*) FROM workers") >= 2, seconds=60)
        sandbox.sandbox.switches.reset_counts()
        sandbox.sandbox.switches.limits.forget()
        started = time.monotonic()
        for mbid in mbids:
            artist = Artist(mbid=mbid, name=mbid, name_folded=fold(mbid))
            session.add(artist)
            session.flush()
            start_import(session, artist)
        session.commit()
        wait("all are imported", lambda: not _left(session), seconds=LONGEST_SECONDS, every=0.2)
        return time.monotonic() - started


def _left(session: Session) -> int:
    """Imports under way and follow-ups that wait."""
    session.rollback()
    return session.scalar(select(func.count()).where(SyncJob.state.in_(["queued", "running"]))) or 0


def _count(session: Session, statement: str) -> int:
    session.rollback()
    return int(session.scalar(text(statement)) or 0)


def _tell(app: Flask, sandbox: RunningSandbox, speed: float, seconds: float) -> None:
    switches = sandbox.sandbox.switches
    calls = {name: sum(of.values()) for name, of in switches.counts.described()["calls"].items()}
    bounds = {name: _least_seconds(name, number) / speed for name, number in calls.items()}
    for name, number in calls.items():
        print(f"{name:<14} {number:>6} calls, at least {bounds[name]:7.1f} s")
    with app.app_context():
        states = db.session.execute(
            select(SyncJob.kind, SyncJob.state, func.count()).group_by(SyncJob.kind, SyncJob.state)
        )
        print("imports:", ", ".join(f"{kind} {state} {number}" for kind, state, number in states))
    bound = max(bounds.values())
    sent = switches.limits.sent_by_limit
    print(f"throttles received: {sum(sent.values())} {sent or ''}   (bar: 0)")
    print(f"wall {seconds:.1f} s, lower bound {bound:.1f} s, ratio {seconds / bound:.2f}   (bar: 1.15)")


def _least_seconds(name: str, calls: int) -> float:
    rate, per_day = ENFORCED[name]
    if per_day is None or calls <= per_day:
        return (calls - 1) / rate
    days, rest = divmod(calls - 1, per_day)
    return days * DAY + rest / rate


if __name__ == "__main__":
    main(*(float(argument) if "." in argument else int(argument) for argument in sys.argv[1:]))
