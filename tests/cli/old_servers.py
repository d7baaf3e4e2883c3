"""Servers of versions that no package offers any more: as much of their protocols as tells the version."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def old_postgres(version: str) -> Iterator[int]:
    """Says no to encryption, yes to everybody, and its version."""

    class Greeting(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while True:
                size, code = struct.unpack("!II", self.request.recv(8))
                if code not in (80877103, 80877104):  # SSLRequest, GSSENCRequest
                    break
                self.request.sendall(b"N")
            self.request.recv(size - 8)
            parameters = b"".join(
                _message(b"S", f"{name}\0{value}\0".encode())
                for name, value in (("server_version", version), ("client_encoding", "UTF8"))
            )
            self.request.sendall(_message(b"R", struct.pack("!I", 0)) + parameters + _message(b"Z", b"I"))
            self.request.recv(1024)

    yield from _serve(Greeting)


@contextmanager
def old_redis(version: str, *, policy: str) -> Iterator[int]:
    """Answers INFO as its version does, and everything else with OK."""

    class Answers(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while command := self._command():
                self.wfile.write(self._answer(command[0].upper()).encode())

        def _answer(self, name: str) -> str:
            text = f"redis_version:{version}\r\nmaxmemory_policy:{policy}\r\n"
            return f"${len(text)}\r\n{text}\r\n" if name == "INFO" else "+OK\r\n"

        def _command(self) -> list[str]:
            head = self.rfile.readline()
            parts = []
            for _ in range(int(head[1:] or 0)):
                size = int(self.rfile.readline()[1:])
                parts.append(self.rfile.read(size + 2)[:-2].decode())
            return parts

    yield from _serve(Answers)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _serve(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
