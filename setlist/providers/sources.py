"""The providers of this installation: which are on, what the others miss, and what their clients share."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

import redis
from pydantic import SecretStr
from sqlalchemy.orm import Session

from config import Settings
from config import Sources as Origin
from setlist.providers import musicbrainz, setlistfm, spotify, ticketmaster
from setlist.providers.base import Gate, OnCall, Quota, says_nothing, uncounted
from setlist.providers.errors import LABELS
from setlist.providers.habits import breaker_rule, budget_rule
from setlist.providers.kept import KeptAnswers
from setlist.providers.musicbrainz import MusicBrainz
from setlist.providers.setlistfm import SetlistFm
from setlist.providers.spotify import Spotify
from setlist.providers.spotify_token import SpotifyAccess, Token
from setlist.providers.ticketmaster import Ticketmaster
from setlist.providers.wire import Answer, Limits, Wire
from setlist.services import breaker_history
from setlist.services.batching import Gatherer, SingleFlight
from setlist.services.breaker import BreakerChange, Breakers
from setlist.services.budget import Purpose
from setlist.services.cache import Cache
from setlist.services.ledger import Ledger
from setlist.services.spending import Budget

NAMES = (musicbrainz.NAME, ticketmaster.NAME, setlistfm.NAME, spotify.NAME)  # as an import asks them
MISSING = MappingProxyType(
    {
        ticketmaster.NAME: "TICKETMASTER_KEY",
        setlistfm.NAME: "SETLISTFM_KEY",
        spotify.NAME: "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET",
    }
)
QUOTAS: MappingProxyType[str, Callable[[Answer], Quota | None]] = MappingProxyType(
    {ticketmaster.NAME: ticketmaster.quota}
)
K = TypeVar("K")
C = TypeVar("C")
USER_AGENT = "Setlist/0.1 ( {contact} )"
_SANDBOX_KEY = SecretStr("sandbox")  # what the sandbox accepts


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where the providers are reached, and with what. None: no key."""

    musicbrainz: str
    ticketmaster: tuple[str, SecretStr | None]
    setlistfm: tuple[str, SecretStr | None]
    spotify: tuple[str, SpotifyAccess | None]

    def has_key(self, name: str) -> bool:
        return name == musicbrainz.NAME or getattr(self, name)[1] is not None


