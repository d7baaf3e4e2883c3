import socket
from collections.abc import Iterator

import pytest

from config import Settings, Sources
from setlist.cli.complaints import ComplaintError
from setlist.cli.ports import check_ports, sandbox_place


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def live(**given: object) -> Settings:
    return Settings.model_validate({"sources": Sources.LIVE, **given})


def test_free_ports_are_no_problem() -> None:
    check_ports(live(port=free_port()))


def test_a_taken_port_names_the_setting_to_change(taken: int) -> None:
    with pytest.raises(ComplaintError, match=rf"port {taken} on 127.0.0.1 is taken .* set PORT .*make run"):
        check_ports(live(port=taken))


def test_the_sandbox_s_port_is_looked_at_too(taken: int) -> None:
    wanted = live(sources="sandbox", port=free_port(), sandbox_url=f"http://127.0.0.1:{taken}")
    with pytest.raises(ComplaintError, match=r"set SANDBOX_URL to a free one"):
        check_ports(wanted)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ComplaintError, match="is not an address of this machine: set HOST"):
        check_ports(live(host=host, port=free_port()))


def test_a_sandbox_elsewhere_is_not_ours_to_start() -> None:
    assert sandbox_place(live(sources="sandbox", sandbox_url="http://sandbox.example:8090")) is None
    assert sandbox_place(live(sources="sandbox", sandbox_url="http://127.0.0.1:8090")) == ("127.0.0.1", 8090)
    assert sandbox_place(live()) is None
