"""Marks of addresses: the same for one address at one show, and worthless anywhere else."""

from flask import Flask
from pydantic import SecretStr

from setlist.web.address_mark import address_mark
from tests.web.conftest import MakeApp


def mark(app: Flask, address: str, show_id: int = 1) -> bytes | None:
    with app.test_request_context("/vote", environ_overrides={"REMOTE_ADDR": address}):
        return address_mark(show_id)


def _marked() -> str:
    return (address_mark(1) or b"").hex()


def test_it_is_the_same_for_one_address_at_one_show(probe: Flask) -> None:
    found = mark(probe, "203.0.113.1")
    assert found == mark(probe, "203.0.113.1")
    assert found is not None
    assert len(found) == 16
    assert found != mark(probe, "203.0.113.2")


def test_it_is_another_one_for_each_show(probe: Flask) -> None:
    assert len({mark(probe, "203.0.113.1", show_id) for show_id in (1, 2, 2**63 - 1)}) == 3


def test_a_home_of_ipv6_addresses_has_one(probe: Flask) -> None:
    assert mark(probe, "2001:db8:1:2::1") == mark(probe, "2001:db8:1:2:ffff::1")
    assert mark(probe, "2001:db8:1:2::1") != mark(probe, "2001:db8:1:3::1")


def test_without_the_key_it_cannot_be_made(make_app: MakeApp) -> None:
    apps = [make_app(secret_key=SecretStr(secret * 32)) for secret in "ab"]
    assert mark(apps[0], "203.0.113.1") != mark(apps[1], "203.0.113.1")


def test_only_a_trusted_proxy_says_who_asks(make_app: MakeApp) -> None:
    told = {"X-Forwarded-For": "203.0.113.9"}
    for proxies, is_believed in ((0, False), (1, True)):
        app = make_app(trusted_proxies=proxies)
        app.add_url_rule("/mark", "mark", _marked)
        with app.app_context():
            answer = app.test_client().get("/mark", headers=told).text
        assert (answer == (mark(app, "203.0.113.9") or b"").hex()) is is_believed


def test_who_has_no_address_has_no_mark(probe: Flask) -> None:
    assert mark(probe, "") is None
