"""An HTTP transport whose exchanges end: requests' own timeouts only bound the silence between two bytes.

A server that sends a byte a second would hold a worker for hours, be it in the body or in the headers.
Here every read of the socket waits no longer than what is left of the whole call's time.
"""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

_DEADLINE: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let every exchange of this thread end within so many seconds, or sooner if it had to already."""
    token = _DEADLINE.set(min(time.monotonic() + seconds, _DEADLINE.get()))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def seconds_left() -> float:
    """Until this thread's exchange has to end; infinite outside of a `deadline()`."""
    return _DEADLINE.get() - time.monotonic()


class DeadlineAdapter(HTTPAdapter):
    """Mount it on a requests.Session; it obeys `deadline()` and otherwise behaves as the usual one."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.use_own_connections(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self.use_own_connections(manager)
        return manager

    def use_own_connections(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Reader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._socket = sock
        self._silence = sock.gettimeout() or float("inf")
        self._deadline = _DEADLINE.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        longest = min(left, self._silence)
        self._socket.settimeout(None if longest == float("inf") else longest)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))


class Connection(HTTPConnection):
    response_class = _Response


class SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = SecureConnection
