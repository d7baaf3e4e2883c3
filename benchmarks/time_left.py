"""How far off the time left is that an import tells: acts of differing size, without and with past imports.

    python -m benchmarks.time_left [ACTS] [AT_ONCE] [SPEED]

The worker and the clock are real processes, AT_ONCE imports share the budgets, and the sandbox enforces the
providers' real limits, whose clock runs SPEED times as fast. In the first round what each
import could teach is put aside as soon as it is done, so that none learns anything; it is put back for the
second round, which imports other acts.

Told is |estimated - true| / true at 50 even moments of the second half of each import, as somebody who
watches would see it: each estimate counts down until the next one. Nothing else should run beside it:
writing a page takes ten times as long on a busy machine, and nobody can foresee when that ends.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from benchmarks.processes import product, program, wait
from setlist.domain.folding import fold
from setlist.extensions import db
from setlist.models import Artist, SyncJob
from setlist.models.base import Json
from setlist.pipeline.start import start_import
from setlist.sandbox.options import SandboxOptions

BAR = 0.25
LONGEST_SECONDS = 180
Work = dict[int, Json]  # of an import, by its id


@dataclass(frozen=True, kw_only=True)
class Measured:
    artist: str
    seconds: float
    calls: int
    error: float | None


def main(acts: int = 25, at_once: int = 2, speed: float = 1) -> None:
    options = SandboxOptions(artists=400, seed=7, latency_ms=20, limits=True, limit_speed=speed)
    settings = {"sandbox_limits": True, "sandbox_limit_speed": speed, "spotify_per_day": 20_000}
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options, **settings) as (app, sandbox, environment),
        program("setlist.clock", environment),
        program("setlist.worker", environment),
    ):
        catalogue = sandbox.sandbox.catalogue
        mbids = [catalogue.mbid(index) for index in range(2 * acts)]
        for index in range(2 * acts):
            catalogue.past(index)  # worlds are made beforehand
        with app.app_context():
            _wait_for_worker()
            aside: Work = {}
            first = _import_all(mbids[:acts], at_once, put_aside=aside)
            _put_back(db.session(), aside)
            second = _import_all(mbids[acts:], at_once, put_aside=None)
    _tell("nothing learned", first)
    _tell("with past imports", second)


def _wait_for_worker() -> None:
    def is_there() -> bool:
        db.session.rollback()
        return bool(db.session.scalar(text("SELECT count(*) FROM workers")))

    wait("a worker is there", is_there, seconds=60)


def _import_all(mbids: Sequence[str], at_once: int, *, put_aside: Work | None) -> list[Measured]:
    session, waiting, started = db.session(), list(mbids), list[int]()
    deadline = time.monotonic() + LONGEST_SECONDS * len(mbids)
    while time.monotonic() < deadline:
        active = _active(session, started)
        if put_aside is not None:
            _put_aside(session, put_aside)
        if not waiting and not active:
            return [_measured(session.get_one(SyncJob, sync_id)) for sync_id in started]
        while waiting and active < at_once:
            started.append(_request(session, waiting.pop(0)))
            active += 1
        time.sleep(0.1)
    raise TimeoutError(f"{len(waiting)} imports of {len(mbids)} had not begun, others were under way")


def _request(session: Session, mbid: str) -> int:
    artist = session.scalar(select(Artist).where(Artist.mbid == mbid))  # one that another brought along
    if artist is None:
        artist = Artist(mbid=mbid, name=mbid, name_folded=fold(mbid))
        session.add(artist)
        session.flush()
    sync = start_import(session, artist)
    session.commit()
    return sync.id


def _active(session: Session, started: Sequence[int]) -> int:
    session.rollback()
    states = session.scalars(select(SyncJob.state).where(SyncJob.id.in_(started))).all()
    return sum(state in {"queued", "running"} for state in states)


def _put_aside(session: Session, aside: Work) -> None:
    done = session.execute(
        select(SyncJob.id, SyncJob.work).where(SyncJob.state == "done", SyncJob.work != {})
    )
    aside |= {row.id: row.work for row in done}
    session.execute(update(SyncJob).where(SyncJob.state == "done").values(work={}))
    session.commit()


def _put_back(session: Session, aside: Work) -> None:
    for sync_id, work in aside.items():
        session.execute(update(SyncJob).where(SyncJob.id == sync_id).values(work=work))
    session.commit()


def _measured(sync: SyncJob) -> Measured:
    if sync.started_at is None or sync.finished_at is None:
        raise AssertionError(f"the import of {sync.artist.name} never ran")
    return Measured(
        artist=sync.artist.name,
        seconds=(sync.finished_at - sync.started_at).total_seconds(),
        calls=sum(sync.calls.values()),
        error=sync.estimate_error,
    )


def _tell(what: str, found: Sequence[Measured]) -> None:
    errors = sorted(one.error for one in found if one.error is not None)
    seconds = sorted(one.seconds for one in found)
    print(f"\n{what}: {len(found)} imports of {seconds[0]:.1f} to {seconds[-1]:.1f} s, ", end="")
    print(f"median {median(seconds):.1f} s; {sum(one.calls for one in found)} calls")
    for one in sorted(found, key=lambda one: one.seconds):
        error = "   none" if one.error is None else f"{one.error:7.1%}"
        print(f"  {one.seconds:6.1f} s {one.calls:>4} calls {error}  {one.artist}")
    worst = errors[round(0.95 * (len(errors) - 1))]
    within = sum(error <= BAR for error in errors)
    print(
        f"median error {median(errors):.1%}   (bar: {BAR:.0%}); {within} of {len(found)} within it, ", end=""
    )
    print(f"p95 {worst:.1%}")


if __name__ == "__main__":
    main(*(float(argument) if "." in argument else int(argument) for argument in sys.argv[1:]))
