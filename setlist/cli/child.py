"""One running program: its process group, its output by lines, its end."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping

from config import ROOT
from setlist.cli.procfile import Program
from setlist.embedded.processes import Identity, tethered

CHUNK = 65536
LONGEST_LINE = 20_000
WAIT_SECONDS = 0.1


class Child:
    """Started in a session of its own, so that Ctrl-C reaches it through us and not past us."""

    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.name = program.name
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            tethered(list(program.command), death=signal.SIGTERM),
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.identity = Identity.of(self._process.pid)
        self._unfinished = b""
        self._open = True
        os.set_blocking(self._fd, False)

    @property
    def output(self) -> int | None:
        """What to watch for its output, until it closes it."""
        return self._fd if self._open else None

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def age(self) -> float:
        return time.monotonic() - self._began

    @property
    def ended(self) -> bool:
        """Whether its first process ended; it is not reaped yet, so that its number stays its own."""
        if self._process.returncode is not None:
            return True
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return self._process.poll() is not None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    @property
    def status(self) -> int:
        """Its exit status, once closed; negative: the signal that ended it."""
        return self._process.wait()

    @property
    def verdict(self) -> str:
        return f"exit status {self.status}" if self.status >= 0 else signal.Signals(-self.status).name

    def lines(self) -> Iterator[str]:
        """The whole lines it wrote since the last call."""
        while self._open:
            try:
                chunk = os.read(self._fd, CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._open = False
            *whole, self._unfinished = (self._unfinished + chunk).split(b"\n")
            if len(self._unfinished) > LONGEST_LINE:
                whole, self._unfinished = [*whole, self._unfinished], b""
            yield from (line.decode(errors="replace").rstrip("\r") for line in whole)

    def ask_to_end(self, by: signal.Signals = signal.SIGTERM) -> None:
        """To its first process only: it passes the wish on, and some take a second one as an order."""
        if not self.ended:
            self._process.send_signal(by)

    def kill(self) -> None:
        if self._process.returncode is not None:
            return  # reaped: the number of its group may be another's
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> list[str]:
        """Reap it, end what is left of its group, and hand over its last lines."""
        self.kill()
        self._process.wait()
        last = list(self.lines())
        if self._unfinished:
            last.append(self._unfinished.decode(errors="replace"))
        self._open = False
        if self._process.stdout is not None:
            self._process.stdout.close()
        return last

    @property
    def _fd(self) -> int:
        if self._process.stdout is None:
            raise ValueError("its output is not ours")
        return self._process.stdout.fileno()


def run_to_end(program: Program, environment: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Run one that ends by itself, showing what it says; its exit status."""
    child = Child(program, environment)
    try:
        while not child.ended:
            if child.output is not None:
                select.select([child.output], [], [], WAIT_SECONDS)
            else:
                time.sleep(WAIT_SECONDS)
            for line in child.lines():
                say(line)
    finally:
        for line in child.close():
            say(line)
    return child.status
