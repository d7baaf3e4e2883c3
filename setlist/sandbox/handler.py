"""HTTP/1.1 for the sandbox's application, with connections that stay open.

Werkzeug's own server closes every connection after one answer, and a client's connection pool would
never be seen to work.
"""

import io
import logging
import socket
import sys
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

CONNECTION = "sandbox.connection"  # where the application finds the socket, to hang up on a client
_IDLE_SECONDS = 75.0  # how long a kept connection may be silent
_MOST_BODY = 1_000_000
_log = logging.getLogger(__name__)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would hold small answers back for 40 ms
    timeout = _IDLE_SECONDS
    wbufsize = 64 * 1024  # head and body of a small answer go out together
    server: "Server"

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError as error:  # clients come and go
            _log.debug("client gone: %s", error)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        try:
            super().finish()
        except (OSError, ValueError) as error:
            _log.debug("client gone before the end of an answer: %s", error)

    def do_GET(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MOST_BODY:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        environ = self._environ(self.rfile.read(int(length)))
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
            head[:] = [status, headers]

        try:
            body = self.server.application(environ, start_response)
        except Exception:
            _log.exception("no answer to %s", self.path.partition("?")[0])
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        try:
            self._send(head[0], head[1], body)
        finally:
            if callable(close := getattr(body, "close", None)):
                close()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815 -- the names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the request line may hold a key."""

    def _send(self, status: str, headers: list[tuple[str, str]], body: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        silent = self.command == "HEAD" or int(code) in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        chunked = not silent and not any(name.lower() == "content-length" for name, _ in headers)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in body:
            if chunk and not silent:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
                self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _environ(self, body: bytes) -> "WSGIEnvironment":
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            CONNECTION: self.connection,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, application: "WSGIApplication") -> None:
        self.application = application
        self.connections: set[socket.socket] = set()
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        """Without the look-up of the host's name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def close_all(self) -> None:
        self.server_close()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError as error:
                _log.debug("already closed: %s", error)
