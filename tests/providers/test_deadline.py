"""The deadline where it is hardest to keep: inside TLS, behind a proxy, and when it is over already."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from setlist.providers.errors import Unavailable
from setlist.providers.wire import Call, Limits, Wire
from tests.providers.rude_server import Behave, rude_server, saying, trickling

HASTY = Limits(connect_seconds=5, read_seconds=2, total_seconds=0.4)
PATIENT = Limits()
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"


@pytest.fixture
def stopped() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def send(url: str, limits: Limits, *, direct: bool = True) -> int:
    wire = Wire("someone", limits, user_agent="test", direct=direct)
    try:
        return wire.send(Call(endpoint="x", url=url)).status
    finally:
        wire.close()


def test_one_that_is_over_before_the_answer_begins() -> None:
    with rude_server(saying(FINE)) as url, pytest.raises(Unavailable, match="in time"):
        send(url, Limits(total_seconds=1e-9))


class TestBehindAProxy:
    @pytest.fixture(autouse=True)
    def no_exceptions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("NO_PROXY", "no_proxy", "http_proxy"):
            monkeypatch.delenv(name, raising=False)

    def test_it_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with rude_server(saying(FINE)) as proxy:
            monkeypatch.setenv("http_proxy", proxy)
            assert send("http://provider.invalid/x", PATIENT, direct=False) == 200

    def test_it_trickles(self, monkeypatch: pytest.MonkeyPatch, stopped: threading.Event) -> None:
        with rude_server(trickling(ENDLESS, b" ", stopped)) as proxy:
            monkeypatch.setenv("http_proxy", proxy)
            with pytest.raises(Unavailable, match="in time"):
                send("http://provider.invalid/x", HASTY, direct=False)
            stopped.set()

    def test_the_sandbox_is_reached_without_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        with rude_server(saying(FINE)) as url:
            assert send(url, PATIENT) == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, by itself, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    file = folder / "both.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = [
        "-keyout",
        "key.pem",
        "-out",
        "certificate.pem",
        "-days",
        "2",
        "-nodes",
        "-newkey",
        "rsa:2048",
    ]
    subprocess.run([openssl, "req", "-x509", *made, *name], cwd=folder, check=True, capture_output=True)
    file.write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())
    return file


class TestInsideTls:
    @pytest.fixture
    def trusted(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        return certificate

    def encrypted(self, certificate: Path, behave: Behave) -> Behave:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def behave_inside(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as inside:
                inside.recv(4096)
                behave(inside)

        return behave_inside

    def test_an_answer_comes_through(self, trusted: Path) -> None:
        with rude_server(self.encrypted(trusted, saying(FINE)), reads_request=False) as url:
            assert send(_https(url), PATIENT, direct=False) == 200

    def test_a_trickle_ends(self, trusted: Path, stopped: threading.Event) -> None:
        behave = self.encrypted(trusted, trickling(ENDLESS, b" ", stopped))
        with rude_server(behave, reads_request=False) as url:
            with pytest.raises(Unavailable, match="in time"):
                send(_https(url), HASTY, direct=False)
            stopped.set()

    def test_a_stranger_s_certificate_is_not_accepted(self, certificate: Path) -> None:
        with (
            rude_server(self.encrypted(certificate, saying(FINE)), reads_request=False) as url,
            pytest.raises(Unavailable, match="encrypted"),
        ):
            send(_https(url), PATIENT)

    def test_plain_text_is_not_accepted(self) -> None:
        with (
            rude_server(saying(FINE), reads_request=False) as url,
            pytest.raises(Unavailable, match="encrypted"),
        ):
            send(_https(url), PATIENT)


def _https(url: str) -> str:
    return url.replace("http://127.0.0.1", "https://localhost")
