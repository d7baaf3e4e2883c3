"""A server that answers with the very bytes it is told to, at the speed it is told to."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

Behave = Callable[[socket.socket], None]


@contextmanager
def rude_server(behave: Behave, *, reads_request: bool = True) -> Iterator[str]:
    """Its address. Every connection is read until the end of a request's headers, and handed to `behave`."""
    answer = partial(_answer, behave=behave, reads_request=reads_request)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, answer))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)  # wakes accept()
            thread.join()


def saying(*parts: bytes) -> Behave:
    """Sends all parts and closes."""

    def behave(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def trickling(head: bytes, byte: bytes, pause: threading.Event) -> Behave:
    """Sends `head` and then a byte every hundredth of a second until the client hangs up."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        while not pause.wait(0.01):
            connection.sendall(byte)

    return behave


def _serve(server: socket.socket, answer: Behave) -> None:
    connections: list[threading.Thread] = []
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            break
        connections.append(threading.Thread(target=answer, args=(connection,)))
        connections[-1].start()
    for thread in connections:
        thread.join()


def _answer(connection: socket.socket, *, behave: Behave, reads_request: bool) -> None:
    with connection, suppress(OSError):  # clients hang up on rude servers
        request = b""
        while reads_request and b"\r\n\r\n" not in request:
            received = connection.recv(4096)
            if not received:
                return
            request += received
        behave(connection)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(0.1)  # a client may keep its side open for a next request
        while connection.recv(4096):
            pass
