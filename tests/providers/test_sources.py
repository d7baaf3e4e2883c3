import pytest

from config import Settings
from config import Sources as Origin
from setlist.providers.sources import PACES, Sources, open_sources, status

KEYS = {
    "ticketmaster_key": "t-key",
    "setlistfm_key": "s-key",
    "spotify_client_id": "id",
    "spotify_client_secret": "p-key",
}


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.fixture(autouse=True)
def no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sources", *KEYS):
        monkeypatch.delenv(name.upper(), raising=False)


def which_are_on(sources: Sources) -> list[str]:
    return [entry.name for entry in status(sources) if entry.on]


def test_in_the_sandbox_all_four_are_on() -> None:
    assert which_are_on(open_sources(settings())) == ["musicbrainz", "ticketmaster", "setlistfm", "spotify"]


@pytest.mark.parametrize(
    ("keys", "on"),
    [
        ([], ["musicbrainz"]),
        (["ticketmaster_key"], ["musicbrainz", "ticketmaster"]),
        (["setlistfm_key"], ["musicbrainz", "setlistfm"]),
        (["spotify_client_id"], ["musicbrainz"]),
        (["spotify_client_id", "spotify_client_secret"], ["musicbrainz", "spotify"]),
        (list(KEYS), ["musicbrainz", "ticketmaster", "setlistfm", "spotify"]),
    ],
)
def test_live_each_is_on_with_its_key(keys: list[str], on: list[str]) -> None:
    sources = open_sources(settings(sources=Origin.LIVE, **{key: KEYS[key] for key in keys}))
    assert which_are_on(sources) == on


def test_the_status_names_what_is_missing() -> None:
    found = {entry.name: entry for entry in status(open_sources(settings(sources=Origin.LIVE)))}
    assert found["musicbrainz"].missing == ""
    assert found["ticketmaster"].missing == "TICKETMASTER_KEY"
    assert found["setlistfm"].label == "setlist.fm"
    assert "SPOTIFY_CLIENT_SECRET" in found["spotify"].missing


def test_no_repr_shows_a_key() -> None:
    sources = open_sources(settings(sources=Origin.LIVE, **KEYS))
    for shown in (repr(sources), repr(sources.ticketmaster), repr(vars(sources.setlistfm))):
        assert not any(key in shown for key in ("t-key", "s-key", "p-key"))


@pytest.mark.parametrize(
    ("values", "paced"),
    [
        ({}, False),
        ({"sandbox_limits": True}, True),
        ({"sources": Origin.LIVE, "sandbox_limits": False}, True),
    ],
)
def test_only_a_sandbox_without_limits_is_not_paced(*, values: dict[str, object], paced: bool) -> None:
    gate = open_sources(settings(**values)).musicbrainz._gate
    assert gate.pace == (PACES["musicbrainz"] if paced else None)


def test_what_is_down_for_one_job_is_down_for_the_next() -> None:
    first, second = (open_sources(settings()).musicbrainz._gate for _ in range(2))
    assert first.breaker is second.breaker
