"""Settings: the only reader of the environment. `.env.example` lists them with their meaning."""

from typing import Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from setlist.settings.abuse import AbuseSettings
from setlist.settings.accounts import AccountSettings
from setlist.settings.mail import MailSettings
from setlist.settings.providers import ProviderSettings, Sources, SpotifyMode
from setlist.settings.servers import ROOT, ServerSettings
from setlist.settings.site import (
    DEVELOPMENT_SECRET,
    IN_PRODUCTION,
    SHORTEST_SECRET,
    Environment,
    SiteSettings,
)
from setlist.settings.upkeep import UpkeepSettings
from setlist.settings.work import JobSettings, VotingSettings

UNTIL_A_KEY = "as long as no provider's key is set"

__all__ = [
    "DEVELOPMENT_SECRET",
    "IN_PRODUCTION",
    "ROOT",
    "SHORTEST_SECRET",
    "Environment",
    "Settings",
    "Sources",
    "SpotifyMode",
]


class Settings(  # the last is the first in .env.example
    UpkeepSettings,
    MailSettings,
    AbuseSettings,
    AccountSettings,
    VotingSettings,
    JobSettings,
    ProviderSettings,
    ServerSettings,
    SiteSettings,
    BaseSettings,
):
    """Every setting, its default and what it means. A bad value stops the start with its name.

    Sources, the later wins: `var/run/services.env` (written by `setlist run` for the embedded
    servers), `.env`, the environment.
    """

    @model_validator(mode="after")
    def _production_says_where_its_data_is_from(self) -> Self:
        """Without any key it would show invented shows and songs, and nobody would have said so."""
        is_guessed = self.sources is None and self.data_sources is Sources.SANDBOX
        if self.environment is Environment.PRODUCTION and is_guessed:
            raise ValueError(
                f"{IN_PRODUCTION}SOURCES must be live, or sandbox for invented data, {UNTIL_A_KEY}"
            )
        return self

    model_config = SettingsConfigDict(
        env_file=(ROOT / "var/run/services.env", ROOT / ".env"),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
    )
