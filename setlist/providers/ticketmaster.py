"""Ticketmaster's Discovery API: an act's coming events, with their venues.

Its habits: nothing found is a 200 without `_embedded`; events without a date are hidden unless asked for,
in two calls that exclude each other; listings past the first 1,000 cannot be reached; the key is a query
parameter, and the body that says its quota is spent repeats it.

Batches: `attractionId` takes a comma list, so all ids of an act (or of several) are one walk; pages of 200,
the largest. An act costs 1 (which act it is) + the sum over the three listings of max(1, ceil(events / 200));
a re-sync 1, and the two listings without dates once a day.
"""

from collections.abc import Sequence
from dataclasses import replace
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
ALL_LISTINGS = tuple(LISTINGS)
ATTRACTIONS_FRESH_SECONDS = 600.0  # two imports of namesakes ask the same
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
        call = self._call("attractions", "attractions.json", params=params)
        return self._gate.ask(replace(call, fresh_for=ATTRACTIONS_FRESH_SECONDS), _error, _attractions)

    def attraction(self, id: str) -> Attraction:
        call = self._call("attraction", "attractions", f"{id}.json", params={"locale": "*"})
        return self._gate.ask(call, _error, _attraction)

    def events(
        self,
        attraction_ids: Sequence[str],
        *,
        cursor: str | None = None,
        listings: Sequence[str] = ALL_LISTINGS,
    ) -> Page[EventRecord]:
        """The coming events of one act or several: those with a date, then those to be announced, then those
        to be determined, or what else `listings` says.

        A cursor is the listing and its page, as in "tba:0". An event may come in two listings. A listing
        ends with its last page by its own count, or an empty page, or the last one that can be reached.
        """
        listing, number = _position(cursor, listings)
        params = {
            "attractionId": ",".join(attraction_ids),
            "size": str(PAGE_SIZE),
            "page": str(number),
            "sort": "date,asc",
            "locale": "*",
        }
        call = self._call("events", "events.json", params=params | LISTINGS[listing])
        return self._gate.ask(call, _error, lambda body: _events(body, listing, number, listings))

    def venue(self, id: str) -> VenueRecord:
        call = self._call("venue", "venues", f"{id}.json", params={"locale": "*"})
        return self._gate.ask(call, _error, _venue)

    def ping(self) -> None:
        """One cheap call; raises what is wrong."""
        call = self._call("ping", "attractions.json", params={"size": "1"})
        self._gate.ask(call, _error, _attractions)

    def _call(self, endpoint: str, *segments: str, params: dict[str, str]) -> Call:
        key = ("apikey", self._key.get_secret_value())
        url = address(NAME, self._base_url, *segments)
        return Call(endpoint=endpoint, url=url, params=(*params.items(), key))


def _attractions(body: Json) -> tuple[Attraction, ...]:
    return reading.read_all(_embedded(body, "attractions"), read_attraction)[0]


def _attraction(body: Json) -> Attraction:
    if (record := read_attraction(body)) is None:
        raise BadAnswer(NAME, "answered with an attraction without an id or a name")
    return record


def _events(body: Json, listing: str, number: int, listings: Sequence[str]) -> Page[EventRecord]:
    listed = _embedded(body, "events")
    items, skipped = reading.read_page(NAME, listed, read_event)
    total = reading.integer(reading.inside(body, "page", "totalElements"))
    more = bool(listed) and _promises_more(body, number)
    following = f"{listing}:{number + 1}" if more and number + 1 < MOST_PAGES else _next(listing, listings)
    return Page(items=items, cursor=following, total=total, skipped=skipped)


def _venue(body: Json) -> VenueRecord:
    if (record := read_venue(body)) is None:
        raise BadAnswer(NAME, "answered with a venue without an id or a name")
    return record


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


def _position(cursor: str | None, listings: Sequence[str]) -> tuple[str, int]:
    listing, _, number = (cursor or "").partition(":")
    if listing not in listings:
        return listings[0], 0
    return listing, reading.integer(number, highest=MOST_PAGES - 1) or 0


def _next(listing: str, listings: Sequence[str]) -> str | None:
    """The first page of the listing after this one."""
    later = listings[listings.index(listing) + 1 :]
    return f"{later[0]}:0" if later else None


def _promises_more(body: Json, number: int) -> bool:
    pages = reading.integer(reading.inside(body, "page", "totalPages")) or 0
    return number + 1 < pages or reading.inside(body, "_links", "next") is not None
