"""Bodies that never end, from as many visitors as take all places, and from one more."""

import io
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from setlist.web import slow_bodies
from tests.web.conftest import MakeApp

THREADS = 6


class Slow(io.RawIOBase):
    """Says when somebody reads it, and has nothing to give until it is let go."""

    def __init__(self, go: threading.Event) -> None:
        self.is_read, self._go = threading.Event(), go

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.is_read.set()
        assert self._go.wait(20)
        buffer[:1] = b"a"
        return 1


@pytest.fixture
def app_of_six(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(slow_bodies, "WAIT_SECONDS", 0.05)
    return make_app(web_threads=THREADS, event_streams=1)


@pytest.fixture
def go() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def post(app: Flask, body: io.RawIOBase, told: list[str]) -> None:
    environ = EnvironBuilder("/form", method="POST").get_environ()
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "1", "wsgi.input": body}
    told.append(run_wsgi_app(app, environ | form)[1])


def test_reading_goes_on_while_writing_is_held_up(app_of_six: Flask, go: threading.Event) -> None:
    told: list[str] = []
    with ExitStack() as stack:
        for _ in range(THREADS // 2):
            body = Slow(go)
            thread = threading.Thread(target=post, args=(app_of_six, body, told))
            thread.start()
            stack.callback(thread.join, 20)
            assert body.is_read.wait(20)
        client = app_of_six.test_client()
        assert client.get("/who").status_code == 200
        refused = client.post("/form", data={"a": "b"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        go.set()
    assert told == ["200 OK"] * (THREADS // 2)
    assert client.post("/form", data={"a": "b"}).text == "1"


def test_a_body_that_is_too_large_is_not_read(app_of_six: Flask, go: threading.Event) -> None:
    body = Slow(go)
    environ = EnvironBuilder("/form", method="POST").get_environ()
    large = {"CONTENT_LENGTH": "9999999", "wsgi.input": body}
    assert run_wsgi_app(app_of_six, environ | large)[1].startswith("413")
    assert not body.is_read.is_set()
