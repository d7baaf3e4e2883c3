"""The product as fans meet it: its programs as the Procfile starts them, over a scratch database, a Redis
of its own and a sandbox of sixty acts."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from config import ROOT, Settings, Sources
from setlist.cli.procfile import read_procfile
from setlist.embedded import RunningRedis, start_redis
from setlist.embedded.processes import tethered, wait_until
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread
from tests.servers import scratch_postgres

ACTS, SEED, LATENCY_MS = 60, 7, 20
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LINES_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Product:
    url: str
    settings: Settings
    environment: Mapping[str, str]
    redis: RunningRedis
    sandbox: RunningSandbox
    logs: Path
    programs: list["Program"] = field(default_factory=list)

    def start(self, name: str) -> None:
        """A program of the Procfile."""
        command = read_procfile(ROOT / "Procfile", self.settings)[name].command
        self.programs.append(Program(command, self.environment, self.logs / f"{name}.log"))

    def run(self, *command: str) -> str:
        """One of our own commands, to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "setlist.cli", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def wait_until_well(self) -> None:
        """Until web, worker, clock, PostgreSQL and Redis all say that they are fine."""
        found = wait_until(lambda: self._is_well() or self._has_lost_one(), START_SECONDS)
        assert found, self._health()
        assert not self._has_lost_one(), self.last_words()

    def last_words(self) -> list[tuple[str, str]]:
        """Of each program, by name."""
        return [
            (f"log of {file.stem}", "\n".join(file.read_text(errors="replace").splitlines()[-LINES_SHOWN:]))
            for file in sorted(self.logs.glob("*.log"))
        ]

    def _is_well(self) -> bool:
        parts = self._health().get("parts", {})
        return bool(parts) and all(part["state"] == "ok" for part in parts.values())

    def _health(self) -> Any:
        try:
            return requests.get(f"{self.url}/api/health", timeout=5).json()
        except requests.RequestException:
            return {}

    def _has_lost_one(self) -> bool:
        return any(program.has_ended for program in self.programs)


class Program:
    """In a process group of its own, which ends with it and with us."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str], log_file: Path) -> None:
        with log_file.open("ab") as log:
            self._process = subprocess.Popen(
                tethered(list(command), death=signal.SIGTERM),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        """It is not reaped, so the number of its group stays its own."""
        found = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return found is not None

    def end(self) -> None:
        if not self.has_ended:
            os.kill(self._process.pid, signal.SIGTERM)
        wait_until(lambda: self.has_ended, STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)


@contextmanager
def running_product(folder: Path) -> Iterator[Product]:
    with ExitStack() as stack:
        redis = start_redis(folder)
        stack.callback(redis.stop)
        sandbox = stack.enter_context(
            start_in_thread(SandboxOptions(artists=ACTS, seed=SEED, latency_ms=LATENCY_MS))
        )
        settings = _settings(
            database_url=stack.enter_context(scratch_postgres(folder)),
            redis_url=redis.url,
            sandbox_url=sandbox.url,
            var_dir=folder,
        )
        product = Product(
            url=settings.external_url,
            settings=settings,
            environment=_environment(settings),
            redis=redis,
            sandbox=sandbox,
            logs=folder,
        )
        product.run("release")
        for name in ("web", "worker", "clock"):
            product.start(name)
            stack.callback(product.programs[-1].end)
        product.wait_until_well()
        yield product


def _settings(**servers: Any) -> Settings:
    port = _free_port()
    return Settings(
        _env_file=None,
        host="127.0.0.1",
        port=port,
        external_url=f"http://127.0.0.1:{port}",
        sources=Sources.SANDBOX,
        sandbox_artists=ACTS,
        sandbox_seed=SEED,
        page_cache_seconds=0,  # a journey counts the wishes of the one before
        **servers,
    )


def _environment(settings: Settings) -> dict[str, str]:
    """Ours, with the settings that are the test's: they win over a developer's .env."""
    names = (
        "host", "port", "external_url", "database_url", "redis_url", "sandbox_url", "sandbox_artists",
        "sandbox_seed", "var_dir", "page_cache_seconds",
    )  # fmt: skip
    given = {name.upper(): str(getattr(settings, name)) for name in names}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    ours = {"SOURCES": "sandbox", "ENVIRONMENT": "development", "WORKER_GROUPS": "all=1x4", "PATH": path}
    return {**os.environ, **given, **ours}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
