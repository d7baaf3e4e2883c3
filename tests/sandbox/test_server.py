"""The program itself: starting, stopping, connections."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
import requests

from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import start_in_thread
from tests.sandbox.caller import NAMED, SECONDS, Caller

PROGRAM = """
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import serve
serve(SandboxOptions(artists=30, latency_ms=0), host="127.0.0.1", port={port})
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> requests.Response:
    for _ in range(200):
        try:
            return requests.get(url, timeout=SECONDS)
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the sandbox does not answer")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    port = _free_port()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(port=port)], stderr=subprocess.PIPE
    ) as program:
        assert _wait_for(f"http://127.0.0.1:{port}/").status_code == 200
        program.send_signal(number)
        _, complaints = program.communicate(timeout=SECONDS)
    assert (program.returncode, complaints) == (0, b"")


def test_a_connection_serves_many_calls(caller: Caller, benchmark_mbid: str) -> None:
    with closing(HTTPConnection(caller.running.url.removeprefix("http://"), timeout=SECONDS)) as connection:
        sockets = set()
        for _ in range(3):
            connection.request("GET", f"/musicbrainz/ws/2/artist/{benchmark_mbid}?fmt=json", headers=NAMED)
            assert benchmark_mbid in connection.getresponse().read().decode()
            sockets.add(connection.sock)
    assert len(sockets) == 1
    assert None not in sockets


def test_a_body_without_a_sensible_length_is_refused(caller: Caller) -> None:
    with closing(HTTPConnection(caller.running.url.removeprefix("http://"), timeout=SECONDS)) as connection:
        connection.request("POST", "/_control", headers={"Content-Length": "lots"})
        assert connection.getresponse().status == 413


def test_after_a_stop_nobody_answers_not_even_on_a_kept_connection() -> None:
    with requests.Session() as session, start_in_thread(SandboxOptions(artists=5, latency_ms=0)) as running:
        assert session.get(running.url, timeout=SECONDS).status_code == 200
        running.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(running.url, timeout=SECONDS)


def test_the_front_page_tells_what_this_is(caller: Caller) -> None:
    page = caller.plain("")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "The Copper Meridian" in page.text
    assert "/_control" in page.text


def test_addresses_in_answers_begin_with_the_public_url() -> None:
    options = SandboxOptions(artists=5, latency_ms=0, public_url="https://sandbox.example/")
    with start_in_thread(options) as running, requests.Session() as session:
        caller = Caller(running, session)
        found = caller.spotify(f"artists/{caller.spotify_id()}/albums").json()
        assert found["next"].startswith("https://sandbox.example/spotify/v1/")
        assert found["items"][0]["images"][0]["url"].startswith("https://sandbox.example/pictures/")


def test_twenty_thousand_artists_cost_nothing_until_they_are_asked_for() -> None:
    with (
        start_in_thread(SandboxOptions(artists=20_000, latency_ms=0)) as running,
        requests.Session() as session,
    ):
        caller = Caller(running, session)
        assert caller.control()["generated"] == {"artists": 0, "discographies": 0}
        catalogue = running.sandbox.catalogue
        name = catalogue.artist(19_999).name
        hits = caller.musicbrainz("artist", query=f'artist:"{name}"', limit=10).json()["artists"]
        assert catalogue.mbid(19_999) in [hit["id"] for hit in hits]
        assert caller.control()["generated"]["artists"] < 20


@pytest.mark.parametrize("artists", [0, 100_001])
def test_an_impossible_size_is_refused(artists: int) -> None:
    with pytest.raises(ValueError, match="artists must be between"):
        SandboxOptions(artists=artists)
