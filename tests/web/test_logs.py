import io
import logging

from flask import Flask

from setlist.web import logs
from tests.web.conftest import MakeApp


def test_each_request_has_its_own_number(probe: Flask) -> None:
    client = probe.test_client()
    numbers = {client.get("/who").headers["X-Request-ID"] for _ in range(5)}
    assert len(numbers) == 5


def test_only_a_trusted_proxy_chooses_the_number(make_app: MakeApp) -> None:
    given = {"X-Request-ID": "from-the-proxy-1"}
    assert make_app().test_client().get("/who", headers=given).headers["X-Request-ID"] != "from-the-proxy-1"
    behind = make_app(trusted_proxies=1).test_client()
    assert behind.get("/who", headers=given).headers["X-Request-ID"] == "from-the-proxy-1"
    assert behind.get("/who", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


def test_a_line_names_its_request_and_stays_one_line(probe: Flask) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.OneLine(logs.LINE))
    handler.addFilter(logs.name_request)
    log = logging.getLogger("tests.logs")
    log.addHandler(handler)
    try:
        with probe.test_request_context("/who"):
            probe.preprocess_request()
            number = logs.request_id()
            log.warning("a name: %s", "one\r\n2026-11-24 ERROR two")
        log.warning("outside")
    finally:
        log.removeHandler(handler)
    inside, outside = written.getvalue().splitlines()
    assert f"tests.logs [{number}] a name: one\\r\\n2026" in inside
    assert outside.endswith("WARNING tests.logs outside")
