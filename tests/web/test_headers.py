import hashlib

import pytest
from flask import Flask
from itsdangerous import BadSignature, URLSafeTimedSerializer

from config import Sources
from tests.web.conftest import MakeApp

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ANSWERS = {
    "page": "/who",
    "missing": "/nowhere",
    "missing in the API": "/api/nowhere",
    "refused": "/fail?status=403",
    "broken": "/break",
    "broken in the API": "/api/break",
    "moved": "/admin",
    "sign in": "/login",
    "static": "/static/nothing.css",
}


def _policy(app: Flask) -> dict[str, str]:
    header = app.test_client().get("/who").headers["Content-Security-Policy"]
    return dict(rule.split(" ", 1) for rule in header.split("; ") if " " in rule)


@pytest.mark.parametrize("path", ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_has_them(probe: Flask, path: str) -> None:
    probe.config["PROPAGATE_EXCEPTIONS"] = False
    headers = probe.test_client().get(path).headers
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Request-ID"]


def test_the_policy_allows_no_inline_code_and_no_eval(probe: Flask) -> None:
    policy = _policy(probe)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in " ".join(policy.values())


def test_pictures_come_from_the_hosts_of_the_settings(make_app: MakeApp) -> None:
    hosts = ("https://pictures.example",)
    live = _policy(make_app(image_hosts=hosts, sources=Sources.LIVE))["img-src"]
    assert live == "'self' data: https://pictures.example"
    sandboxed = make_app(image_hosts=hosts, sources=Sources.SANDBOX, sandbox_url="http://127.0.0.1:8090/x")
    assert _policy(sandboxed)["img-src"] == f"{live} http://127.0.0.1:8090"


def test_https_is_insisted_on_only_where_it_is_used(make_app: MakeApp) -> None:
    plain = make_app().test_client().get("/who").headers
    assert "Strict-Transport-Security" not in plain
    assert "upgrade-insecure-requests" not in plain["Content-Security-Policy"]
    secure = make_app(external_url="https://setlist.example").test_client().get("/who").headers
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert "upgrade-insecure-requests" in secure["Content-Security-Policy"]


def test_hosts_below_are_bound_to_https_where_that_is_set(make_app: MakeApp) -> None:
    whole = make_app(external_url="https://setlist.example", hsts_subdomains=True)
    found = whole.test_client().get("/who").headers["Strict-Transport-Security"]
    assert found == "max-age=31536000; includeSubDomains"


def test_a_session_is_signed_with_sha_256(probe: Flask) -> None:
    signer = probe.session_interface.get_signing_serializer(probe)
    weaker = URLSafeTimedSerializer(
        probe.secret_key,
        salt="cookie-session",
        serializer=signer.serializer,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha1},
    )
    client = probe.test_client()
    client.get("/login")
    cookie = client.get_cookie("session").value
    assert signer.loads(cookie)
    with pytest.raises(BadSignature):
        weaker.loads(cookie)
    assert len(cookie.rpartition(".")[2]) == 43  # 256 bits


def test_a_page_that_says_public_stays_public_and_does_not_vary_by_cookie(probe: Flask) -> None:
    client = probe.test_client()
    client.get("/login")  # has a session now
    headers = client.get("/public").headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in headers.get("Vary", "")
    assert "Set-Cookie" not in headers


def test_an_answer_that_sets_a_cookie_is_never_public(probe: Flask) -> None:
    headers = probe.test_client().post("/public_write").headers
    assert "Set-Cookie" in headers
    assert headers["Cache-Control"] == "private, no-store"


def test_forwarded_headers_are_believed_only_from_the_proxies_of_the_settings(make_app: MakeApp) -> None:
    sent = {
        "X-Forwarded-For": "203.0.113.7, 198.51.100.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "setlist.example",
    }
    alone = make_app().test_client().get("/address", headers=sent)
    assert alone.text == "127.0.0.1 http://localhost/"
    proxied = make_app(trusted_proxies=1).test_client().get("/address", headers=sent)
    assert proxied.text == "198.51.100.9 https://setlist.example/"
