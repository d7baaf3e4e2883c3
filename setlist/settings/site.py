"""The site itself, and what is refused in production."""

from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator, model_validator

from setlist.settings.addresses import WebAddress

DEVELOPMENT_SECRET = "only-for-development-never-in-production"  # noqa: S105 - production refuses it
SHORTEST_SECRET = 32
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to
IN_PRODUCTION = "in production "


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SiteSettings(BaseModel):
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
    hsts_subdomains: bool = Field(
        default=False,
        description="whether browsers insist on https for all hosts below that of EXTERNAL_URL too",
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

    @field_validator("external_url", mode="before")
    @classmethod
    def _where_it_listens(cls, value: str, info: ValidationInfo) -> str:
        """As set, else where the web server is reached from this machine."""
        if value:
            return value
        host, port = info.data.get("host", ""), info.data.get("port", 0)
        host = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
        return f"http://{host}:{port}"

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _streams_leave_threads(self) -> Self:
        if self.event_streams >= self.web_threads:
            raise ValueError("EVENT_STREAMS must be smaller than WEB_THREADS, or pages find no free thread")
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
    def secure(self) -> bool:
        """Whether visitors come over https, so that cookies may insist on it."""
        return urlsplit(self.external_url).scheme == "https"
