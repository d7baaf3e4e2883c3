"""Worker processes and the clock, to be stopped, frozen and killed one by one or together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from benchmarks.drills.scene import Scene
from benchmarks.processes import ROOT, wait
from setlist.queue.groups import GROUPS

START_SECONDS = 60
MASTER = ("-m", "setlist.cli", "workers", "--plain")


@dataclass(kw_only=True)
class Program:
    """A process in a session of its own, and whatever it has started."""

    scene: Scene
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None

    def family(self) -> list[psutil.Process]:
        try:
            master = psutil.Process(self.pid)
            return [master, *master.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill_all(self) -> None:
        """Nobody is left to report a death. They are halted first, or a child may see its master go."""
        family = self.family()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(number)
        if not self.is_over:
            self.process.wait(START_SECONDS)

    def end(self) -> None:
        """All of them, those too whose master has left them behind."""
        self.kill_all()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


@dataclass(kw_only=True)
class Workers(Program):
    """A master and its worker processes."""

    def pids(self) -> list[int]:
        """Of the worker processes that are ready, the oldest first."""
        family = {one.pid for one in self.family()}
        alive = self.scene.rows("SELECT pid FROM workers WHERE stopped_at IS NULL ORDER BY started_at")
        return [pid for (pid,) in alive if pid in family]

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            if self.is_over:
                raise RuntimeError(
                    f"the workers ended with status {self.process.returncode}: {_log(self.scene)}"
                )
            return len(self.pids()) >= len(GROUPS)

        wait("the workers are ready", ready, seconds=START_SECONDS)


@contextmanager
def workers(scene: Scene, *, puppets: bool = True, within: Sequence[str] = ()) -> Iterator[Workers]:
    """Ready. With puppets for processors, or the real ones. `within`: a command that runs them elsewhere."""
    module = ("--module", "benchmarks.drills.puppet") if puppets else ()
    command = (*within, sys.executable, *MASTER, *module)
    started = Workers(scene=scene, process=_started(scene, command))
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.end()


@contextmanager
def clock(scene: Scene, *, within: Sequence[str] = ()) -> Iterator[Program]:
    command = (*within, sys.executable, "-m", "setlist.clock")
    started = Program(scene=scene, process=_started(scene, command))
    try:
        yield started
    finally:
        started.end()


def _started(scene: Scene, command: Sequence[str]) -> subprocess.Popen[bytes]:
    with (scene.folder / "programs.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | scene.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _log(scene: Scene) -> str:
    return (scene.folder / "programs.log").read_text()[-2000:]


def freeze(pids: Sequence[int], seconds: float) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
