import pytest

from config import Settings
from config import Sources as Origin
from setlist.providers.sources import NAMES, Providers
from setlist.services.budget import Purpose

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


def providers(**values: object) -> Providers:
    return Providers(settings=settings(**values))


def which_are_on(found: Providers) -> list[str]:
    sources = found.sources()
    on = [entry.name for entry in found.status() if entry.on]
    assert on == [name for name in NAMES if getattr(sources, name) is not None]
    return on


def test_in_the_sandbox_all_four_are_on() -> None:
    assert which_are_on(providers()) == ["musicbrainz", "ticketmaster", "setlistfm", "spotify"]


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
    assert which_are_on(providers(sources=Origin.LIVE, **{key: KEYS[key] for key in keys})) == on


def test_the_status_names_what_is_missing() -> None:
    found = {entry.name: entry for entry in providers(sources=Origin.LIVE).status()}
    assert found["musicbrainz"].missing == ""
    assert found["ticketmaster"].missing == "TICKETMASTER_KEY"
    assert found["setlistfm"].label == "setlist.fm"
    assert "SPOTIFY_CLIENT_SECRET" in found["spotify"].missing


def test_no_repr_shows_a_key() -> None:
    found = providers(sources=Origin.LIVE, **KEYS)
    sources = found.sources()
    for shown in (repr(found), repr(sources), repr(sources.ticketmaster), repr(vars(sources.setlistfm))):
        assert not any(key in shown for key in ("t-key", "s-key", "p-key"))


def test_what_is_known_of_a_provider_is_known_to_all_jobs() -> None:
    found = providers()
    first, second = (found.sources(purpose=purpose) for purpose in (Purpose.IMPORT, Purpose.SYNC))
    assert first.musicbrainz._gate.breaker is second.musicbrainz._gate.breaker
    assert first.musicbrainz._gate.budget is second.musicbrainz._gate.budget
    assert first.musicbrainz._gate.wire is second.musicbrainz._gate.wire
    assert first.spotify is not None
    assert second.spotify is not None
    assert first.spotify._token is second.spotify._token
    assert (first.musicbrainz._gate.purpose, second.musicbrainz._gate.purpose) == ("import", "sync")


def test_the_sandbox_is_another_account_than_the_real_provider() -> None:
    accounts = {providers(sources=origin).gates["spotify"].budget.provider for origin in Origin}
    assert accounts == {"spotify", "sandbox spotify"}
