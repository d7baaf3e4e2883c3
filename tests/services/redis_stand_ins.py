"""What stands in for Redis, silent, rude or slow, and what stands in front of it and speaks TLS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

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


@contextmanager
def refusing_in_front_of(path: Path, words: set[str]) -> Iterator[tuple[StandIn, list[str]]]:
    """The Redis at that unix socket, but for commands that it does not know; and all that it was asked."""
    heard: list[str] = []

    def meet(outside: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as inside, outside.makefile("rb") as asked:
            inside.connect(str(path))
            threading.Thread(target=_pour, args=(inside, outside), daemon=True).start()
            while command := _next_command(asked):
                heard.append(command.split(b"\r\n")[2].decode().upper())
                if heard[-1] in words:
                    outside.sendall(f"-ERR unknown command '{heard[-1]}'\r\n".encode())
                else:
                    inside.sendall(command)

    with stand_in(meet) as server:
        yield server, heard


def _next_command(asked: BinaryIO) -> bytes:
    """As it came: *parts, then $length and text for each."""
    command = asked.readline()
    for _ in range(int(command[1:] or 0)):
        length = asked.readline()
        command += length + asked.read(int(length[1:]) + 2)
    return command


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
