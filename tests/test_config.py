"""Which settings are refused, what is said of them, and what they are where nothing is set."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config import (
    DEVELOPMENT_SECRET,
    SHORTEST_SECRET,
    Settings,
    Sources,
)
from setlist.complaints import load_settings, setting_problems

SECRET = "k" * SHORTEST_SECRET
SOUND = {
    "environment": "production",
    "secret_key": SECRET,
    "external_url": "https://setlist.example",
    "sources": "live",
}
HTTP = "must be an address that starts with http:// or https://"
ADDRESS = "is no address; in its user or password write / as %2F, : as %3A, @ as %40, [ as %5B"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for a .env, and no setting from the machine."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    return tmp_path


def make(**given: object) -> Settings:
    return Settings.model_validate(given)


def problems(**given: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as refusal:
        make(**given)
    return dict(setting_problems(refusal.value))


class TestProduction:
    def test_it_starts_with_strong_settings(self) -> None:
        assert make(**SOUND).secure

    @pytest.mark.parametrize(
        ("weak", "said"),
        [
            (
                {"secret_key": DEVELOPMENT_SECRET},
                {"SECRET_KEY": "must be set to 32 random characters or more, in production"},
            ),
            (
                {"secret_key": SECRET[1:]},
                {"SECRET_KEY": "must be set to 32 random characters or more, in production"},
            ),
            ({"debug": True}, {"DEBUG": "must be off, in production"}),
            (
                {"external_url": "http://setlist.example"},
                {"EXTERNAL_URL": "must start with https://, in production"},
            ),
            ({"external_url": ""}, {"EXTERNAL_URL": "must start with https://, in production"}),
        ],
    )
    def test_a_weak_setting_is_refused(self, weak: dict[str, object], said: dict[str, str]) -> None:
        assert problems(**{**SOUND, **weak}) == said

    def test_each_weak_setting_has_its_own_line(self) -> None:
        assert problems(environment="production", debug=True).keys() == {
            "SECRET_KEY",
            "DEBUG",
            "EXTERNAL_URL",
        }

    def test_data_is_not_invented_without_a_word(self) -> None:
        silent = SOUND | {"sources": None}
        said = problems(**silent)["SOURCES"]
        assert said.startswith("must be live, or sandbox for invented data")
        assert said.endswith("no provider's key is set, in production")
        assert make(**silent | {"ticketmaster_key": "key"}).data_sources is Sources.LIVE
        assert make(**silent | {"sources": "sandbox"}).data_sources is Sources.SANDBOX

    def test_development_takes_them_all(self) -> None:
        assert not make(secret_key="short", debug=True, external_url="http://a.example").secure


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("environment", "staging", "must be 'development' or 'production'"),
        ("port", "eight", "must be a valid integer"),
        ("port", 70_000, "must be less than or equal to 65535"),
        ("debug", "perhaps", "must be a valid boolean"),
        ("web_processes", 0, "must be greater than or equal to 1"),
        ("trusted_proxies", 6, "must be less than or equal to 5"),
        ("log_level", "LOUD", "must be DEBUG, INFO, WARNING or ERROR"),
        ("sources", "guesses", "must be 'sandbox' or 'live'"),
        ("spotify_market", "USA", "must have at most 2 characters"),
        ("provider_total_seconds", 0, "must be greater than 0"),
        ("provider_total_seconds", "inf", "must be a finite number"),
        ("job_lease_seconds", "nan", "must be a finite number"),
        ("default_start_hour", 24, "must be less than or equal to 23"),
        ("external_url", "setlist.example", HTTP),
        ("external_url", "https://", HTTP),
        ("external_url", "https://setlist.example:https", ADDRESS),
        ("sandbox_url", "ftp://127.0.0.1", HTTP),
        ("musicbrainz_url", "musicbrainz.org", HTTP),
        ("ticketmaster_url", "javascript:alert(1)", HTTP),
        ("setlistfm_url", "//api.setlist.fm", HTTP),
        ("spotify_url", "https:///v1", HTTP),
        ("spotify_token_url", "", HTTP),
        (
            "contact",
            "me@example.org\r\nX-Other: 1",
            "must be one line of plain ASCII, since it is sent in a header",
        ),
        ("contact", "jörg@example.org", "must be one line of plain ASCII, since it is sent in a header"),
        (
            "image_hosts",
            "https://a.example; script-src *",
            "must be hosts like https://images.example, separated by commas",
        ),
        ("image_hosts", "a.example", "must be hosts like https://images.example, separated by commas"),
        ("database_url", "mysql://host/name", "must start with postgresql://"),
        ("database_url", "host/name", "must start with postgresql://"),
        ("database_url", "postgresql://fan:pa/ss@host/name", ADDRESS),
        ("database_url", "postgresql://fan:pa[ss@host/name", ADDRESS),
        ("redis_url", "http://host", "must start with redis://, rediss:// or unix://"),
        ("redis_url", "redis://:pa/ss@host:6379/0", ADDRESS),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_with_what_would_be_right(
    name: str, value: object, said: str
) -> None:
    assert problems(**{name: value}) == {name.upper(): said}


def test_several_wrong_values_are_told_at_once_and_a_wrong_port_does_not_hide_the_address() -> None:
    found = problems(port=0, external_url="", log_level="LOUD", database_url="mysql://host/name")
    assert found.keys() == {"PORT", "LOG_LEVEL", "DATABASE_URL"}


def test_event_streams_may_not_take_every_thread() -> None:
    said = "must be smaller than WEB_THREADS, or pages find no free thread"
    assert problems(web_threads=4, event_streams=4) == {"EVENT_STREAMS": said}
    assert make(web_threads=4, event_streams=3).event_streams == 3


@pytest.mark.parametrize(
    "given",
    [
        {"environment": "production", "secret_key": "hunter2"},
        {"redis_url": "http://fan:hunter2@host"},
        {"redis_url": "redis://fan:hunter2/@host"},
        {"redis_url": "redis://fan:[hunter2]@host"},
        {"database_url": "postgresql://fan:hunter2/@host/name"},
        {"database_url": "postgresql://fan:[hunter2]@host/name"},
    ],
)
def test_a_value_is_never_repeated_for_it_may_be_secret(given: dict[str, object]) -> None:
    assert "hunter2" not in str(problems(**given))


@pytest.mark.parametrize(
    ("name", "given", "becomes"),
    [
        ("database_url", "postgres://fan@host/name", "postgresql+psycopg://fan@host/name"),
        (
            "database_url",
            "postgresql://host/name?sslmode=require",
            "postgresql+psycopg://host/name?sslmode=require",
        ),
        ("database_url", "postgresql+psycopg://host/name", "postgresql+psycopg://host/name"),
        ("redis_url", "unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=2"),
        ("redis_url", "rediss://host:6380/1", "rediss://host:6380/1"),
        ("external_url", "https://setlist.example/", "https://setlist.example"),
        ("log_level", "debug", "DEBUG"),
        (
            "image_hosts",
            "https://a.example, https://*.b.example:8443,",
            ("https://a.example", "https://*.b.example:8443"),
        ),
    ],
)
def test_a_value_takes_the_form_that_the_code_expects(name: str, given: str, becomes: object) -> None:
    assert getattr(make(**{name: given}), name) == becomes


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"port": 8123}, "http://127.0.0.1:8123"),
        ({"host": "0.0.0.0", "port": 8123}, "http://127.0.0.1:8123"),  # noqa: S104 - listened on by nobody
        ({"host": "::", "port": 8123}, "http://127.0.0.1:8123"),
        ({"host": "::1", "port": 8123}, "http://[::1]:8123"),
        ({"host": "192.0.2.7", "port": 80}, "http://192.0.2.7:80"),
        ({"port": 8123, "external_url": "http://tunnel.example"}, "http://tunnel.example"),
    ],
)
def test_without_an_address_of_its_own_the_site_is_where_it_listens(
    given: dict[str, object], address: str
) -> None:
    assert make(**given).external_url == address


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        ({}, Sources.SANDBOX),
        ({"ticketmaster_key": "key"}, Sources.LIVE),
        ({"setlistfm_key": "key"}, Sources.LIVE),
        ({"spotify_client_id": "id"}, Sources.LIVE),
        ({"ticketmaster_key": "key", "sources": "sandbox"}, Sources.SANDBOX),
        ({"sources": "live"}, Sources.LIVE),
    ],
)
def test_data_are_live_as_soon_as_there_is_a_key(given: dict[str, object], sources: Sources) -> None:
    assert make(**given).data_sources is sources


class TestLoading:
    def test_the_environment_counts_before_the_file_and_an_empty_value_is_none(
        self, alone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (alone / ".env").write_text("PORT=8001\nWEB_THREADS=30\nLOG_LEVEL=\nNOT_OURS=1\n")
        monkeypatch.setenv("PORT", "8002")
        monkeypatch.setenv("REDIS_URL", "")
        found = load_settings()
        assert (found.port, found.web_threads, found.log_level, found.redis_url) == (8002, 30, "INFO", None)
        assert found.external_url == "http://127.0.0.1:8002"

    def test_the_program_ends_with_a_line_for_each_that_is_wrong(
        self, alone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PORT", "eight")
        monkeypatch.setenv("LOG_LEVEL", "loud")
        with pytest.raises(SystemExit) as end:
            load_settings()
        assert str(end.value).splitlines() == [
            "Setlist: the settings (environment and .env) are not usable; .env.example explains each:",
            "  PORT: must be a valid integer",
            "  LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR",
        ]

    def test_what_needs_the_servers_says_which_are_not_named(
        self, alone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
        assert load_settings().redis_url is None
        with pytest.raises(SystemExit, match="REDIS_URL: is not set: give it, or let `make run`") as end:
            load_settings(with_servers=True)
        assert "DATABASE_URL" not in str(end.value)

    def test_a_file_that_is_no_text_ends_it_too(self, alone: Path) -> None:
        (alone / ".env").write_bytes(b"PORT=\xff\xfe")
        with pytest.raises(SystemExit, match=r"a settings file \(\.env\) cannot be read"):
            load_settings()
