"""Settings: the only reader of the environment. `.env.example` lists them with their meaning."""

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

    model_config = SettingsConfigDict(
        env_file=(ROOT / "var/run/services.env", ROOT / ".env"),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
    )
