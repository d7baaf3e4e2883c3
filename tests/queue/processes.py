"""Real processes of ours, to be killed."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from config import ROOT, Settings


class OwnProcess:
    """In a process group of its own; what it says is in `log`."""

    def __init__(self, settings: Settings, log: Path, *command: str) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": str(settings.database_url),
            "REDIS_URL": str(settings.redis_url),
            "JOB_LEASE_SECONDS": "2",
            "SHUTDOWN_GRACE_SECONDS": "3",
        }
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def signal_group(self, number: int) -> None:
        os.killpg(self.pid, number)

    def signal_one(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        return self._process.wait(30)

    def end(self) -> None:
        """Whatever is left of it and of what it started: that would go on beating in the next test."""
        started = self._started()
        try:
            self.signal_group(signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self._process.wait(30)
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(started, timeout=30)

    def _started(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


def start_worker(settings: Settings, log: Path, *options: str) -> OwnProcess:
    """As `python -m setlist.worker` is, with puppets for processors."""
    return OwnProcess(settings, log, "-m", "tests.queue.puppets", *options)


def start_clock(settings: Settings, log: Path) -> OwnProcess:
    return OwnProcess(settings, log, "-m", "setlist.clock")