@dataclass(kw_only=True)
class Providers:
    """What all clients of a process share: connections, budgets, breakers, kept answers, Spotify's token.

    Nothing is connected before the first call. `open_session` is where calls are written down.
    """

    settings: Settings
    connection: redis.Redis | None = None
    cache: Cache | None = None
    open_session: Callable[[], Session] | None = None
    places: Places = field(init=False)
    breakers: Breakers = field(init=False)
    gates: dict[str, Gate] = field(init=False)
    ledger: Ledger = field(init=False)
    _token: Token | None = field(init=False, default=None)
    # One a purpose: who may call now is not decided by a job that may not.
    _urls: dict[Purpose, Gatherer[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.places = _sandbox(self.settings) if self.in_sandbox else _live(self.settings)
        self.ledger = Ledger(self.open_session)
        self._urls = {purpose: musicbrainz.gather_urls() for purpose in Purpose}
        self.breakers = Breakers(self.connection, on_change=self.ledger.changed, restore=self._last_change)
        self.gates = {name: self._gate(name) for name in NAMES}
        access = self.places.spotify[1]
        if access is not None:
            self._token = Token(self.gates[spotify.NAME], access)

    @property
    def in_sandbox(self) -> bool:
        return self.settings.data_sources is Origin.SANDBOX

    def account(self, name: str) -> str:
        """What a provider's calls are counted under: the sandbox's never count as the real one's."""
        return f"sandbox {name}" if self.in_sandbox else name

    def sources(self, *, purpose: Purpose = Purpose.CHECK, on_call: OnCall = uncounted) -> Sources:
        """The clients for one job. `on_call` hears of every request sent: provider and endpoint."""
        gates = {name: replace(gate, purpose=purpose, on_call=on_call) for name, gate in self.gates.items()}
        places = self.places
        return Sources(
            musicbrainz=MusicBrainz(gates[musicbrainz.NAME], places.musicbrainz, self._urls[purpose]),
            ticketmaster=_keyed(Ticketmaster, gates[ticketmaster.NAME], *places.ticketmaster),
            setlistfm=_keyed(SetlistFm, gates[setlistfm.NAME], *places.setlistfm),
            spotify=_keyed(Spotify, gates[spotify.NAME], places.spotify[0], self._token),
        )

    def status(self) -> tuple[SourceStatus, ...]:
        """Each provider, on or off, in the order in which an import asks them."""
        return tuple(
            SourceStatus(
                name=name,
                label=LABELS[name],
                on=self.places.has_key(name),
                missing="" if self.places.has_key(name) else MISSING[name],
            )
            for name in NAMES
        )

    def close(self) -> None:
        """Write down what was noted, and hang up."""
        self.ledger.close()
        for gate in self.gates.values():
            gate.wire.close()

    def _gate(self, name: str) -> Gate:
        settings, account = self.settings, self.account(name)
        limits = Limits(
            connect_seconds=settings.provider_connect_seconds,
            read_seconds=settings.provider_read_seconds,
            total_seconds=settings.provider_total_seconds,
            max_bytes=settings.provider_max_bytes,
        )
        user_agent = USER_AGENT.format(contact=settings.contact)
        return Gate(
            provider=name,
            wire=Wire(name, limits, user_agent=user_agent, direct=self.in_sandbox),
            breaker=self.breakers.get(account, breaker_rule(name, settings)),
            budget=Budget(
                account,
                budget_rule(name, settings),
                connection=self.connection,
                ledger=self.ledger,
                open_session=self.open_session,
            ),
            kept=KeptAnswers(self.cache, account) if self.cache is not None else None,
            flights=SingleFlight(),
            quota=QUOTAS.get(name, says_nothing),
        )

    def _last_change(self, account: str) -> BreakerChange | None:
        if self.open_session is None:
            return None
        with self.open_session() as session:
            return breaker_history.last_change(session, account)


def _keyed(client: Callable[[Gate, str, K], C], gate: Gate, url: str, key: K | None) -> C | None:
    return client(gate, url, key) if key is not None else None


def open_sources(
    settings: Settings,
    *,
    redis: redis.Redis | None = None,
    on_call: OnCall = uncounted,
    purpose: Purpose = Purpose.CHECK,
) -> Sources:
    """The clients as configured, on their own: nothing is written down."""
    return Providers(settings=settings, connection=redis).sources(purpose=purpose, on_call=on_call)


def _sandbox(settings: Settings) -> Places:
    root = settings.sandbox_url.rstrip("/")
    access = SpotifyAccess(
        token_url=f"{root}/spotify/api/token",
        client_id="sandbox",
        client_secret=_SANDBOX_KEY,
        market=settings.spotify_market,
        mode=settings.spotify_mode,
    )
    return Places(
        musicbrainz=f"{root}/musicbrainz/ws/2",
        ticketmaster=(f"{root}/ticketmaster/discovery/v2", _SANDBOX_KEY),
        setlistfm=(f"{root}/setlistfm/rest/1.0", _SANDBOX_KEY),
        spotify=(f"{root}/spotify/v1", access),
    )


def _live(settings: Settings) -> Places:
    access = None
    if settings.spotify_client_id and settings.spotify_client_secret:
        access = SpotifyAccess(
            token_url=settings.spotify_token_url,
            client_id=settings.spotify_client_id,
            client_secret=settings.spotify_client_secret,
            market=settings.spotify_market,
            mode=settings.spotify_mode,
        )
    return Places(
        musicbrainz=settings.musicbrainz_url,
        ticketmaster=(settings.ticketmaster_url, settings.ticketmaster_key),
        setlistfm=(settings.setlistfm_url, settings.setlistfm_key),
        spotify=(settings.spotify_url, access),
    )
