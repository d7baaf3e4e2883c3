"""Serving the sandbox: in the foreground as a program, or in a thread for tests and benchmarks."""

import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from setlist.sandbox.app import Sandbox
from setlist.sandbox.options import SandboxOptions

_IDLE_SECONDS = 75.0  # how long a kept connection may be silent
_log = logging.getLogger(__name__)


class RunningSandbox:
    """A sandbox in a thread of this process. `url` is its base, `control` the address of its switches."""

    def __init__(self, options: SandboxOptions, host: str, port: int) -> None:
        self.sandbox = Sandbox(options)
        self._server = _Server(host, port, self.sandbox)
        self.url = f"http://{host}:{self._server.server_port}"
        self.control = f"{self.url}/_control"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Also ends the connections that clients keep: afterwards nobody answers."""
        self.sandbox.switches.faults.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()


def start_in_thread(options: SandboxOptions, host: str = "127.0.0.1", port: int = 0) -> RunningSandbox:
    return RunningSandbox(options, host, port)


def serve(options: SandboxOptions, *, host: str, port: int) -> None:
    """Blocks until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    with _stopping(stop), start_in_thread(options, host, port) as running:
        _log.info("sandbox with %d artists on %s", options.artists, running.url)
        stop.wait()


class _Handler(WSGIRequestHandler):
    """Keeps connections, and sends small answers at once: Nagle's algorithm would hold them back 40 ms."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        _log.debug("%s %s", self.command, code)  # no path: a key may be in the query

    def log(self, type: str, message: str, *args: object) -> None:
        _log.debug(message, *args)

    def setup(self) -> None:
        super().setup()
        if isinstance(self.server, _Server):
            self.server.connections.add(self.connection)

    def finish(self) -> None:
        if isinstance(self.server, _Server):
            self.server.connections.discard(self.connection)
        try:
            super().finish()
        except OSError as error:
            _log.debug("client gone: %s", error)


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, sandbox: Sandbox) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(host, port, sandbox, handler=_Handler)

    def close_all(self) -> None:
        self.server_close()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError as error:
                _log.debug("already closed: %s", error)


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
