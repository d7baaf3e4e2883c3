"""Jobs a second beside bare Dramatiq, from enqueue to start when idle, and with a million rows waiting.

    python -m benchmarks.queue_rate [rate] [idle] [million]

rate      no-op jobs, rows included, by two worker processes of eight threads; bare Dramatiq with as many
          empties its list on the same Redis in turns. The bar is 0.4 of its rate.
idle      one job now and then: from before the enqueue to its start, by the row. The bar is 50 ms at p95.
million   what the dispatcher sends a second, and what is done a second from its messages, with 1,000,000
          rows waiting and with 1,000. The bar is 0.9.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.noop_jobs import BARE_NAMESPACE, QUEUE, declare_bare
from benchmarks.processes import ROOT, product, wait
from setlist.broker import Sender
from setlist.extensions import db
from setlist.queue.claim import Wanted, claim_all
from setlist.queue.dispatch import BATCH, sweep
from setlist.queue.enqueue import enqueue
from setlist.queue.finish import done_all
from setlist.queue.names import QUEUES
from setlist.sandbox.options import SandboxOptions

PROCESSES, THREADS = 2, 8
BARE = ("dramatiq", "benchmarks.noop_jobs:start_bare", f"--processes={PROCESSES}", f"--threads={THREADS}")
OURS = ("benchmarks.noop_jobs", f"--threads={THREADS}")
JOBS, BARE_JOBS = 6_000, 15_000
ROUNDS = 3
IDLE_JOBS, IDLE_SECONDS = 200, 0.11
FEW, MANY = 1_000, 1_000_000
SWEEPS = 20
TOGETHER = 8  # claimed and done in one round
LONGEST_SECONDS = 300.0
_LATEST_SENT = text(
    "SELECT id FROM queue_jobs WHERE queue = :queue AND state IN ('queued', 'retrying')"
    " AND sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT :count"
)
_INSERT = text("""
INSERT INTO queue_jobs (queue, args, max_attempts, sent_at)
SELECT :queue, '{}', 5, CASE WHEN :sent THEN clock_timestamp() END FROM generate_series(1, :count)
RETURNING id
""")


def main(*parts: str) -> None:
    options = SandboxOptions(artists=2, seed=1, latency_ms=0)
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options) as (app, _sandbox, environment),
        app.app_context(),
    ):
        client = redis.Redis.from_url(environment["REDIS_URL"])
        for name, measure in (("rate", _rate), ("idle", _idle), ("million", _million)):
            if not parts or name in parts:
                measure(client, environment)
                _empty(client)


def _rate(client: redis.Redis, environment: dict[str, str]) -> None:
    """In turns, so that whatever else the machine does strikes both."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        _fill_bare(environment)
        with _running(environment, BARE):
            bare.append(_drained_a_second(client, f"{BARE_NAMESPACE}:{QUEUE}", BARE_JOBS))
        _empty(client)
        _fill(environment)
        with _running(environment, *[OURS] * PROCESSES):
            ours.append(_drained_a_second(client, f"setlist:{QUEUE}", JOBS))
        _empty(client)
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    print("bare Dramatiq  " + "  ".join(f"{rate:7,.0f}/s" for rate in bare))
    print("ours with rows " + "  ".join(f"{rate:7,.0f}/s" for rate in ours))
    print(f"ratio, median of {ROUNDS}: {statistics.median(ratios):.2f}   (bar: 0.40)")


def _idle(client: redis.Redis, environment: dict[str, str]) -> None:
    with _running(environment, OURS):
        session = db.session()
        first = enqueue(session, QUEUE, {}).id
        session.commit()
        wait("the worker works", lambda: _is_done(session, first), seconds=LONGEST_SECONDS)
        waits = []
        for _ in range(IDLE_JOBS):
            time.sleep(IDLE_SECONDS)
            asked = session.scalar(text("SELECT clock_timestamp()"))
            session.rollback()
            job_id = enqueue(session, QUEUE, {}).id
            session.commit()
            wait("it is done", lambda: _is_done(session, job_id), seconds=60, every=0.01)  # noqa: B023
            began = session.scalar(text("SELECT started_at FROM queue_jobs WHERE id = :id"), {"id": job_id})
            session.rollback()
            waits.append((began - asked).total_seconds() * 1000)
    p50, p95 = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    print(f"enqueue to start, idle: p50 {p50:.1f} ms, p95 {p95:.1f} ms   (bar: 50 ms)")


