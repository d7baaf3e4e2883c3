"""Spotify's token: an hour's permission for the app, fetched when needed."""

import threading
import time
from base64 import b64encode
from dataclasses import dataclass

from pydantic import SecretStr

from setlist.providers import reading
from setlist.providers.base import Gate
from setlist.providers.errors import BadAnswer, Misconfigured, ProviderError
from setlist.providers.translation import usual_error
from setlist.providers.wire import Answer, Call

NAME = "spotify"
MARGIN_SECONDS = 60.0  # a token is renewed before its last minute


class TokenExpired(Misconfigured):
    """A token that is not accepted, or no longer: a new one may help, once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpotifyAccess:
    """What an operator's app is known by."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    market: str = "US"  # without one, Spotify calls everything unavailable


class Token:
    """One for all jobs of a process."""

    def __init__(self, gate: Gate, access: SpotifyAccess) -> None:
        self.access = access
        self._gate = gate
        self._lock = threading.Lock()
        self._value = ""
        self._good_until = 0.0

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

    def _fetch(self) -> None:
        pair = f"{self.access.client_id}:{self.access.client_secret.get_secret_value()}"
        encoded = b64encode(pair.encode(errors="replace")).decode()
        call = Call(
            endpoint="token",
            url=self.access.token_url,
            headers={"Authorization": f"Basic {encoded}"},
            form={"grant_type": "client_credentials"},
        )
        body = self._gate.ask(call, _error)
        token = body.get("access_token")
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise BadAnswer(NAME, "answered without a token")
        lifetime = reading.number(body.get("expires_in")) or 0.0
        self._value = token
        self._good_until = time.monotonic() + max(lifetime - MARGIN_SECONDS, lifetime / 2)


def _error(answer: Answer) -> ProviderError:
    if answer.status in {400, 401, 403}:
        return Misconfigured(NAME, "does not accept the client id and secret")
    return usual_error(NAME, answer)
