"""What a request costs while Redis is frozen or stopped, which uses it for limits and to send a job.

    python -m benchmarks.redis_away

The real app behind a real socket, a real Redis that is broken under it, on a unix socket and over TLS. Each
request comes from an address of its own, so that no limit is reached.
"""

import contextlib
import http.client
import itertools
import logging
import ssl
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings, Sources
from setlist.app import create_app
from setlist.extensions import db
from setlist.services.redis_breaker import REST_SECONDS
from tests.broken_redis import SILENT_BREAKS, BreakableRedis, breakable_redis
from tests.servers import scratch_postgres
from tests.services.redis_stand_ins import tls_in_front_of

REQUESTS = 60
AT_ONCE = 12
MARGIN_SECONDS = 0.2  # after the breaker's rest
BAR = "100 ms more than with Redis"

_numbers = itertools.count(1)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        scratch_postgres(Path(name)) as database,
        breakable_redis(Path(name)) as server,
        _addresses(server, Path(name)) as addresses,
    ):
        for label, url in addresses.items():
            with _served(Settings(**_settings(database, url), _env_file=None)) as site:
                _measure(label, site, server)


def _measure(label: str, site: "Site", server: BreakableRedis) -> None:
    usual = site.median()
    _row(f"{label}: with Redis, median of {REQUESTS}", usual)
    usual_at_once = max(site.requests_at_once())
    _row(f"{label}: with Redis, slowest of {AT_ONCE} at once", usual_at_once)
    for way in SILENT_BREAKS:
        what = f"{label}, {way}"
        site.median()
        server.break_as(way)
        _row(f"{what}: the first request", site.request(), usual)
        _rows(f"{what}: later ones", site, usual)
        time.sleep(REST_SECONDS + MARGIN_SECONDS)
        _row(f"{what}: the trial", site.request(), usual)
        time.sleep(REST_SECONDS + MARGIN_SECONDS)
        _row(f"{what}: slowest of {AT_ONCE} at once at a trial", max(site.requests_at_once()), usual_at_once)
        server.repair()
        time.sleep(REST_SECONDS + MARGIN_SECONDS)
        site.median()
        server.break_as(way)
        _row(
            f"{what}: slowest of {AT_ONCE} at once as it breaks", max(site.requests_at_once()), usual_at_once
        )
        server.repair()
        time.sleep(REST_SECONDS + MARGIN_SECONDS)
        _row(f"{what}: back again, median of {REQUESTS}", site.median(), usual)


@dataclass(frozen=True)
class Site:
    port: int

    def request(self) -> float:
        """Seconds until the answer to a search that enqueues a job."""
        number = next(_numbers)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = time.perf_counter()
        connection.request(
            "POST",
            "/search/lookups",
            f"q=Act+number+{number}",
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            },
        )
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - sent
        connection.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise SystemExit(f"the site answered {answer.status}")
        return took

    def requests(self) -> list[float]:
        return [self.request() for _ in range(REQUESTS)]

    def median(self) -> float:
        return statistics.median(self.requests())

    def requests_at_once(self) -> list[float]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda _: self.request(), range(AT_ONCE)))


@contextmanager
def _addresses(server: BreakableRedis, folder: Path) -> Iterator[dict[str, str]]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with tls_in_front_of(server.socket_path, context) as encrypted:
        yield {
            "unix": server.url,
            "TLS": f"rediss://localhost:{encrypted.port}/0?ssl_ca_certs={folder / 'ca.pem'}",
        }


def _settings(database: str, redis_url: str) -> dict[str, object]:
    return {
        "database_url": database,
        "redis_url": redis_url,
        "sources": Sources.SANDBOX,
        "trusted_proxies": 1,
        "log_level": "ERROR",
    }


@contextmanager
def _served(settings: Settings) -> Iterator[Site]:
    app: Flask = create_app(settings)
    with app.app_context():
        upgrade()
        logging.disable(logging.WARNING)  # that Redis is away is known here
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()
        app.extensions["redis_link"].close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The rows are what is printed."""


def _rows(what: str, site: Site, usual: float) -> None:
    took = site.requests()
    _row(f"{what}, median of {len(took)}", statistics.median(took), usual)
    _row(f"{what}, slowest", max(took), usual)


def _row(what: str, seconds: float, usual: float | None = None) -> None:
    more = "" if usual is None else f"  {(seconds - usual) * 1000:+7.1f} ms   (bar: {BAR})"
    print(f"{what:<54} {seconds * 1000:7.1f} ms{more}", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