def _million(client: redis.Redis, environment: dict[str, str]) -> None:
    """Few, many, few: the second few has what the many left behind in the table and its indexes."""
    sender = Sender(redis.Redis.from_url(environment["REDIS_URL"]))
    rates: dict[str, dict[int, list[float]]] = {
        "sent": {FEW: [], MANY: []},
        "claimed and done": {FEW: [], MANY: []},
    }
    for waiting in (FEW, MANY, FEW):
        _empty(client)
        _insert(waiting)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE queue_jobs"))
        sent, done = _rounds(client, sender)
        rates["sent"][waiting].append(sent)
        rates["claimed and done"][waiting].append(done)
    for what, by_waiting in rates.items():
        few, many = statistics.mean(by_waiting[FEW]), by_waiting[MANY][0]
        print(
            f"{what}: {few:,.0f}/s with {FEW:,} waiting, {many:,.0f}/s with {MANY:,}: "
            f"ratio {many / few:.2f}   (bar: 0.90)"
        )


def _rounds(client: redis.Redis, sender: Sender) -> tuple[float, float]:
    """Sent, and claimed and done a second. As many come anew as are done, so that as many wait as before."""
    sent = done = 0
    sending = doing = 0.0
    for _ in range(SWEEPS):
        began = time.perf_counter()
        with Session(db.engine) as session:
            sent += sweep(session, sender.lengths(QUEUES)).sent
            session.commit()
        sending += time.perf_counter() - began
        with Session(db.engine) as session:
            job_ids = session.scalars(_LATEST_SENT, {"queue": QUEUE, "count": BATCH}).all()
        began = time.perf_counter()
        done += sum(_done(job_ids[first : first + TOGETHER]) for first in range(0, len(job_ids), TOGETHER))
        doing += time.perf_counter() - began
        client.flushdb()
        _insert(len(job_ids))
    return sent / sending, done / doing


def _done(job_ids: Sequence[int]) -> int:
    with Session(db.engine) as session:
        wanted = [Wanted(queue=QUEUE, job_id=job_id, seconds=60) for job_id in job_ids]
        leases = claim_all(session, wanted, worker="benchmark")
        session.commit()
        ended = done_all(session, list(leases.values()))
        session.commit()
    return len(ended)


def _insert(count: int, *, sent: bool = False) -> list[int]:
    with Session(db.engine) as session:
        job_ids = session.scalars(_INSERT, {"queue": QUEUE, "sent": sent, "count": count}).all()
        session.commit()
    return list(job_ids)


def _fill(environment: dict[str, str]) -> None:
    Sender(redis.Redis.from_url(environment["REDIS_URL"])).send(QUEUE, _insert(JOBS, sent=True))


def _fill_bare(environment: dict[str, str]) -> None:
    actor = declare_bare(environment["REDIS_URL"])
    for number in range(BARE_JOBS):
        actor.send(number)


def _empty(client: redis.Redis) -> None:
    client.flushdb()
    with Session(db.engine) as session:
        session.execute(text("TRUNCATE queue_jobs CASCADE"))
        session.commit()


def _drained_a_second(client: redis.Redis, key: str, jobs: int) -> float:
    """While the middle of the list goes: neither the start of the workers nor their end counts."""
    wait("the workers work", lambda: client.llen(key) < 0.9 * jobs, seconds=LONGEST_SECONDS, every=0.005)
    began, first = time.perf_counter(), client.llen(key)
    wait("most is done", lambda: client.llen(key) < 0.1 * jobs, seconds=LONGEST_SECONDS, every=0.005)
    last = client.llen(key)
    return (first - last) / (time.perf_counter() - began)


@contextmanager
def _running(environment: dict[str, str], *commands: Sequence[str]) -> Iterator[None]:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | environment,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _is_done(session: Session, job_id: int) -> bool:
    session.rollback()
    return session.scalar(text("SELECT state FROM queue_jobs WHERE id = :id"), {"id": job_id}) == "done"


if __name__ == "__main__":
    main(*sys.argv[1:])
