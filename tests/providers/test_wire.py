"""Servers that misbehave: nothing but a ProviderError comes out, in time, and no key with it."""

import gzip
import logging
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from setlist.providers.errors import BadAnswer, Misconfigured, ProviderError, Unavailable
from setlist.providers.setlistfm import SetlistFm
from setlist.providers.ticketmaster import Ticketmaster
from setlist.providers.wire import Answer, Call, Limits, Wire
from tests.providers.conftest import KEY, OpenGate
from tests.providers.rude_server import Behave, rude_server, saying, trickling

SMALL = Limits(connect_seconds=2, read_seconds=2, total_seconds=4, max_bytes=10_000)
HASTY = Limits(connect_seconds=2, read_seconds=0.2, total_seconds=0.4)

Ask = Callable[[str], object]


def answering(body: bytes, *headers: bytes, length: int | None = None) -> Behave:
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % (len(body) if length is None else length), *headers]
    return saying(b"\r\n".join(lines) + b"\r\n\r\n" + body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def redirecting(location: bytes) -> Behave:
    return saying(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n")


@pytest.fixture(params=["ticketmaster", "setlistfm"])
def ask(request: pytest.FixtureRequest, open_gate: OpenGate) -> Ask:
    """One call of a client with a key, its limits small. The key is a parameter or a header."""

    def asking(url: str) -> object:
        gate = open_gate(request.param, SMALL)
        if request.param == "ticketmaster":
            return Ticketmaster(gate, url, SecretStr(KEY)).attractions("Velvet Walrus")
        return SetlistFm(gate, url, SecretStr(KEY)).search_artists("Velvet Walrus")

    return asking


NONSENSE: dict[str, tuple[Behave, type[ProviderError]]] = {
    "hangs up": (saying(), Unavailable),
    "no HTTP": (saying(b"nonsense\r\n\r\n"), Unavailable),
    "headers without an end": (saying(b"HTTP/1.1 200 OK\r\n"), BadAnswer),
    "too many headers": (saying(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 500), Unavailable),
    "too long a header": (saying(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000), Unavailable),
    "shorter than it said": (answering(b'{"page": {}}', length=500), Unavailable),
    "half a chunk": (saying(CHUNKED + b"5\r\n{}"), Unavailable),
    "no chunk": (saying(CHUNKED + b"zz\r\n{}\r\n"), Unavailable),
    "HTML": (answering(b"<html>Just a moment</html>"), BadAnswer),
    "half of the JSON": (answering(b'{"page": {"size"'), BadAnswer),
    "nothing": (answering(b""), BadAnswer),
    "a list": (answering(b"[]"), BadAnswer),
    "a string": (answering(b'"page"'), BadAnswer),
    "an empty object": (answering(b"{}"), BadAnswer),
    "no text": (answering(b"\xff\xfe\x00"), BadAnswer),
    "too deep": (answering(b"[" * 9_000), BadAnswer),
    "a huge number": (answering(b'{"page": ' + b"9" * 9_000 + b"}"), BadAnswer),
    "huge": (answering(b" " * 20_000), BadAnswer),
    "huge in chunks": (saying(CHUNKED + b"100000\r\n", b" " * 0x100000), BadAnswer),
    "huge once unpacked": (answering(gzip.compress(b" " * 50_000_000), b"Content-Encoding: gzip"), BadAnswer),
    "not packed as it says": (answering(b"not gzip", b"Content-Encoding: gzip"), BadAnswer),
    "no content": (saying(b"HTTP/1.1 204 No Content\r\n\r\n"), BadAnswer),
    "a redirect to elsewhere": (redirecting(b"http://evil.example/"), BadAnswer),
    "a redirect to nowhere": (redirecting(b"http://["), BadAnswer),
    "a redirect to itself": (redirecting(b"?x"), BadAnswer),
    "a redirect with a huge body": (
        saying(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", b" " * 50_000_000),
        BadAnswer,
    ),
    "a redirect without a target": (saying(b"HTTP/1.1 302 Found\r\n\r\n"), BadAnswer),
    "not modified": (saying(b"HTTP/1.1 304 Not Modified\r\n\r\n"), BadAnswer),
    "an error in HTML": (saying(b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\n<html"), Unavailable),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense(ask: Ask, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    behave, error = NONSENSE[kind]
    caplog.set_level(logging.DEBUG)
    with rude_server(behave) as url, pytest.raises(ProviderError) as caught:
        ask(url)
    assert type(caught.value) is error
    assert_no_key(caught.value, caplog)


def test_nobody_listens(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unavailable) as caught:
        ask("http://127.0.0.1:1")
    assert_no_key(caught.value, caplog)


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/x", "http://", "http://[", "http://a..b/"])
def test_an_address_that_is_none(ask: Ask, url: str) -> None:
    with pytest.raises(ProviderError):
        ask(url)


def test_a_key_that_no_header_can_carry(httpserver: HTTPServer, open_gate: OpenGate) -> None:
    for key in ("with\nnewline-" + KEY, "ключ-" + KEY):
        client = SetlistFm(open_gate("setlistfm"), httpserver.url_for("/"), SecretStr(key))
        with pytest.raises(Misconfigured) as caught:
            client.search_artists("Velvet Walrus")
        assert KEY not in "".join(traceback.format_exception(caught.value))


class TestSlowServers:
    """Each byte comes well within the read timeout; without a deadline they would hold us for ever."""

    @pytest.fixture
    def stopped(self) -> threading.Event:
        return threading.Event()

    @pytest.mark.parametrize(
        ("head", "byte"),
        [
            (b"", b"x"),
            (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b" "),
            (CHUNKED, b"0"),
            (CHUNKED + b"ffff\r\n", b" "),
        ],
        ids=["status line", "header", "body", "chunk size", "chunk"],
    )
    def test_a_trickle_ends_at_the_deadline(
        self, open_gate: OpenGate, stopped: threading.Event, head: bytes, byte: bytes
    ) -> None:
        with rude_server(trickling(head, byte, stopped)) as url:
            client = Ticketmaster(open_gate("ticketmaster", HASTY), url, SecretStr(KEY))
            with pytest.raises(Unavailable, match="in time"):
                client.attractions("Velvet Walrus")
            stopped.set()

    def test_silence_ends_at_the_read_timeout(self, open_gate: OpenGate, stopped: threading.Event) -> None:
        patient = Limits(connect_seconds=2, read_seconds=0.2, total_seconds=600)
        with rude_server(trickling(b"", b"", stopped)) as url:
            client = Ticketmaster(open_gate("ticketmaster", patient), url, SecretStr(KEY))
            with pytest.raises(Unavailable, match="in time"):
                client.attractions("Velvet Walrus")
            stopped.set()

    def test_a_quick_answer_after_a_slow_one_has_its_own_time(
        self, httpserver: HTTPServer, open_gate: OpenGate
    ) -> None:
        """The connection is the same, and its timeout was shortened."""
        httpserver.expect_request("/x").respond_with_json({"fine": True})
        wire = Wire("someone", Limits(total_seconds=5), user_agent="test", direct=True)
        call = Call(endpoint="x", url=httpserver.url_for("/x"))
        assert [wire.send(call).status for _ in range(3)] == [200, 200, 200]
        wire.close()


def test_a_key_in_a_logged_request_line_is_hidden(
    httpserver: HTTPServer, ticketmaster: Ticketmaster, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request("/discovery/v2/attractions.json").respond_with_json({"page": {}})
    ticketmaster.attractions("Velvet Walrus")
    ours = [
        record.getMessage() for record in caplog.records if record.name != "werkzeug"
    ]  # the test's server
    assert any("apikey=***" in message for message in ours)
    assert not any(KEY in message for message in ours)


def test_cookies_are_not_kept(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_json({}, headers={"Set-Cookie": "who=you; Path=/"})
    wire = Wire("someone", Limits(), user_agent="test", direct=True)
    for _ in range(2):
        wire.send(Call(endpoint="x", url=httpserver.url_for("/x")))
    assert "Cookie" not in httpserver.log[-1][0].headers
    wire.close()


def test_a_netrc_does_not_replace_our_authorization(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    httpserver.expect_request("/x", headers={"Authorization": "Bearer ours"}).respond_with_json({})
    wire = Wire("someone", Limits(), user_agent="test")
    call = Call(endpoint="x", url=httpserver.url_for("/x"), headers={"Authorization": "Bearer ours"})
    assert wire.send(call).status == 200
    wire.close()


def test_no_repr_shows_what_is_secret() -> None:
    call = Call(
        endpoint="x", url=f"http://host/?{KEY}", params=(("apikey", KEY),), headers={"x-api-key": KEY}
    )
    assert KEY not in repr(call)
    assert KEY not in repr(Answer(status=200, body=KEY.encode()))


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b'{"a": NaN, "b": Infinity}', {"a": None, "b": None}),
        ('\ufeff{"a": "ö"}'.encode(), {"a": "ö"}),
        ('{"a": "ö"}'.encode("utf-16"), {"a": "ö"}),
        (b"null", None),
    ],
)
def test_json_in_its_odder_forms(body: bytes, read: object) -> None:
    assert Answer(status=200, body=body).json() == read


def assert_no_key(error: ProviderError, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the error, nor in what it came from, nor in any log."""
    assert KEY not in "".join(traceback.format_exception(error))
    assert error.__context__ is None
    assert KEY not in caplog.text
