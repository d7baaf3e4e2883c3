import uuid

import pytest
from flask import Flask
from itsdangerous import Signer
from werkzeug.http import parse_cookie

from config import Settings
from tests.web.conftest import MakeApp

YEAR = 365 * 24 * 3600


def test_reading_a_page_gives_no_identity(probe: Flask) -> None:
    response = probe.test_client().get("/who")
    assert response.text == "None"
    assert "Set-Cookie" not in response.headers


def test_the_first_write_gives_a_key_that_is_known_afterwards(probe: Flask) -> None:
    client = probe.test_client()
    key = client.post("/write").text
    assert uuid.UUID(key).hex
    assert client.get("/who").text == key
    assert client.post("/write").text == key


def test_two_visitors_are_two_fans(probe: Flask) -> None:
    assert probe.test_client().post("/write").text != probe.test_client().post("/write").text


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(probe: Flask) -> None:
    cookie = probe.test_client().post("/write").headers["Set-Cookie"]
    assert cookie.startswith("fan=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert f"Max-Age={YEAR}" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_bound_to_the_host(make_app: MakeApp) -> None:
    secure = make_app(external_url="https://setlist.example")
    cookie = secure.test_client().post("/write", base_url="https://setlist.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-fan=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_each_write_renews_the_year_and_a_read_does_not(probe: Flask) -> None:
    client = probe.test_client()
    client.post("/write")
    assert f"Max-Age={YEAR}" in client.post("/write").headers["Set-Cookie"]
    assert "Set-Cookie" not in client.get("/who").headers


def test_a_key_has_all_of_128_random_bits(probe: Flask) -> None:
    keys = [uuid.UUID(probe.test_client().post("/write").text).int for _ in range(64)]
    ever_set, ever_clear = 0, 0
    for key in keys:
        ever_set, ever_clear = ever_set | key, ever_clear | ~key
    assert ever_set & ever_clear & (2**128 - 1) == 2**128 - 1


def _signed(secret: str, salt: str, value: str) -> str:
    return Signer(secret, salt=salt).sign(value).decode()


KEY = uuid.UUID(int=7).hex
FORGED = {
    "bare": KEY,
    "empty": "",
    "no key": ".",
    "another secret": _signed("another secret", "setlist.fan", KEY),
    "another method": _signed("only-for-development-never-in-production", "setlist.fan", KEY),
    "another salt": _signed("only-for-development-never-in-production", "cookie-session", KEY),
    "not ascii": "ключ.подпись",
    "long": "a" * 5000 + ".b",
    "nul": "a%00b.c",
    "session": "eyJfZnJlc2giOmZhbHNlfQ.aaaaaa.bbbbbbb",
}


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED.keys())
def test_a_cookie_that_we_did_not_sign_is_none(probe: Flask, value: str) -> None:
    response = probe.test_client().get("/who", headers={"Cookie": f"fan={value}"})
    assert (response.status_code, response.text) == (200, "None")


def test_a_cut_or_changed_cookie_is_none_and_the_next_write_gives_a_new_key(probe: Flask) -> None:
    client = probe.test_client()
    first = client.post("/write")
    value = parse_cookie(first.headers["Set-Cookie"])["fan"]
    swapped = "0" if value[0] != "0" else "1"
    for bad in (value[:-1], value[1:], swapped + value[1:], value + "x", value.replace(".", "")):
        assert probe.test_client().get("/who", headers={"Cookie": f"fan={bad}"}).text == "None"
    other = probe.test_client().post("/write", headers={"Cookie": f"fan={value[:-1]}"})
    assert other.text != first.text


def test_a_cookie_signed_with_another_secret_key_is_none(make_app: MakeApp, settings: Settings) -> None:
    elsewhere = make_app(secret_key=type(settings.secret_key)("x" * 40))
    value = parse_cookie(elsewhere.test_client().post("/write").headers["Set-Cookie"])["fan"]
    assert make_app().test_client().get("/who", headers={"Cookie": f"fan={value}"}).text == "None"
