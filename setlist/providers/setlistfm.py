"""setlist.fm: what was played. Artists go by their MBID here too.

Its habits: nothing found is a 404, XML comes unless JSON is asked for, days come first in dates, the
throttle says nothing about when to come back, a third of the setlists are still empty, and its
coordinates are those of the city.

Batches: none, and 20 setlists a page whatever is asked for. An act costs max(1, ceil(setlists / 20)); a
re-sync 1, since the search takes the time of the last change.
"""

from datetime import UTC, datetime

from pydantic import SecretStr

from setlist.providers import reading
from setlist.providers.answers import ArtistCandidate, Page, SetlistRecord
from setlist.providers.base import Gate, address
from setlist.providers.errors import BadAnswer, NotFound, ProviderError
from setlist.providers.setlistfm_answers import found_artists, setlists_page
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call

NAME = "setlistfm"
THROTTLE_SECONDS = 2.0  # enough in a live probe
QUOTA_SECONDS = 3600.0  # for the day's 1,440 calls; when a day begins is not known


class SetlistFm:
    def __init__(self, gate: Gate, base_url: str, key: SecretStr) -> None:
        self._gate = gate
        self._base_url = base_url
        self._key = key

    def setlists(self, mbid: str, *, cursor: str | None = None) -> Page[SetlistRecord]:
        """Newest first, 20 a page; an artist it does not know has none."""
        return self._paged("setlists", "artist", mbid, "setlists", params={}, cursor=cursor)

    def changed_setlists(
        self, mbid: str, *, since: datetime, cursor: str | None = None
    ) -> Page[SetlistRecord]:
        """Those that were added or edited since then."""
        params = {"artistMbid": mbid, "lastUpdated": f"{since.astimezone(UTC):%Y%m%d%H%M%S}"}
        return self._paged("changed-setlists", "search", "setlists", params=params, cursor=cursor)

    def search_artists(self, name: str) -> tuple[ArtistCandidate, ...]:
        name = reading.text(name)
        if not name:
            return ()
        params = {"artistName": name, "p": "1", "sort": "relevance"}  # the default order is by sort name
        call = self._call("artist-search", "search", "artists", params=params)
        try:
            return self._gate.ask(call, _error, found_artists)
        except NotFound:
            return ()

    def ping(self) -> None:
        """One cheap call; raises what is wrong."""
        self.search_artists("a")

    def _paged(
        self, endpoint: str, *segments: str, params: dict[str, str], cursor: str | None
    ) -> Page[SetlistRecord]:
        number = reading.integer(cursor, lowest=1) or 1
        call = self._call(endpoint, *segments, params={**params, "p": str(number)})
        try:
            return self._gate.ask(call, _error, lambda body: setlists_page(body, number))
        except NotFound:
            return Page(items=())

    def _call(self, endpoint: str, *segments: str, params: dict[str, str]) -> Call:
        return Call(
            endpoint=endpoint,
            url=address(NAME, self._base_url, *segments),
            params=tuple(params.items()),
            headers={"x-api-key": self._key.get_secret_value(), "Accept": "application/json"},
        )


def _error(answer: Answer) -> ProviderError:
    body = answer.json()
    if answer.status == 404 and body is None:
        # "Nothing found" comes as JSON; a web server that does not know the path must not look like it.
        return BadAnswer(NAME, "answered something unreadable (HTTP 404)")
    message = reading.text((body or {}).get("message"))
    if answer.status == 429:
        spent = "limit exceeded" in message.lower()
        return throttled(NAME, answer, otherwise=QUOTA_SECONDS if spent else THROTTLE_SECONDS)
    return usual_error(NAME, answer)
