"""Event streams: how soon a change arrives, what 100 of them cost the pages, and what is left of dead ones.

    python -m benchmarks.streams

The product is started as `make run` starts it. The changes are written and announced by the importer's own
functions; the clients are a process of their own, which is killed.
"""

import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests
from flask import Flask
from sqlalchemy.orm import Session

from benchmarks.processes import ROOT, wait
from benchmarks.stack import Stack, running_stack
from config import Settings
from setlist.app import create_app
from setlist.extensions import db
from setlist.models import Artist, SyncJob
from setlist.processors.progress import announce, record

STREAMS = 100
SETTINGS = {"EVENT_STREAMS": str(STREAMS), "WEB_THREADS": "134", "LOG_LEVEL": "WARNING"}
OPEN_SECONDS = 20
GONE_SECONDS = 30
CHANGES = 40
BETWEEN_CHANGES = 0.5
VISITORS = 2
LOOKS = 150  # of each visitor
PAGES = ("/", "/imports", "/search", "/artists/1")
POLLS = 20


@dataclass(kw_only=True)
class Clients:
    """`arrivals`: by event, when it came to each stream."""

    process: subprocess.Popen[str]
    opened: int = 0
    arrivals: dict[int, list[float]] = field(default_factory=dict)

    def listen(self) -> None:
        for line in self.process.stdout or ():
            word, at = line.split()
            if word == "open":
                self.opened += 1
            elif word.isdigit():
                self.arrivals.setdefault(int(word), []).append(float(at))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), **SETTINGS) as stack:
        app = _app(stack)
        with app.app_context():
            _measure(app, stack)
            db.engine.dispose()


def _measure(app: Flask, stack: Stack) -> None:
    imports = [_import(f"Act {number}") for number in range(10)]
    _row("a change in a polling page, at its next poll", _poll(stack, imports[0]), f"{POLLS} of {POLLS}")
    _look(stack)  # what is read or made once only
    before = _p95(_look(stack))
    _with_streams(app, stack, imports, before)
    _with_streams(app, stack, imports[:1], before)


def _with_streams(app: Flask, stack: Stack, watched: Sequence[SyncJob], before: float) -> None:
    print(f"{STREAMS} streams of {len(watched)} imports")
    with _clients(stack, watched) as clients:
        late = _p95(_changes(clients, watched))
        _row("from a commit to its arrival, p95", f"{late * 1000:.0f} ms", "200 ms")
        with _changing(app, watched):
            during = _p95(_look(stack))
        share = f"{during / before:.2f} ({before * 1000:.1f} to {during * 1000:.1f} ms)"
        _row("pages meanwhile, p95 against that without streams", share, "2")
        os.kill(clients.process.pid, signal.SIGKILL)
    time.sleep(GONE_SECONDS)
    with _clients(stack, watched) as clients:
        found = f"{clients.opened} of {STREAMS}"
    _row(f"places free {GONE_SECONDS} s after kill -9 of the clients", found, f"{STREAMS} of {STREAMS}")
    time.sleep(GONE_SECONDS)


@contextmanager
def _clients(stack: Stack, watched: Sequence[SyncJob]) -> Iterator[Clients]:
    address = urlsplit(stack.url)
    paths = [f"/api/import/progress?id={sync.id}" for sync in watched]
    command = [sys.executable, "-m", "benchmarks.stream_clients", str(address.hostname), str(address.port)]
    process = subprocess.Popen([*command, str(STREAMS), *paths], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    clients = Clients(process=process)
    threading.Thread(target=clients.listen, daemon=True).start()
    try:
        with suppress(TimeoutError):  # those that were refused are counted
            wait("all streams are open", lambda: clients.opened == STREAMS, seconds=OPEN_SECONDS)
        yield clients
    finally:
        process.kill()
        process.wait()


def _changes(clients: Clients, watched: Sequence[SyncJob]) -> list[float]:
    """Seconds from each commit to each arrival; those that never came are infinite."""
    committed = {}
    for number in range(CHANGES):
        event_id, at = _change(watched[number % len(watched)])
        committed[event_id] = at
        time.sleep(BETWEEN_CHANGES)
    time.sleep(2)
    seconds = [
        at - committed[event]
        for event, times in clients.arrivals.items()
        if event in committed
        for at in times
    ]
    expected = CHANGES * STREAMS // len(watched)
    return seconds + [math.inf] * (expected - len(seconds))


@contextmanager
def _changing(app: Flask, watched: Sequence[SyncJob]) -> Iterator[None]:
    stopping = threading.Event()

    def keep_changing() -> None:
        with app.app_context():
            for sync in cycle(watched):
                if stopping.wait(BETWEEN_CHANGES):
                    return
                _change(sync)

    thread = threading.Thread(target=keep_changing)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _change(sync: SyncJob) -> tuple[int, float]:
    with Session(db.engine) as session:
        fresh = session.get_one(SyncJob, sync.id)
        fresh.percent = min(99.0, fresh.percent + 0.1)
        event_id = record(session, fresh)
        session.commit()
        at = time.time()
    announce(sync.id, event_id)
    return event_id, at


def _poll(stack: Stack, sync: SyncJob) -> str:
    """As htmx asks for the fragment."""
    page = f"{stack.url}/imports/{sync.id}/progress"
    seen = 0
    with requests.Session() as visitor:
        for number in range(1, POLLS + 1):
            with Session(db.engine) as session:
                session.get_one(SyncJob, sync.id).percent = float(number)
                session.commit()
            headers = {"HX-Request": "true", "HX-Target": "import_progress"}
            seen += f'value="{number}"' in visitor.get(page, headers=headers, timeout=10).text
    return f"{seen} of {POLLS}"


def _look(stack: Stack) -> list[float]:
    """Seconds of each page, of a few visitors side by side."""
    seconds: list[float] = []

    def visit() -> None:
        with requests.Session() as visitor:
            for number in range(LOOKS):
                began = time.perf_counter()
                answer = visitor.get(f"{stack.url}{PAGES[number % len(PAGES)]}", timeout=30)
                answer.raise_for_status()
                seconds.append(time.perf_counter() - began)

    visitors = [threading.Thread(target=visit) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return seconds


def _import(name: str) -> SyncJob:
    with Session(db.engine, expire_on_commit=False) as session:
        artist = Artist(name=name, name_folded=name.casefold())
        session.add(artist)
        session.flush()
        sync = SyncJob(kind="import", artist_id=artist.id, state="running", phase="catalogue")
        session.add(sync)
        session.commit()
        return sync


def _app(stack: Stack) -> Flask:
    """In this process, over the servers of the running one."""
    sockets = stack.var_dir.resolve() / "postgres/socket"
    return create_app(
        Settings(
            _env_file=None,
            database_url=f"postgresql://postgres@/setlist?host={quote(str(sockets), safe='')}",
            redis_url=f"unix://{stack.var_dir.resolve() / 'redis/socket/redis.sock'}?db=0",
            redis_seconds=2,
            log_level="WARNING",
        )
    )


def _p95(seconds: Sequence[float]) -> float:
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(0.95 * len(ordered)) - 1)]


def _row(what: str, found: str, bar: str) -> None:
    print(f"{what:<58} {found:>26}   (bar: {bar})", flush=True)


if __name__ == "__main__":
    main()
