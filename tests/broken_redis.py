"""A real Redis of a test's own that can be stopped, frozen, filled up and made read-only.

    with breakable_redis(tmp_path) as redis_server:
        redis_server.freeze()

`BREAKS` are the four ways in which it can be of no use, by name; `redis_server.break_as(name)` does one.
"""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from setlist.embedded import start_redis
from setlist.embedded.processes import wait_until
from setlist.embedded.redis_server import RunningRedis

BREAKS = ("stopped", "frozen", "full", "read-only")
ANSWERING_BREAKS = ("full", "read-only")  # it still answers, and reads: only writes are refused
SILENT_BREAKS = ("stopped", "frozen")
STOP_SECONDS = 10.0


class BreakableRedis:
    """Each way to break it has its way back; both return when it is so."""

    def __init__(self, running: RunningRedis) -> None:
        self._running = running
        self._is_frozen = False

    @property
    def url(self) -> str:
        return self._running.url

    @property
    def socket_path(self) -> Path:
        return Path(self._running._socket)

    @property
    def pid(self) -> int:
        assert self._running._process is not None
        return self._running._process.pid

    def break_as(self, name: str) -> None:
        """In one of the ways of BREAKS."""
        ways = {
            "stopped": self.stop,
            "frozen": self.freeze,
            "full": self.fill,
            "read-only": self.make_read_only,
        }
        ways[name]()

    def repair(self) -> None:
        """Undo whatever was done to it."""
        self.thaw()
        if not self._running.alive:
            self.start()
        self.empty()
        self.make_writable()

    def stop(self) -> None:
        """As after a crash: connections are closed, new ones are refused."""
        self.thaw()
        if self._running.alive:
            os.kill(self.pid, signal.SIGKILL)
        assert wait_until(lambda: not self._running.alive, STOP_SECONDS)

    def start(self) -> None:
        """Again, on the data it had."""
        self._running.start()

    def freeze(self) -> None:
        """Connections are accepted (by the kernel) and nothing is ever answered."""
        os.kill(self.pid, signal.SIGSTOP)
        self._is_frozen = True

    def thaw(self) -> None:
        if self._is_frozen:
            os.kill(self.pid, signal.SIGCONT)
            self._is_frozen = False

    def fill(self) -> None:
        """No memory for another byte: writes are refused with OOM."""
        self._configure(maxmemory=1)

    def empty(self) -> None:
        """As much memory as it likes; what it holds stays."""
        self._configure(maxmemory=0)

    def make_read_only(self) -> None:
        """A replica of a master that is not there: writes are refused with READONLY, reads are answered."""
        with self.client() as client, socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            client.execute_command("REPLICAOF", "127.0.0.1", str(nobody.getsockname()[1]))

    def make_writable(self) -> None:
        with self.client() as client:
            client.execute_command("REPLICAOF", "NO", "ONE")

    def client(self) -> redis.Redis:
        """For the test itself, patient and with texts for answers; close it."""
        return redis.Redis.from_url(self.url, socket_timeout=5, decode_responses=True)

    def close(self) -> None:
        self.thaw()
        self._running.stop()

    def _configure(self, **values: int) -> None:
        with self.client() as client:
            for name, value in values.items():
                client.config_set(name, value)


@contextmanager
def breakable_redis(folder: Path) -> Iterator[BreakableRedis]:
    """Always an embedded one, whatever REDIS_URL says: a given server is not ours to break."""
    server = BreakableRedis(start_redis(folder))
    try:
        yield server
    finally:
        server.close()
