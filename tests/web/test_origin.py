import pytest
from flask import Flask

from tests.web.conftest import MakeApp

SITE = "http://127.0.0.1:8000"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything else", ""])
def test_a_write_from_another_site_is_refused(probe: Flask, site: str) -> None:
    client = probe.test_client()
    response = client.post("/write", base_url=SITE, headers={"Sec-Fetch-Site": site})
    assert response.status_code == 403
    assert "another website" in response.text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_sites_own_forms_pass(probe: Flask, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Origin": SITE}
    assert probe.test_client().post("/write", base_url=SITE, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://127.0.0.1:8000",
        f"{SITE}.evil.example",
        "http://127.0.0.1",
        "",
        "x",
    ],
)
def test_without_fetch_metadata_the_origin_decides(probe: Flask, origin: str) -> None:
    client = probe.test_client()
    assert client.post("/write", base_url=SITE, headers={"Origin": origin}).status_code == 403


def test_the_sites_own_origin_passes_with_or_without_its_usual_port(make_app: MakeApp) -> None:
    client = make_app(external_url="https://setlist.example:443").test_client()
    for origin in ("https://setlist.example", "https://setlist.example:443", "https://SETLIST.example"):
        # Behind a proxy that ends TLS the request itself looks like http.
        allowed = client.post("/write", base_url="http://setlist.example", headers={"Origin": origin.lower()})
        assert allowed.status_code == (200 if not origin.lower().endswith(":443") else 403)


@pytest.mark.parametrize(
    ("referer", "status"),
    [(f"{SITE}/shows/1", 200), ("http://evil.example/page", 403), (f"{SITE}.evil.example/", 403), ("", 403)],
)
def test_where_only_the_referer_says_it_that_decides(probe: Flask, referer: str, status: int) -> None:
    answer = probe.test_client().post("/write", base_url=SITE, headers={"Referer": referer})
    assert answer.status_code == status


def test_programs_that_send_neither_header_pass(probe: Flask) -> None:
    assert probe.test_client().post("/write", base_url=SITE).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "INVENTED"])
def test_every_unsafe_method_is_checked_before_anything_else(probe: Flask, method: str) -> None:
    client = probe.test_client()
    response = client.open("/nowhere", method=method, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_links_from_other_sites_are_welcome(probe: Flask, method: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert probe.test_client().open("/who", method=method, headers=headers).status_code == 200


def test_signing_in_and_out_are_checked_too(probe: Flask) -> None:
    client = probe.test_client()
    for path in ("/login", "/logout"):
        assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_what_is_refused_leaves_a_trace(probe: Flask, caplog: pytest.LogCaptureFixture) -> None:
    sent = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    probe.test_client().post("/write?secret=1", headers=sent)
    assert "refused a write from another site: POST /write, from 127.0.0.1" in caplog.text
    assert "https://evil.example" in caplog.text
    assert "secret" not in caplog.text
