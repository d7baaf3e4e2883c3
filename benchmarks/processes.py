"""The product's own programs on scratch servers and a sandbox of the benchmark's, to be measured and hurt."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from config import Settings, Sources
from setlist.app import create_app
from setlist.extensions import db
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread
from tests.servers import scratch_postgres, scratch_redis

WORKERS = "setlist.cli workers --plain"
ROOT = Path(__file__).parent.parent


@contextmanager
def product(
    folder: Path, options: SandboxOptions, **settings: object
) -> Iterator[tuple[Flask, RunningSandbox, dict[str, str]]]:
    """An app over empty tables, a sandbox, and the environment in which programs see the same."""
    with (
        scratch_postgres(folder) as postgres,
        scratch_redis(folder) as redis_url,
        start_in_thread(options) as sandbox,
    ):
        values = {
            "database_url": postgres,
            "redis_url": redis_url,
            "sandbox_url": sandbox.url,
            "sources": Sources.SANDBOX.value,
            "log_level": "WARNING",
            **settings,
        }
        app = create_app(Settings(_env_file=None, **values))
        with app.app_context():
            upgrade()
        yield app, sandbox, {name.upper(): str(value) for name, value in values.items()}
        app.extensions["providers"].close()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def program(command: str, environment: dict[str, str], **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """A module of the product with its arguments, in a process group of its own that is ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        env=os.environ | environment | changes,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.poll()  # it was ended already
        process.wait(10)


def wait(what: str, holds: Callable[[], bool], *, seconds: float, every: float = 0.05) -> float:
    """How long it took, in seconds."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"waited {seconds:g} s until {what}")
        time.sleep(every)
    return time.monotonic() - started
