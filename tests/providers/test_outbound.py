"""URLs that others wrote, asked over real sockets.

The resolver is the test's own where it plays the attacker, who holds it. Since no other address can be
reached here, 127.0.0.1 passes for a public one in all but the first tests, and 127.0.0.2 for a neighbour.
"""

import gzip
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from setlist.providers import outbound
from setlist.providers.errors import BadAnswer, TimedOut, Unavailable
from setlist.providers.outbound import AddressRefused, Outbound, Resolve, system_resolver
from setlist.providers.wire import Answer, Call, Limits
from tests.providers.rude_server import Behave, rude_server, saying, trickling

SMALL = Limits(connect_seconds=2, read_seconds=2, total_seconds=4, max_bytes=10_000)
HASTY = Limits(connect_seconds=0.3, read_seconds=0.3, total_seconds=0.5)
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
OURS, NEIGHBOUR = "127.0.0.1", "127.0.0.2"

Open = Callable[..., Outbound]


@pytest.fixture
def open_way() -> Iterator[Open]:
    opened: list[Outbound] = []

    def opening(resolve: Resolve = system_resolver, limits: Limits = SMALL, **more: str) -> Outbound:
        opened.append(Outbound(limits, user_agent="test", resolve=resolve, ports=None, **more))
        return opened[-1]

    yield opening
    for way in opened:
        way.close()


@pytest.fixture
def ours_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "is_public", lambda address: address == IPv4Address(OURS))


def get(way: Outbound, url: str) -> Answer:
    return way.send(Call(endpoint="x", url=url))


def named(url: str, host: str = "somebody.example", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{urlsplit(url).port}/"


def always(*addresses: str) -> Resolve:
    return lambda _host, _port: list(addresses)


@pytest.fixture
def asked() -> list[bytes]:
    """What came to `server`."""
    return []


@pytest.fixture
def server(asked: list[bytes]) -> Iterator[str]:
    def note(connection: socket.socket) -> None:
        asked.append(connection.recv(4096))
        connection.sendall(FINE)

    with rude_server(note, reads_request=False) as url:
        yield url


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "0177.0.0.1",
        "127.1", "a:b@127.0.0.1",
    ],
)  # fmt: skip
def test_this_machine_is_not_asked_however_it_is_called(
    open_way: Open, server: str, asked: list[bytes], host: str
) -> None:
    with pytest.raises(AddressRefused):
        get(open_way(), named(server, host))
    assert asked == []


@pytest.mark.parametrize(
    "addresses", [[OURS], ["93.184.215.14", OURS], ["::ffff:127.0.0.1"], ["fe80::1%lo"], ["nonsense"]]
)
def test_a_name_that_leads_here_is_not_followed(
    open_way: Open, server: str, asked: list[bytes], addresses: list[str]
) -> None:
    with pytest.raises(AddressRefused, match="private network: it must be one that everybody can reach"):
        get(open_way(always(*addresses)), named(server))
    assert asked == []


def test_other_ports_are_asked_only_where_that_is_said(server: str) -> None:
    way = Outbound(SMALL, user_agent="test")
    with pytest.raises(AddressRefused, match="port"):
        get(way, named(server))
    way.close()


