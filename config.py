"""Settings: the only reader of the environment. `.env.example` lists them with their meaning."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).parent
DEVELOPMENT_SECRET = "only-for-development-never-in-production"  # noqa: S105 - production refuses it
SHORTEST_SECRET = 32
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to
IN_PRODUCTION = "in production "


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Sources(StrEnum):
    SANDBOX = "sandbox"
    LIVE = "live"


class SpotifyMode(StrEnum):
    DEVELOPMENT = "development"
    EXTENDED = "extended"


def _address(url: str) -> SplitResult:
    """Its parts. What urllib says of a bad one would repeat a piece of it, and that may be the password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - to read it is to check it
    except ValueError:
        raise ValueError(
            "is no address; in its user or password write / as %2F, : as %3A, @ as %40, [ as %5B"
        ) from None
    return parts


def _web_address(value: str) -> str:
    parts = _address(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that starts with http:// or https://")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Every setting, its default and what it means. A bad value stops the start with its name.

    Sources, the later wins: `var/run/services.env` (written by `setlist run` for the embedded
    servers), `.env`, the environment.
    """

    model_config = SettingsConfigDict(
        env_file=(ROOT / "var/run/services.env", ROOT / ".env"),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
    )

    # The site
    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development or production (which refuses weak settings)"
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET),
        description=f"signs cookies; in production {SHORTEST_SECRET} random characters or more",
    )
    debug: bool = Field(default=False, description="Flask's debugger; refused in production")
    host: str = Field("127.0.0.1", description="the address the web server listens on")
    port: int = Field(8000, ge=1, le=65535, description="the port the web server listens on")
    external_url: WebAddress = Field(
        "",
        validate_default=True,
        description="the address that visitors use; https in production; unset: http://HOST:PORT",
    )
    web_processes: int = Field(1, ge=1, le=64, description="web server processes")
    web_threads: int = Field(24, ge=2, le=256, description="threads of each web server process")
    event_streams: int = Field(
        12, ge=0, description="open event streams a web process may hold; fewer than WEB_THREADS"
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="reverse proxies in front whose X-Forwarded-* headers are believed"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    # The servers
    database_url: str | None = Field(
        None, description="PostgreSQL 14 to 18, postgresql://user:password@host/name; unset: embedded"
    )
    redis_url: str | None = Field(
        None, description="Redis 6.2+ or Valkey, redis://, rediss:// or unix://; unset: embedded"
    )
    redis_seconds: float = Field(0.08, gt=0, le=5, description="longest wait of a page for Redis")
    page_cache_seconds: float = Field(
        15.0, ge=0, description="how old a page that is the same for everyone may be; 0: always made anew"
    )
    var_dir: Path = Field(ROOT / "var", description="where the embedded servers keep their data")

    # Where the data comes from
    sources: Sources | None = Field(
        None, description="sandbox (invented data) or live; unset: live as soon as a provider key is set"
    )
    sandbox_url: WebAddress = Field("http://127.0.0.1:8090", description="where the sandbox is reached")
    sandbox_artists: int = Field(400, ge=1, le=100_000, description="how many artists it invents")
    sandbox_seed: int = Field(7, description="the same seed gives the same catalogue")
    sandbox_latency_ms: int = Field(20, ge=0, le=60_000, description="delay of each of its answers")
    sandbox_limits: bool = Field(
        default=False, description="whether it enforces the real providers' rate limits"
    )
    sandbox_limit_speed: float = Field(
        1.0, gt=0, description="how fast the clock of its limits runs: at 3600 a day takes 24 seconds"
    )
    contact: str = Field(
        "https://example.org/setlist",
        description="address or e-mail sent to providers in the User-Agent; MusicBrainz requires a real one",
    )
    musicbrainz_url: WebAddress = Field("https://musicbrainz.org/ws/2", description="MusicBrainz; no key")
    ticketmaster_url: WebAddress = Field(
        "https://app.ticketmaster.com/discovery/v2", description="Ticketmaster Discovery API"
    )
    ticketmaster_key: SecretStr | None = Field(None, description="its API key; unset: off")
    setlistfm_url: WebAddress = Field("https://api.setlist.fm/rest/1.0", description="setlist.fm")
    setlistfm_key: SecretStr | None = Field(
        None, description="its API key, free for non-commercial use only; unset: off"
    )
    spotify_url: WebAddress = Field("https://api.spotify.com/v1", description="Spotify Web API")
    spotify_token_url: WebAddress = Field(
        "https://accounts.spotify.com/api/token", description="where Spotify hands out tokens"
    )
    spotify_client_id: str | None = Field(None, description="Spotify's client id; unset: off")
    spotify_client_secret: SecretStr | None = Field(None, description="Spotify's client secret")
    spotify_market: str = Field("US", min_length=2, max_length=2, description="country of its catalogue")
    spotify_mode: SpotifyMode = Field(
        SpotifyMode.DEVELOPMENT, description="development, or extended (batch endpoints) where it is granted"
    )
    image_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (
            "https://i.scdn.co",
            "https://s1.ticketm.net",
            "https://coverartarchive.org",
            "https://*.archive.org",
        ),
        description="hosts that pictures may come from, comma-separated (for the Content-Security-Policy)",
    )

    # Calls to providers
    provider_connect_seconds: float = Field(3.05, gt=0, description="longest wait for a connection")
    provider_read_seconds: float = Field(10.0, gt=0, description="longest wait between two bytes")
    provider_total_seconds: float = Field(20.0, gt=0, description="longest whole call")
    provider_max_bytes: int = Field(8_000_000, gt=0, description="largest answer that is read")
    provider_rest_seconds: float = Field(20.0, gt=0, description="first rest of one that fails repeatedly")
    musicbrainz_per_second: float = Field(1.0, gt=0, description="calls a second; its rule for everyone")
    ticketmaster_per_second: float = Field(2.0, gt=0, description="calls a second; documented as 2 and as 5")
    ticketmaster_per_day: int = Field(5_000, gt=0, description="calls a day of the key")
    setlistfm_per_second: float = Field(1.0, gt=0, description="calls a second; 2 were seen to be refused")
    setlistfm_per_day: int = Field(1_440, gt=0, description="calls a day of the key; more on request")
    spotify_per_second: float = Field(2.8, gt=0, description="calls a second; the true one is unpublished")
    spotify_per_day: int = Field(
        1_500, gt=0, description="calls in 24 hours of the developer's account; 2,000 to 3,800 were seen"
    )
    reserve_for_fans: float = Field(
        0.3, ge=0, le=0.9, description="share of a day's calls kept for imports that a fan waits for"
    )
    reserve_for_setlists: float = Field(
        0.15, ge=0, le=0.9, description="share of setlist.fm's day kept for the mornings after shows"
    )

    # Jobs
    worker_processes: int = Field(1, ge=1, le=64, description="worker processes")
    worker_threads: int = Field(4, ge=1, le=64, description="jobs at once in each worker process")
    job_lease_seconds: float = Field(
        12.0, ge=2, description="a job whose worker is silent for this long goes to another"
    )
    job_attempts: int = Field(5, ge=1, description="attempts before a job is given up as dead")
    shutdown_grace_seconds: float = Field(
        8.0, gt=0, description="how long a stopping worker may take to reach a checkpoint"
    )

    # Voting
    guest_wishes: int = Field(5, ge=1, le=100, description="wishes of a guest at one show")
    account_wishes: int = Field(15, ge=1, le=100, description="wishes of an account at one show")
    default_start_hour: int = Field(
        20, ge=0, le=23, description="local hour at which voting locks where no start time is known"
    )

    @field_validator("external_url", mode="before")
    @classmethod
    def _where_it_listens(cls, value: str, info: ValidationInfo) -> str:
        """As set, else where the web server is reached from this machine."""
        if value:
            return value
        host, port = info.data.get("host", ""), info.data.get("port", 0)
        host = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
        return f"http://{host}:{port}"

    @field_validator("contact")
    @classmethod
    def _fits_a_header(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise ValueError("must be one line of plain ASCII, since it is sent in a header")
        return value

    @field_validator("image_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return re.findall(r"[^\s,]+", value) if isinstance(value, str) else value

    @field_validator("image_hosts")
    @classmethod
    def _plain_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """They are written into a header: nothing may end their directive there and begin another."""
        if not all(re.fullmatch(r"https?://[\w.:*-]+", host, re.ASCII) for host in value):
            raise ValueError("must be hosts like https://images.example, separated by commas")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("database_url")
    @classmethod
    def _with_driver(cls, value: str | None) -> str | None:
        """Providers hand out postgres:// addresses; SQLAlchemy wants the driver named."""
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must start with postgresql://")
        _address(value)
        return f"postgresql+psycopg://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str | None) -> str | None:
        if value is not None and _address(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _streams_leave_threads(self) -> Self:
        if self.event_streams >= self.web_threads:
            raise ValueError("EVENT_STREAMS must be smaller than WEB_THREADS, or pages find no free thread")
        return self

    @model_validator(mode="after")
    def _reserves_leave_something(self) -> Self:
        if self.reserve_for_fans + self.reserve_for_setlists > 0.9:
            raise ValueError("RESERVE_FOR_FANS and RESERVE_FOR_SETLISTS must leave a tenth for the rest")
        return self

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        problems = []
        secret = self.secret_key.get_secret_value()
        if secret == DEVELOPMENT_SECRET or len(secret) < SHORTEST_SECRET:
            problems.append(f"SECRET_KEY must be set to {SHORTEST_SECRET} random characters or more")
        if self.debug:
            problems.append("DEBUG must be off")
        if urlsplit(self.external_url).scheme != "https":
            problems.append("EXTERNAL_URL must start with https://")
        if problems:
            raise ValueError(IN_PRODUCTION + "; ".join(problems))
        return self

    @property
    def data_sources(self) -> Sources:
        """Where data comes from: as set, else live with any provider key, else the sandbox."""
        if self.sources is not None:
            return self.sources
        keys = (self.ticketmaster_key, self.setlistfm_key, self.spotify_client_id)
        return Sources.LIVE if any(keys) else Sources.SANDBOX

    @property
    def secure(self) -> bool:
        """Whether visitors come over https, so that cookies may insist on it."""
        return urlsplit(self.external_url).scheme == "https"
