"""A `setlist run` in a folder of its own, over small programs: what it says, and what it started."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

from config import ROOT
from setlist.embedded.processes import PROC, wait_until

SECONDS = 60.0
WEB = """
import http.server, sys
print("web listens", flush=True)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *arguments):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
"""
# A process of its own besides, as Dramatiq and Granian have.
WORKER = """
import os, subprocess, sys, time
helper = subprocess.Popen(["sleep", "300"])
print("worker", os.getpid(), flush=True)
time.sleep(300)
"""
PROCFILE = "web: python web.py $PORT\nworker: python worker.py\n"


class Project:
    """The code under test in a folder of its own, so that its var/ is its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        for name in ("config.py", "setlist", "migrations"):
            (folder / name).symlink_to(ROOT / name)
        self.write("web.py", WEB)
        self.write("worker.py", WORKER)
        self.write("Procfile", PROCFILE)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def environment(self, **given: str) -> dict[str, str]:
        """Ours, without the servers that the tests may have been given."""
        bare = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        return {**bare, "PORT": str(self.port), "SOURCES": "live", "SHUTDOWN_GRACE_SECONDS": "2", **given}

    def start(self, **given: str) -> "Launched":
        return Launched(self, self.environment(**given))

    def started(self) -> set[int]:
        """Whatever runs in this folder, children of children included."""
        found = set()
        for process in PROC.glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.folder and b"Z" not in _state(process):
                    found.add(int(process.name))
            except OSError:
                continue
        return found - {os.getpid()}


class Launched:
    def __init__(self, project: Project, environment: dict[str, str]) -> None:
        self.project = project
        self._output = project.folder / "output"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "setlist.cli", "run"],
                cwd=project.folder,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(SECONDS)

    @property
    def said(self) -> str:
        return self._output.read_text(errors="replace")

    def waits_for(self, text: str, *, times: int = 1) -> None:
        found = wait_until(lambda: self.said.count(text) >= times or self.process.poll() is not None, SECONDS)
        assert found, self.said
        assert self.said.count(text) >= times, self.said

    def ends(self, number: signal.Signals | None = None) -> int:
        """Its exit status, after a signal or by itself."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def worker(self) -> int:
        """The process id of the worker that was started last."""
        return int(self.said.rpartition("| worker ")[2].split()[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _state(process: Path) -> bytes:
    return (process / "stat").read_bytes().rpartition(b")")[2].split()[0]
