"""Spotify's token: an hour's permission for the app, fetched when needed."""

import logging
import threading
import time
from base64 import b64encode
from dataclasses import dataclass

from pydantic import SecretStr

from config import SpotifyMode
from setlist.providers import reading
from setlist.providers.base import Gate
from setlist.providers.errors import BadAnswer, Misconfigured, ProviderError
from setlist.providers.reading import Json
from setlist.providers.translation import usual_error
from setlist.providers.wire import Answer, Call

LOG = logging.getLogger(__name__)
NAME = "spotify"
MARGIN_SECONDS = 60.0  # a token is renewed before its last minute
PAGE_SIZES = {SpotifyMode.DEVELOPMENT: 10, SpotifyMode.EXTENDED: 50}
SMALLER_PAGES = (10, 5)  # development mode's limits have been cut before


class TokenExpired(Misconfigured):
    """A token that is not accepted, or no longer: a new one may help, once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpotifyAccess:
    """What an operator's app is known by."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    market: str = "US"  # without one, Spotify calls everything unavailable
    mode: SpotifyMode = SpotifyMode.DEVELOPMENT


class Token:
    """One for all jobs of a process, with what the account was found not to have. Nothing is probed for."""

    def __init__(self, gate: Gate, access: SpotifyAccess) -> None:
        self.access = access
        self._gate = gate
        self._lock = threading.Lock()
        self._mode_lock = threading.Lock()
        self._value = ""
        self._good_until = 0.0
        self.has_batches = access.mode is SpotifyMode.EXTENDED
        self.page_size = PAGE_SIZES[access.mode]  # for search and an artist's albums

    def fall_back(self) -> None:
        """To development mode: the account was taken at its word that it is in the other, and is not."""
        with self._mode_lock:
            self._fall_back()

    def shrink_pages(self, refused: int) -> bool:
        """Whether there are smaller pages to try than those of the size that was refused."""
        with self._mode_lock:
            if self.page_size < refused:  # another thread was refused too, and was faster
                return True
            if self.has_batches:
                self._fall_back()
                return True
            smaller = [size for size in SMALLER_PAGES if size < refused]
            if smaller:
                LOG.warning("Spotify refuses pages of %d: from now on they have %d", refused, smaller[0])
                self.page_size = smaller[0]
            return bool(smaller)

    def current(self) -> str:
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._fetch()
            return self._value

    def forget(self, value: str) -> None:
        """Fetch a new one next time, unless another thread already did."""
        with self._lock:
            if value == self._value:
                self._good_until = 0.0

    def _fall_back(self) -> None:
        if self.has_batches:
            LOG.warning("Spotify has this app in development mode: SPOTIFY_MODE should be development")
            self.has_batches = False
            self.page_size = PAGE_SIZES[SpotifyMode.DEVELOPMENT]

    def _fetch(self) -> None:
        pair = f"{self.access.client_id}:{self.access.client_secret.get_secret_value()}"
        encoded = b64encode(pair.encode(errors="replace")).decode()
        call = Call(
            endpoint="token",
            url=self.access.token_url,
            headers={"Authorization": f"Basic {encoded}"},
            form={"grant_type": "client_credentials"},
        )
        token, lifetime = self._gate.ask(call, _error, _token)
        self._value = token
        self._good_until = time.monotonic() + max(lifetime - MARGIN_SECONDS, lifetime / 2)


def _token(body: Json) -> tuple[str, float]:
    """And for how many seconds it is good."""
    token = body.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise BadAnswer(NAME, "answered without a token")
    return token, reading.number(body.get("expires_in")) or 0.0


def _error(answer: Answer) -> ProviderError:
    if answer.status in {400, 401, 403}:
        return Misconfigured(NAME, "does not accept the client id and secret")
    return usual_error(NAME, answer)
