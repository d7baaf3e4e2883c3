"""`setlist run`: everything, from the embedded servers to the first page, until Ctrl-C.

Ways out: a stop (Ctrl-C, SIGTERM, the terminal closing) ends the programs, then the engines. A kill -9
leaves the ending to the kernel (Linux) and, for what stayed, to the next start.
"""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from config import ROOT, Settings
from setlist.cli.complaints import ComplaintError, read_settings
from setlist.cli.console import Console
from setlist.cli.engines import Engines, engines
from setlist.cli.findings import State, refuse_failed
from setlist.cli.launch import Launch
from setlist.cli.leftovers import MARK, end_leftovers
from setlist.cli.ports import check_ports
from setlist.cli.postgres import check_postgres
from setlist.cli.redis_check import check_redis
from setlist.embedded.places import EngineError, file_problem, hold
from setlist.embedded.tether import follow_parent

RUN_FOLDER = ROOT / "var/run"  # where config.py looks for services.env, whatever VAR_DIR is
LEFTOVER_SECONDS = 10.0


@click.command()
@click.option("--stop-with-parent", is_flag=True, help="Stop when the caller ends, too.")
def run(*, stop_with_parent: bool) -> None:
    """Start everything and print the address; Ctrl-C stops everything."""
    if stop_with_parent:
        follow_parent(signal.SIGTERM)
    try:
        with _stoppable(), _alone(RUN_FOLDER):
            _run()
    except KeyboardInterrupt:
        click.echo("Stopped.")
    except OSError as error:
        raise ComplaintError(file_problem(error, RUN_FOLDER)) from error


def _run() -> None:
    processes, services = RUN_FOLDER / "processes.json", RUN_FOLDER / "services.env"
    end_leftovers(processes, LEFTOVER_SECONDS)
    services.unlink(missing_ok=True)  # of a run that was killed: its servers are gone
    settings = read_settings()
    check_ports(settings)
    console = Console(("release", "sandbox", "web", "worker", "clock"))
    _check_given(settings, console)
    with engines(settings, services) as running:
        for engine in running.running:
            console.say(f"{engine.name} is up, its data in {engine.folder}")
        environment = _environment(settings, running)
        launch = Launch(
            settings=settings,
            console=console,
            engines=running,
            environment=environment,
            record_file=processes,
        )
        launch.run()
    processes.unlink(missing_ok=True)
    console.say("Everything is stopped; the data stay for the next start.")


def _check_given(settings: Settings, console: Console) -> None:
    """The servers that are not ours to start, before anything is."""
    findings = check_postgres(settings.database_url) if settings.database_url else []
    if settings.redis_url:
        about = check_redis(settings.redis_url)
        findings += about[:1]
        for warning in about[1:]:
            if warning.state is State.FAILED:
                console.say(f"Warning: {warning.detail}: {warning.remedy}")
    refuse_failed(findings)


def _environment(settings: Settings, running: Engines) -> dict[str, str]:
    """What the programs inherit: ours, the engines' addresses, and the mark they are known by."""
    environment = {**os.environ, **running.addresses, MARK: secrets.token_hex(8), "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment["EXTERNAL_URL"] = settings.external_url
    return environment


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run a folder: a second one would end the first one's processes."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with hold(folder / "lock", "Setlist is already started in this folder,"):
            yield
    except EngineError as error:
        raise ComplaintError(str(error)) from error


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM and a closed terminal unwind like Ctrl-C, wherever they come."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
