"""Answers that are kept in a folder, and given again without a call."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from config import Settings, Sources
from setlist.providers.errors import NotFound, NotRecorded, RateLimited
from setlist.providers.recorded import record, replayed
from setlist.providers.sources import Providers
from setlist.providers.sources import Sources as Clients
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from tests.providers.conftest import BUT_TOKENS, KEY

EMPTY = {"page": {"size": 200, "totalElements": 0, "totalPages": 0, "number": 0}}


@pytest.fixture
def live(httpserver: HTTPServer) -> Settings:
    """Settings with keys, whose providers are all on this machine."""
    return Settings(
        _env_file=None,
        sources=Sources.LIVE,
        musicbrainz_url=httpserver.url_for("/ws/2"),
        ticketmaster_url=httpserver.url_for("/discovery/v2"),
        ticketmaster_key=SecretStr(KEY),
        setlistfm_url=httpserver.url_for("/rest/1.0"),
        setlistfm_key=SecretStr(KEY),
        spotify_url=httpserver.url_for("/v1"),
        spotify_token_url=httpserver.url_for("/api/token"),
        spotify_client_id="somebody",
        spotify_client_secret=SecretStr(f"{KEY}-of-spotify"),
        contact="tests@example.org",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "answers"


@pytest.fixture
def recorder(live: Settings, folder: Path) -> Iterator[Clients]:
    providers = Providers(settings=live)
    record(providers, folder)
    yield providers.sources()
    providers.close()


def replaying(settings: Settings, folder: Path) -> Clients:
    return replayed(settings, folder).sources()


def answering(httpserver: HTTPServer, body: Any, **more: Any) -> None:
    httpserver.clear()
    httpserver.expect_request("/api/token", method="POST").respond_with_json(
        {"access_token": KEY, "token_type": "Bearer", "expires_in": 3600}
    )
    httpserver.expect_request(BUT_TOKENS).respond_with_json(body, **more)


def test_what_was_answered_is_answered_again_without_a_call(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path
) -> None:
    answering(httpserver, {"id": BENCHMARK_MBID, "name": "The Walruses", "country": "GB"})
    told = recorder.musicbrainz.artist(BENCHMARK_MBID)
    httpserver.clear()
    assert replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID) == told
    assert httpserver.log == []


def test_neither_keys_nor_tokens_are_written_wherever_an_answer_repeats_them(
    httpserver: HTTPServer, recorder: Clients, folder: Path
) -> None:
    answering(httpserver, {**EMPTY, "_links": {"self": {"href": f"/events?apikey={KEY}&size=1"}}})
    assert recorder.ticketmaster is not None
    recorder.ticketmaster.attractions("The Walruses")
    answering(httpserver, {"fault": {"faultstring": f"Quota of {KEY}"}}, status=429)
    with pytest.raises(RateLimited):
        recorder.ticketmaster.attraction("K8vZ9171ob7")
    answering(httpserver, {"id": "a" * 22, "name": "The Walruses"})
    assert recorder.spotify is not None
    recorder.spotify.artist("a" * 22)
    written = [path.read_text() for path in folder.rglob("*.json")]
    assert len(written) == 3
    assert not any(KEY in text or "Bearer" in text for text in written)
    assert not any("token" in path.name for path in folder.rglob("*"))


def test_a_recording_answers_wherever_the_provider_is_said_to_be(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path
) -> None:
    """Also the links in it, which a client follows only to where it asks."""
    id = "b" * 22
    following = f"{live.spotify_url}/albums/{id}/tracks?offset=1"
    album = {"id": id, "name": "Ice", "tracks": {"items": [_track("1")], "next": following}}
    httpserver.expect_request("/api/token").respond_with_json({"access_token": "t", "expires_in": 3600})
    httpserver.expect_request(f"/v1/albums/{id}").respond_with_json(album)
    httpserver.expect_request(f"/v1/albums/{id}/tracks").respond_with_json(
        {"items": [_track("2")], "next": None}
    )
    assert recorder.spotify is not None
    told = recorder.spotify.tracks(id)
    elsewhere = live.model_copy(update={"sandbox_url": "http://127.0.0.1:1"})
    again = replaying(elsewhere, folder).spotify
    assert again is not None
    assert again.tracks(id) == told
    assert len(told) == 2


def test_what_was_never_asked_is_said_to_be_missing_and_nothing_waits(live: Settings, folder: Path) -> None:
    clients = replaying(live, folder)
    assert clients.setlistfm is not None
    with pytest.raises(NotRecorded, match=r"setlist\.fm has no recorded answer to setlists"):
        clients.setlistfm.setlists(BENCHMARK_MBID)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_that_was_recorded_is_not_waited_for(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path, status: int
) -> None:
    answering(httpserver, {"error": "come back tomorrow"}, status=status, headers={"Retry-After": "86400"})
    with pytest.raises(Exception, match="MusicBrainz"):
        recorder.musicbrainz.artist(BENCHMARK_MBID)
    with pytest.raises(NotRecorded, match=f"HTTP {status}"):
        replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID)


def test_an_answer_that_could_not_be_read_stays_so_and_is_no_weather(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path
) -> None:
    httpserver.expect_request(BUT_TOKENS).respond_with_data(b'{"id": "\xff', content_type="text/html")
    with pytest.raises(Exception, match="unreadable"):
        recorder.musicbrainz.artist(BENCHMARK_MBID)
    with pytest.raises(NotRecorded, match="unreadable"):
        replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID)


def test_what_is_not_there_is_recorded_as_not_there(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path
) -> None:
    answering(httpserver, {"error": "Not Found"}, status=404)
    with pytest.raises(NotFound):
        recorder.musicbrainz.artist(BENCHMARK_MBID)
    with pytest.raises(NotFound):
        replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID)


def test_a_failure_does_not_replace_what_was_answered_before(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path
) -> None:
    answering(httpserver, {"id": BENCHMARK_MBID, "name": "The Walruses"})
    told = recorder.musicbrainz.artist(BENCHMARK_MBID)
    answering(httpserver, {"error": "Not Found"}, status=404)
    with pytest.raises(NotFound):
        recorder.musicbrainz.artist(BENCHMARK_MBID)
    assert replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID) == told


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "ok"}', '{"status": 200}'])
def test_a_file_that_was_spoiled_is_named(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path, text: str
) -> None:
    answering(httpserver, {"id": BENCHMARK_MBID, "name": "The Walruses"})
    recorder.musicbrainz.artist(BENCHMARK_MBID)
    (path,) = folder.rglob("*.json")
    path.write_text(text)
    with pytest.raises(NotRecorded, match=path.name):
        replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID)


def test_a_recording_can_be_read_and_mended_by_a_person(
    httpserver: HTTPServer, live: Settings, recorder: Clients, folder: Path
) -> None:
    answering(httpserver, {"id": BENCHMARK_MBID, "name": "The Walrus"})
    recorder.musicbrainz.artist(BENCHMARK_MBID)
    (path,) = folder.rglob("*.json")
    kept = json.loads(path.read_text())
    assert kept["asked"]["path"] == f"artist/{BENCHMARK_MBID}"
    kept["body"]["name"] = "The Walruses"
    path.write_text(json.dumps(kept))
    assert replaying(live, folder).musicbrainz.artist(BENCHMARK_MBID).name == "The Walruses"


def _track(id: str) -> dict[str, object]:
    return {"id": id * 22, "name": f"Song {id}"}
