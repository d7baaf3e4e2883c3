"""Where the data comes from, and how much of it a provider may be asked for."""

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from setlist.settings.addresses import WebAddress

PICTURE_HOST = re.compile(r"https?://(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::\d+)?", re.ASCII)


class Sources(StrEnum):
    SANDBOX = "sandbox"
    LIVE = "live"


class SpotifyMode(StrEnum):
    DEVELOPMENT = "development"
    EXTENDED = "extended"


class ProviderSettings(BaseModel):
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
        if not all(PICTURE_HOST.fullmatch(host) for host in value):
            raise ValueError("must be hosts like https://images.example, separated by commas")
        return value

    @model_validator(mode="after")
    def _reserves_leave_something(self) -> Self:
        if self.reserve_for_fans + self.reserve_for_setlists > 0.9:
            raise ValueError("RESERVE_FOR_FANS and RESERVE_FOR_SETLISTS must leave a tenth for the rest")
        return self

    @property
    def data_sources(self) -> Sources:
        """Where data comes from: as set, else live with any provider key, else the sandbox."""
        if self.sources is not None:
            return self.sources
        keys = (self.ticketmaster_key, self.setlistfm_key, self.spotify_client_id)
        return Sources.LIVE if any(keys) else Sources.SANDBOX
