"""Ticketmaster's Discovery API: an act's coming events, with their venues.

Its habits: nothing found is a 200 without `_embedded`; events without a date are hidden unless asked for,
in two calls that exclude each other; listings past the first 1,000 cannot be reached; the key is a query
parameter, and the body that says its quota is spent repeats it.
"""

from datetime import UTC, datetime

from pydantic import SecretStr

from setlist.providers import reading
from setlist.providers.answers import Attraction, EventRecord, Page, VenueRecord
from setlist.providers.base import Gate, Quota, address
from setlist.providers.errors import BadAnswer, ProviderError
from setlist.providers.reading import Json
from setlist.providers.ticketmaster_events import read_attraction, read_event, read_venue
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call

NAME = "ticketmaster"
MUSIC_SEGMENT = "KZFzniwnSyZfZ7v7nJ"
PAGE_SIZE = 200
MOST_PAGES = 5  # size x page must stay below 1,000
ATTRACTIONS = 20

# The listings that together are all events of an act, and the parameters that ask for each.
LISTINGS: dict[str, dict[str, str]] = {
    "dated": {},
    "tba": {"includeTBA": "only"},
    "tbd": {"includeTBD": "only"},
}
SPIKE_SECONDS = 1.0
QUOTA_SECONDS = 3600.0  # a spent day ends 24 hours after its first call, which we do not know: ask hourly


class Ticketmaster:
    def __init__(self, gate: Gate, base_url: str, key: SecretStr) -> None:
        self._gate = gate
        self._base_url = base_url
        self._key = key

    def attractions(self, name: str) -> tuple[Attraction, ...]:
        """Acts of that name in music, tribute bands among the first."""
        name = reading.text(name)
        if not name:
            return ()
        params = {"keyword": name, "segmentId": MUSIC_SEGMENT, "size": str(ATTRACTIONS), "locale": "*"}
        body = self._ask("attractions", "attractions.json", params=params)
        return reading.read_all(_embedded(body, "attractions"), read_attraction)[0]

    def attraction(self, id: str) -> Attraction:
        record = read_attraction(self._ask("attraction", "attractions", f"{id}.json", params={"locale": "*"}))
        if record is None:
            raise BadAnswer(NAME, "answered with an attraction without an id or a name")
        return record

    def events(self, attraction_id: str, *, cursor: str | None = None) -> Page[EventRecord]:
        """The coming events: those with a date, then those to be announced, then those to be determined.

        A cursor is the listing and its page, as in "tba:0". An event may come in two listings. A listing
        ends with its last page by its own count, or an empty page, or the last one that can be reached.
        """
        listing, number = _position(cursor)
        params = {
            "attractionId": attraction_id,
            "size": str(PAGE_SIZE),
            "page": str(number),
            "sort": "date,asc",
            "locale": "*",
        }
        body = self._ask("events", "events.json", params=params | LISTINGS[listing])
        listed = _embedded(body, "events")
        items, skipped = reading.read_all(listed, read_event)
        total = reading.integer(reading.inside(body, "page", "totalElements"))
        following = _following(listing, number, more=bool(listed) and _promises_more(body, number))
        return Page(items=items, cursor=following, total=total, skipped=skipped)

    def venue(self, id: str) -> VenueRecord:
        record = read_venue(self._ask("venue", "venues", f"{id}.json", params={"locale": "*"}))
        if record is None:
            raise BadAnswer(NAME, "answered with a venue without an id or a name")
        return record

    def ping(self) -> None:
        """One cheap call; raises what is wrong."""
        self._ask("ping", "attractions.json", params={"size": "1"})

    def _ask(self, endpoint: str, *segments: str, params: dict[str, str]) -> Json:
        key = ("apikey", self._key.get_secret_value())
        url = address(NAME, self._base_url, *segments)
        call = Call(endpoint=endpoint, url=url, params=(*params.items(), key))
        return self._gate.ask(call, _error)


def _error(answer: Answer) -> ProviderError:
    body = answer.json() or {}
    if answer.status == 429:
        code = reading.text(reading.inside(body, "fault", "detail", "errorcode"))
        spent = code.endswith("QuotaViolation") or answer.headers.get("Rate-Limit-Available") == "0"
        reset = _reset(answer) if spent else None
        seconds = (reset - datetime.now(UTC)).total_seconds() if reset else QUOTA_SECONDS
        return throttled(NAME, answer, otherwise=seconds if spent else SPIKE_SECONDS)
    errors = reading.mappings(body.get("errors"))
    return usual_error(NAME, answer, detail=reading.identifier(errors[0].get("code")) if errors else "")


def quota(answer: Answer) -> Quota | None:
    """What is left of the day, which it tells with answers of 200 only."""
    left, resets_at = reading.integer(answer.headers.get("Rate-Limit-Available"), lowest=0), _reset(answer)
    return None if left is None or resets_at is None else Quota(left=left, resets_at=resets_at)


def _reset(answer: Answer) -> datetime | None:
    """When a new day's calls begin: epoch milliseconds, sent with some answers only."""
    milliseconds = reading.integer(answer.headers.get("Rate-Limit-Reset"), lowest=1, highest=10**14)
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def _embedded(body: Json, kind: str) -> list[object]:
    """The entries; none at all is an honest answer only where it counts them."""
    if "_embedded" not in body and isinstance(body.get("page"), dict):
        return []
    listed = reading.inside(body, "_embedded", kind)
    if not isinstance(listed, list):
        raise BadAnswer(NAME, f"answered without {kind}")
    return listed


def _position(cursor: str | None) -> tuple[str, int]:
    listing, _, number = (cursor or "").partition(":")
    if listing not in LISTINGS:
        return "dated", 0
    return listing, reading.integer(number, highest=MOST_PAGES - 1) or 0


def _following(listing: str, number: int, *, more: bool) -> str | None:
    if more and number + 1 < MOST_PAGES:
        return f"{listing}:{number + 1}"
    names = list(LISTINGS)
    later = names[names.index(listing) + 1 :]
    return f"{later[0]}:0" if later else None


def _promises_more(body: Json, number: int) -> bool:
    pages = reading.integer(reading.inside(body, "page", "totalPages")) or 0
    return number + 1 < pages or reading.inside(body, "_links", "next") is not None
