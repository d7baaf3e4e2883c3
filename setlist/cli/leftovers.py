"""What a killed launcher left running: written down while it runs, ended by the next start."""

import contextlib
import json
import os
import signal
from dataclasses import asdict
from pathlib import Path

from setlist.cli.child import Child
from setlist.embedded.processes import PROC, Identity, wait_until

MARK = "SETLIST_RUN"  # in the environment of everything a run starts
KILL_SECONDS = 5.0


def record(file: Path, run: str, children: list[Child]) -> None:
    found = [asdict(child.identity) for child in children if child.identity is not None]
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"run": run, "processes": found}))
    fresh.replace(file)


def end_leftovers(file: Path, grace_seconds: float) -> int:
    """End what the file names, as a stop would have; how many there were. Nothing else is touched."""
    run, recorded = _read(file)
    leaders = [process for process in recorded if process.runs]
    # The leaders hand it on to their own; where none is left, those are asked themselves.
    for process in leaders or _marked(run):
        _send(process, signal.SIGTERM)
    wait_until(lambda: not _running(run, leaders), grace_seconds)
    stubborn = _running(run, leaders)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    wait_until(lambda: not _running(run, leaders), KILL_SECONDS)
    file.unlink(missing_ok=True)
    return len(leaders)


def _read(file: Path) -> tuple[str, list[Identity]]:
    try:
        found = json.loads(file.read_text())
        return found["run"], [Identity(**process) for process in found["processes"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return "", []  # a clean stop removed it, or the disk was full when it was written


def _running(run: str, leaders: list[Identity]) -> set[Identity]:
    return {process for process in leaders if process.runs} | _marked(run)


def _marked(run: str) -> set[Identity]:
    """The processes whose environment carries the run's mark: children of children, too (Linux)."""
    if not run:
        return set()
    wanted = f"{MARK}={run}".encode()
    found = set()
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended, or another user's
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.add(Identity.of(int(folder.name)))
    return {identity for identity in found if identity is not None}


def _send(process: Identity, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if process.runs:
            os.kill(process.pid, number)
