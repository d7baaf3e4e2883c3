"""The servers that the site stands on."""

from pathlib import Path

from pydantic import BaseModel, Field, field_validator

from setlist.settings.addresses import parts_of

ROOT = Path(__file__).parents[2]


class ServerSettings(BaseModel):
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

    @field_validator("database_url")
    @classmethod
    def _with_driver(cls, value: str | None) -> str | None:
        """Providers hand out postgres:// addresses; SQLAlchemy wants the driver named."""
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must start with postgresql://")
        parts_of(value)
        return f"postgresql+psycopg://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str | None) -> str | None:
        if value is not None and parts_of(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value
