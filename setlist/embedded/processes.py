"""Processes that do not outlive us, are known again after a crash, and are ended for certain."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

TETHER = Path(__file__).with_name("tether.py")
PROC = Path("/proc")
POLL_SECONDS = 0.02

# A signal and the seconds to wait for what it does.
Step = tuple[signal.Signals, float]


@dataclass(frozen=True, kw_only=True)
class Account:
    """The user that a process runs as instead of root."""

    uid: int
    gid: int
    passes: bool = False  # may enter folders that are closed to it, such as /root


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A process for certain: a process id alone is given to others later."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Of a running process; None if there is none, or if it has ended and waits to be reaped."""
        started = _start_on_linux(pid) if PROC.joinpath("self/stat").exists() else _start_elsewhere(pid)
        return None if started is None else cls(pid=pid, started=started)

    @property
    def runs(self) -> bool:
        return Identity.of(self.pid) == self

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: Path) -> Self | None:
        try:
            return cls(**json.loads(file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None  # never written, or cut off by a crash or a full disk


def tethered(command: list[str], *, death: signal.Signals, account: Account | None = None) -> list[str]:
    """The command line that runs a command so that it gets `death` when this process ends.

    To be started from the main thread: the kernel watches the thread that starts it.
    """
    options = {
        "parent": os.getpid(),
        "signal": int(death),
        "uid": account and account.uid,
        "gid": account and account.gid,
        "passes": int(account is not None and account.passes),
    }
    return [sys.executable, "-I", "-S", str(TETHER), json.dumps(options), *command]


def end(process: Identity, *steps: Step) -> bool:
    """Send each signal in turn and wait its seconds; whether the process has ended."""
    for number, seconds in steps:
        if not process.runs:
            return True
        os.kill(process.pid, number)
        if wait_until(lambda: not process.runs, seconds):
            return True
    return not process.runs


def end_child(child: subprocess.Popen[bytes], *steps: Step) -> None:
    """The same for a child of our own, which is reaped too, and killed at last."""
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if child.poll() is not None:
            return
        child.send_signal(number)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def command_of(pid: int) -> str:
    """The command line of a process, '' if there is none."""
    try:
        return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return _ask_ps(pid, "command=")


def _start_on_linux(pid: int) -> str | None:
    """Clock ticks since boot, with the boot they count from."""
    try:
        fields = PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
        boot = PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def _start_elsewhere(pid: int) -> str | None:
    state, _, started = _ask_ps(pid, "state=,lstart=").strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _ask_ps(pid: int, columns: str) -> str:
    asked = ["ps", "-o", columns, "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout
