"""What stands in for Redis, silent, rude or slow, and what stands in front of it and speaks TLS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 65536


@dataclass
class StandIn:
    port: int
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def stand_in(meet: Callable[[socket.socket], None]) -> Iterator[StandIn]:
    """`meet` gets each connection, in a thread of its own; it stays open unless `meet` closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = StandIn(port=listener.getsockname()[1])
        threading.Thread(target=_welcome, args=(listener, server, meet), daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        for connection in server.connections:
            with suppress(OSError):  # the client was faster
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def stay_silent(connection: socket.socket) -> None:
    """As a frozen server does."""


def hang_up(connection: socket.socket) -> None:
    """At the first word."""
    connection.recv(CHUNK)
    connection.close()


@contextmanager
def tls_in_front_of(path: Path, context: ssl.SSLContext) -> Iterator[StandIn]:
    """Speaks TLS, and plainly to the Redis at that unix socket."""

    def meet(outside: socket.socket) -> None:
        with (
            context.wrap_socket(outside, server_side=True) as encrypted,
            socket.socket(socket.AF_UNIX) as inside,
        ):
            inside.connect(str(path))
            threading.Thread(target=_pour, args=(inside, encrypted), daemon=True).start()
            _pour(encrypted, inside)

    with stand_in(meet) as server:
        yield server


def _welcome(listener: socket.socket, server: StandIn, meet: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):  # until it is closed
        while True:
            connection, _ = listener.accept()
            server.connections.append(connection)
            threading.Thread(target=_meet, args=(meet, connection), daemon=True).start()


def _meet(meet: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with suppress(OSError):  # the client went away
        meet(connection)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            sink.sendall(chunk)
