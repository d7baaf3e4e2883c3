"""Serving the sandbox: in the foreground as a program, or in a thread for tests and benchmarks."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

from setlist.sandbox.app import Sandbox
from setlist.sandbox.handler import Server
from setlist.sandbox.options import SandboxOptions

_log = logging.getLogger(__name__)


class RunningSandbox:
    """A sandbox in a thread of this process. `url` is its base, `control` the address of its switches."""

    def __init__(self, options: SandboxOptions, host: str, port: int) -> None:
        self.sandbox = Sandbox(options)
        self.server = Server(host, port, self.sandbox)
        self.url = f"http://{host}:{self.server.server_port}"
        self.control = f"{self.url}/_control"
        self._thread = threading.Thread(
            target=self.server.serve_forever, args=(0.05,), name="sandbox", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Also ends the connections that clients keep: afterwards nobody answers."""
        self.server.shutdown()
        self.sandbox.switches.faults.clear()  # nobody new comes; who waits is let go
        self._thread.join()
        self.server.close_all()


def start_in_thread(options: SandboxOptions, host: str = "127.0.0.1", port: int = 0) -> RunningSandbox:
    return RunningSandbox(options, host, port)


def serve(options: SandboxOptions, *, host: str, port: int) -> None:
    """Blocks until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    with _stopping(stop), start_in_thread(options, host, port) as running:
        _log.info("sandbox with %d artists on %s", options.artists, running.url)
        stop.wait()


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Signals set the event while this lasts. Only the main thread may listen to signals."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
