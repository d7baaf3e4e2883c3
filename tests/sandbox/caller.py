"""Calls as a well-behaved client makes them."""

from dataclasses import dataclass
from typing import Any

import requests

from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.server import RunningSandbox

NAMED = {"User-Agent": "Setlist-tests/1.0 ( https://example.org )"}
AS_JSON = NAMED | {"Accept": "application/json"}
SECONDS = 60.0  # for an answer that other tests keep waiting


@dataclass
class Caller:
    running: RunningSandbox
    session: requests.Session

    def musicbrainz(self, path: str, **query: Any) -> requests.Response:
        return self._get(f"musicbrainz/ws/2/{path}", {"fmt": "json"} | query, NAMED)

    def ticketmaster(self, path: str, **query: Any) -> requests.Response:
        return self._get(f"ticketmaster/discovery/v2/{path}", {"apikey": "sandbox"} | query, AS_JSON)

    def setlistfm(self, path: str, **query: Any) -> requests.Response:
        return self._get(f"setlistfm/rest/1.0/{path}", query, AS_JSON | {"x-api-key": "sandbox"})

    def spotify(self, path: str, **query: Any) -> requests.Response:
        return self._get(f"spotify/v1/{path}", query, AS_JSON | {"Authorization": f"Bearer {self.token()}"})

    def token(self, secret: str = "sandbox") -> str:
        return str(self.ask_for_token(secret).json()["access_token"])

    def ask_for_token(self, secret: str) -> requests.Response:
        url = f"{self.running.url}/spotify/api/token"
        form = {"grant_type": "client_credentials"}
        return self.session.post(url, data=form, auth=("sandbox", secret), timeout=SECONDS)

    def plain(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        return self._get(path, {}, headers or {})

    def switch(self, **switches: Any) -> requests.Response:
        return self.session.post(self.running.control, json=switches, timeout=SECONDS)

    def control(self) -> dict[str, Any]:
        found: dict[str, Any] = self.session.get(self.running.control, timeout=SECONDS).json()
        return found

    def attraction_id(self, act: int = 0) -> str:
        return self.running.sandbox.catalogue.ids.ticketmaster(Kind.ARTIST, act)

    def spotify_id(self, act: int = 0) -> str:
        return self.running.sandbox.catalogue.spotify_id(act)

    def _get(self, path: str, query: dict[str, Any], headers: dict[str, str]) -> requests.Response:
        url = f"{self.running.url}/{path}"
        return self.session.get(url, params=query, headers=headers, timeout=SECONDS, allow_redirects=False)
