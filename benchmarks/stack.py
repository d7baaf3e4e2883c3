"""The whole product, started as `make run` starts it, in a folder and on ports of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).parent.parent
START_SECONDS = 90
STOP_SECONDS = 30


@dataclass(frozen=True)
class Stack:
    url: str
    var_dir: Path
    seconds_to_first_page: float


@contextmanager
def running_stack(var_dir: Path, **settings: str) -> Iterator[Stack]:
    """`settings` are environment variables, such as SANDBOX_LATENCY_MS="20"."""
    port, sandbox_port = _free_port(), _free_port()
    environment = os.environ | {
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "EXTERNAL_URL": f"http://127.0.0.1:{port}",
        "SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}",
        **settings,
    }
    started = time.perf_counter()
    with (var_dir / "output.log").open("ab") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("setlist"), "run"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process)
        yield Stack(url, var_dir, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(url, timeout=2).status_code == requests.codes.ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise SystemExit(f"the product did not start: see {ROOT}'s output.log, or run `make run`")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