@pytest.mark.usefixtures("ours_is_public")
class TestOfPublicAddresses:
    def test_an_answer_comes_and_the_name_is_what_the_host_is_told(
        self, open_way: Open, server: str, asked: list[bytes]
    ) -> None:
        assert get(open_way(always(OURS)), named(server)).body == b"{}"
        assert b"\r\nHost: somebody.example:" in asked[0]

    def test_a_body_is_posted(self, open_way: Open, server: str, asked: list[bytes]) -> None:
        call = Call(endpoint="x", url=named(server), content=b"[1]", headers={"Content-Type": "text/x"})
        assert open_way(always(OURS)).send(call).status == 200
        assert asked[0].startswith(b"POST / HTTP/1.1\r\n")
        assert b"\r\nContent-Type: text/x\r\n" in asked[0]

    def test_no_connection_is_kept_though_the_server_would(self, open_way: Open) -> None:
        looked_up: list[str] = []

        def answer_and_wait(connection: socket.socket) -> None:
            connection.sendall(FINE)
            connection.recv(4096)  # until the client hangs up

        way = open_way(lambda host, _port: looked_up.append(host) or [OURS])
        with rude_server(answer_and_wait) as url:
            assert [get(way, named(url)).status for _ in range(2)] == [200, 200]
        assert len(looked_up) == 2

    def test_a_name_is_looked_up_once_for_a_connection(
        self, open_way: Open, server: str, asked: list[bytes]
    ) -> None:
        """Whoever checks and then connects by name is sent elsewhere in between."""
        answers = [[OURS], [NEIGHBOUR]]
        way = open_way(lambda _host, _port: answers.pop(0))
        with socket.create_server((NEIGHBOUR, urlsplit(server).port or 0)) as neighbour:
            assert get(way, named(server)).status == 200
            assert len(answers) == 1
            with pytest.raises(AddressRefused):
                get(way, named(server))
            neighbour.settimeout(0.1)
            with pytest.raises(TimeoutError):
                neighbour.accept()
        assert len(asked) == 1

    @pytest.mark.parametrize("target", ["http://127.0.0.2/", "//localhost/", "/elsewhere"])
    def test_a_redirect_is_an_answer(self, open_way: Open, target: str) -> None:
        redirect = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        with rude_server(saying(redirect.encode())) as url:
            assert get(open_way(always(OURS)), named(url)).status == 302

    def test_a_proxy_of_the_environment_is_not_used(
        self, open_way: Open, server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.2:1")
        assert get(open_way(always(OURS)), named(server)).status == 200

    def test_the_next_address_is_tried_where_one_is_dead(
        self, open_way: Open, server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbound, "is_public", lambda _: True)
        assert get(open_way(always(NEIGHBOUR, OURS)), named(server)).status == 200

    def test_a_name_without_an_address(self, open_way: Open) -> None:
        with pytest.raises(Unavailable, match="could not be reached"):
            get(open_way(), "http://nobody.invalid/")


@pytest.mark.usefixtures("ours_is_public")
class TestOfRudeServers:
    def test_a_resolver_that_never_answers(self, open_way: Open) -> None:
        stopped = threading.Event()

        def resolve(_host: str, _port: int) -> list[str]:
            stopped.wait(20)
            return [OURS]

        way = open_way(resolve, HASTY)
        with pytest.raises(TimedOut, match="in time"):
            get(way, "http://somebody.example/")
        stopped.set()

    @pytest.mark.parametrize("head", [FINE[:-6] + b"9000\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: "])
    def test_a_byte_at_a_time(self, open_way: Open, head: bytes) -> None:
        stopped = threading.Event()
        with rude_server(trickling(head, b" ", stopped)) as url:
            with pytest.raises(TimedOut, match="in time"):
                get(open_way(always(OURS), HASTY), named(url))
            stopped.set()

    @pytest.mark.parametrize(
        "body",
        [
            b"Content-Length: 50000000\r\n\r\n" + b" " * 50_000_000,
            b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 50_000_000),
        ],
        ids=["huge", "huge once unpacked"],
    )
    def test_more_than_is_read(self, open_way: Open, body: bytes) -> None:
        with rude_server(saying(b"HTTP/1.1 200 OK\r\n" + body)) as url:
            tracemalloc.start()
            with pytest.raises(BadAnswer, match="more than 10,000 bytes"):
                get(open_way(always(OURS)), named(url))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert most < 5_000_000


@pytest.mark.usefixtures("ours_is_public")
class TestInsideTls:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def trusted(self, authority: trustme.CA, tmp_path: Path) -> str:
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        return str(tmp_path / "ca.pem")

    def encrypted(self, authority: trustme.CA, name: str) -> Behave:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)

        def behave(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as inside:
                inside.recv(4096)
                inside.sendall(FINE)

        return behave

    def test_the_certificate_is_of_the_name_and_not_of_the_address(
        self, open_way: Open, authority: trustme.CA, trusted: str
    ) -> None:
        way = open_way(always(OURS), certificates=trusted)
        with rude_server(self.encrypted(authority, "somebody.example"), reads_request=False) as url:
            assert get(way, named(url, scheme="https")).body == b"{}"
            with pytest.raises(Unavailable, match="encrypted"):
                get(way, named(url, "somebody-else.example", "https"))

    def test_a_stranger_s_certificate_is_not_accepted(self, open_way: Open, authority: trustme.CA) -> None:
        with (
            rude_server(self.encrypted(authority, "somebody.example"), reads_request=False) as url,
            pytest.raises(Unavailable, match="encrypted"),
        ):
            get(open_way(always(OURS)), named(url, scheme="https"))
