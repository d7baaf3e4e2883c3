import io
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from setlist.web import logs
from tests.web.conftest import MakeApp

LOG = logging.getLogger("tests.logs")


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


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the logger tests.logs writes, as a process of ours would."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logs.OneLine(logs.LINE))
    handler.addFilter(logs.name_request)
    LOG.addHandler(handler)
    yield said
    LOG.removeHandler(handler)


def test_a_line_names_its_request_and_stays_one_line(probe: Flask, written: io.StringIO) -> None:
    with probe.test_request_context("/who"):
        probe.preprocess_request()
        number = logs.request_id()
        LOG.warning("a name: %s", "one\r\n2026-11-24 ERROR two")
    LOG.warning("outside")
    inside, outside = written.getvalue().splitlines()
    assert f"tests.logs [{number}] a name: one\\r\\n2026" in inside
    assert outside.endswith("WARNING tests.logs outside")


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b", "\x07", "\x85", "\u2028", "\u202e", "\x00", "\x9b"])
def test_no_sign_ends_a_line_or_tells_a_terminal_what_to_do(written: io.StringIO, sign: str) -> None:
    LOG.warning("a name: %s", f"one{sign}two")
    assert sign not in written.getvalue().removesuffix("\n")
    assert "one\\" in written.getvalue()


def test_what_is_raised_begins_no_line_either(written: io.StringIO) -> None:
    try:
        raise ValueError("no name: one\n2026-11-24T10:00:00.000Z ERROR two\x1b[2J")
    except ValueError:
        LOG.exception("it broke")
    first, *rest = written.getvalue().splitlines()
    assert first.endswith("it broke")
    assert len(rest) > 3
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in written.getvalue()


def test_times_are_utc_and_say_so(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    LOG.warning("now")
    monkeypatch.undo()
    time.tzset()
    told = datetime.fromisoformat(written.getvalue().split()[0])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)
