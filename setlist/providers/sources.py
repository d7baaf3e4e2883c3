"""The providers of this installation: which are on, and what the others miss."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import redis
from pydantic import SecretStr

from config import Settings
from config import Sources as Origin
from setlist.providers import musicbrainz, setlistfm, spotify, ticketmaster
from setlist.providers.base import Gate, OnCall, uncounted
from setlist.providers.errors import LABELS
from setlist.providers.musicbrainz import MusicBrainz
from setlist.providers.setlistfm import SetlistFm
from setlist.providers.spotify import Spotify
from setlist.providers.spotify_token import SpotifyAccess
from setlist.providers.ticketmaster import Ticketmaster
from setlist.providers.wire import Limits, Wire
from setlist.services.breaker import Breakers
from setlist.services.pacing import Pace, Pacer

# Calls a second that each provider allows, or less where it was seen to be stricter than it says.
PACES = {
    musicbrainz.NAME: Pace(per_second=1),
    ticketmaster.NAME: Pace(per_second=2),
    setlistfm.NAME: Pace(per_second=1),
    spotify.NAME: Pace(per_second=3),
}
MISSING = {
    ticketmaster.NAME: "TICKETMASTER_KEY",
    setlistfm.NAME: "SETLISTFM_KEY",
    spotify.NAME: "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET",
}
USER_AGENT = "Setlist/0.1 ( {contact} )"
_SANDBOX_KEY = SecretStr("sandbox")  # what the sandbox accepts
_BREAKERS = Breakers()  # jobs open their own sources; what is down is down for all of them


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """The clients. None: off, since its key is not set."""

    musicbrainz: MusicBrainz
    ticketmaster: Ticketmaster | None = None
    setlistfm: SetlistFm | None = None
    spotify: Spotify | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceStatus:
    name: str
    label: str
    on: bool
    missing: str = ""  # the settings that would turn it on


def open_sources(
    settings: Settings,
    *,
    redis: redis.Redis | None = None,
    on_call: OnCall | None = None,
    purpose: str = "",
) -> Sources:
    """The clients as configured. Nothing is connected before the first call.

    `on_call` hears of every request sent: of which provider, and of which of its endpoints.
    """
    opening = _Opening(settings, Pacer(redis), on_call or uncounted, purpose)
    return opening.sandbox() if settings.data_sources is Origin.SANDBOX else opening.live()


def status(sources: Sources) -> tuple[SourceStatus, ...]:
    """Each provider, on or off, in the order in which an import asks them."""
    return tuple(
        SourceStatus(
            name=name,
            label=LABELS[name],
            on=getattr(sources, name) is not None,
            missing="" if getattr(sources, name) is not None else MISSING[name],
        )
        for name in PACES
    )


@dataclass(frozen=True, slots=True)
class _Opening:
    settings: Settings
    pacer: Pacer
    on_call: OnCall
    purpose: str

    def sandbox(self) -> Sources:
        root = self.settings.sandbox_url.rstrip("/")
        access = SpotifyAccess(
            token_url=f"{root}/spotify/api/token",
            client_id="sandbox",
            client_secret=_SANDBOX_KEY,
            market=self.settings.spotify_market,
        )
        return Sources(
            musicbrainz=self._musicbrainz(f"{root}/musicbrainz/ws/2"),
            ticketmaster=self._ticketmaster(f"{root}/ticketmaster/discovery/v2", _SANDBOX_KEY),
            setlistfm=self._setlistfm(f"{root}/setlistfm/rest/1.0", _SANDBOX_KEY),
            spotify=self._spotify(f"{root}/spotify/v1", access),
        )

    def live(self) -> Sources:
        settings = self.settings
        access = None
        if settings.spotify_client_id and settings.spotify_client_secret:
            access = SpotifyAccess(
                token_url=settings.spotify_token_url,
                client_id=settings.spotify_client_id,
                client_secret=settings.spotify_client_secret,
                market=settings.spotify_market,
            )
        return Sources(
            musicbrainz=self._musicbrainz(settings.musicbrainz_url),
            ticketmaster=self._ticketmaster(settings.ticketmaster_url, settings.ticketmaster_key),
            setlistfm=self._setlistfm(settings.setlistfm_url, settings.setlistfm_key),
            spotify=self._spotify(settings.spotify_url, access),
        )

    def _musicbrainz(self, url: str) -> MusicBrainz:
        return MusicBrainz(self._gate(musicbrainz.NAME, url), url)

    def _ticketmaster(self, url: str, key: SecretStr | None) -> Ticketmaster | None:
        return Ticketmaster(self._gate(ticketmaster.NAME, url), url, key) if key else None

    def _setlistfm(self, url: str, key: SecretStr | None) -> SetlistFm | None:
        return SetlistFm(self._gate(setlistfm.NAME, url), url, key) if key else None

    def _spotify(self, url: str, access: SpotifyAccess | None) -> Spotify | None:
        return Spotify(self._gate(spotify.NAME, url), url, access) if access else None

    def _gate(self, name: str, url: str) -> Gate:
        settings = self.settings
        in_sandbox = settings.data_sources is Origin.SANDBOX
        limits = Limits(
            connect_seconds=settings.provider_connect_seconds,
            read_seconds=settings.provider_read_seconds,
            total_seconds=settings.provider_total_seconds,
            max_bytes=settings.provider_max_bytes,
        )
        user_agent = USER_AGENT.format(contact=settings.contact)
        return Gate(
            provider=name,
            wire=Wire(name, limits, user_agent=user_agent, direct=in_sandbox),
            breaker=_BREAKERS.get(f"{name} at {urlsplit(url).netloc}"),
            pacer=self.pacer,
            pace=None if in_sandbox and not settings.sandbox_limits else PACES[name],
            on_call=self.on_call,
            purpose=self.purpose,
        )
