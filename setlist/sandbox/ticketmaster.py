"""Ticketmaster Discovery v2: attractions, events, venues; a key in the query; no _embedded for nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlencode

from setlist.sandbox.catalogue.calendar import Status
from setlist.sandbox.catalogue.ids import Kind, Meaning
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.search import words_of
from setlist.sandbox.listings import Listing, Listings, by_date
from setlist.sandbox.ticketmaster_shapes import MUSIC, Shapes
from setlist.sandbox.wire import Answer, Call, Json, Routes, as_json, json_answer

_MOST, _DEPTH, _TOTAL_CAP = 200, 1200, 10_000
_ASKED_BY = {Status.POSTPONED: "includeTBA", Status.UNDECIDED: "includeTBD"}
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ERRORS = {
    "DIS1015": "Query param with date must be of valid format YYYY-MM-DDTHH:mm:ssZ "
    "{example: 2020-08-01T14:00:00Z }",
    "DIS1035": "API Limits Exceeded: Max paging depth exceeded. (page * size) must be less than 1,000",
    "DIS1036": 'Query param "size" must be less than 200',
    "DIS1024": "Query param must be a number",
}


@dataclass(frozen=True, slots=True)
class _Page:
    resource: str
    size: int
    number: int


class Ticketmaster:
    name = "ticketmaster"

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._listings = Listings(catalogue)
        self._shapes = lru_cache(maxsize=4)(lambda base: Shapes(catalogue, base))
        self._routes = Routes(
            [
                (r"attractions(\.json)?", "attractions", self._attractions),
                (r"attractions/(?P<identity>[^/.]+)(\.json)?", "attraction", self._attraction),
                (r"events(\.json)?", "events", self._events),
                (r"events/(?P<identity>[^/.]+)(\.json)?", "event", self._event),
                (r"venues/(?P<identity>[^/.]+)(\.json)?", "venue", self._venue),
            ]
        )

    def endpoint(self, call: Call) -> str:
        return self._routes.name(call)

    def refusal(self, call: Call) -> Answer | None:
        key = call.args.get("apikey", "")
        if key and key != "wrong":
            return None
        text = "Invalid ApiKey" if key else "Failed to resolve API Key variable request.queryparam.apikey"
        code = "oauth.v2.InvalidApiKey" if key else "steps.oauth.v2.FailedToResolveAPIKey"
        return json_answer({"fault": {"faultstring": text, "detail": {"errorcode": code}}}, 401)

    def answer(self, call: Call) -> Answer:
        return self._routes.answer(call) or _not_found(call.path)

    def _attractions(self, call: Call) -> Answer:
        page = _page(call, "attractions")
        if isinstance(page, Answer):
            return page
        found = self._named(call.args.get("keyword", ""))
        if call.args.get("segmentId", MUSIC) != MUSIC:
            found = []
        shapes = self._shapes(call.base)
        return _listing(
            call,
            page,
            len(found),
            lambda first, last: [as_json(self._shape(shapes, meaning)) for meaning in found[first:last]],
        )

    def _attraction(self, call: Call, identity: str) -> Answer:
        meaning = self._catalogue.ids.read_ticketmaster(identity)
        if meaning is None or not self._exists(meaning):
            return _not_found(identity)
        return json_answer(self._shape(self._shapes(call.base), meaning))

    def _events(self, call: Call) -> Answer:
        page = _page(call, "events")
        window = _window(call)
        if isinstance(page, Answer):
            return page
        if window is None:
            return _error("DIS1015", link="self")
        found = _chosen(call, self._candidates(call), window)
        order = call.args.get("sort", "relevance,desc")
        if order.startswith("date"):
            found.sort(key=by_date, reverse=order.endswith("desc"))
        shapes = self._shapes(call.base)
        return _listing(
            call,
            page,
            len(found),
            lambda first, last: [shapes.event_text(listing) for listing in found[first:last]],
        )

    def _event(self, call: Call, identity: str) -> Answer:
        meaning = self._catalogue.ids.read_ticketmaster(identity)
        listing = self._listings.find(meaning) if meaning is not None else None
        return (
            json_answer(self._shapes(call.base).event(listing))
            if listing is not None
            else _not_found(identity)
        )

    def _venue(self, call: Call, identity: str) -> Answer:
        meaning = self._catalogue.ids.read_ticketmaster(identity)
        if meaning is None or meaning.kind not in {Kind.VENUE, Kind.RESALE_VENUE}:
            return _not_found(identity)
        if not self._catalogue.venues.exists(meaning.number):
            return _not_found(identity)
        return json_answer(self._shapes(call.base).venue(meaning.number, meaning.kind is Kind.RESALE_VENUE))

    def _named(self, keyword: str) -> list[Meaning]:
        """A tribute act ranks above the act; festivals come last."""
        if not keyword:
            return [
                Meaning(Kind.ARTIST, act)
                for act in self._catalogue.browsed()
                if self._listings.has_attraction(act)
            ]
        found: list[Meaning] = []
        for act, _ in self._catalogue.search.find(keyword):
            if self._listings.has_attraction(act):
                tribute = [Meaning(Kind.TRIBUTE, act)] if self._listings.has_tribute(act) else []
                found += (*tribute, Meaning(Kind.ARTIST, act))
        blocks = range(len(self._catalogue.browsed()) // 24 + 1)
        wanted = words_of(keyword)
        named = (block for block in blocks if wanted <= words_of(self._catalogue.festivals.name(block)))
        return found + [
            Meaning(Kind.FESTIVAL, block) for block in named if self._catalogue.festivals.exists(block)
        ]

    def _exists(self, meaning: Meaning) -> bool:
        checks: dict[Kind, Callable[[int], bool]] = {
            Kind.ARTIST: self._listings.has_attraction,
            Kind.TRIBUTE: self._listings.has_tribute,
            Kind.FESTIVAL: self._catalogue.festivals.exists,
        }
        return meaning.kind in checks and not meaning.variant and checks[meaning.kind](meaning.artist)

    def _shape(self, shapes: Shapes, meaning: Meaning) -> Json:
        return shapes.attraction(meaning.kind, meaning.artist, len(self._listings.of_attraction(meaning)))

    def _candidates(self, call: Call) -> list[Listing]:
        wanted = list(filter(None, call.args.get("attractionId", "").split(",")))
        listings: list[Listing] = []
        for identity in wanted:
            meaning = self._catalogue.ids.read_ticketmaster(identity)
            if meaning is not None and self._exists(meaning):
                listings += self._listings.of_attraction(meaning)
        if not wanted:
            listings = self._listings.all()
        if venues := self._venues(call):
            listings = [listing for listing in listings if listing.event.venue in venues]
        if keyword := call.args.get("keyword"):
            acts = {act for act, _ in self._catalogue.search.find(keyword)}
            listings = [listing for listing in listings if acts & set(listing.event.acts)]
        return listings

    def _venues(self, call: Call) -> set[int]:
        read = (
            self._catalogue.ids.read_ticketmaster(text)
            for text in call.args.get("venueId", "").split(",")
            if text
        )
        found = {meaning.number for meaning in read if meaning is not None}
        return found or ({-1} if call.args.get("venueId") else set())


def _chosen(call: Call, listings: list[Listing], window: tuple[datetime, datetime]) -> list[Listing]:
    first, last = window
    statuses = _statuses(call)
    sources = set(filter(None, call.args.get("source", "").split(",")))
    return [
        listing
        for listing in listings
        if listing.event.status in statuses
        and first <= listing.start <= last
        and (not sources or listing.source in sources)
    ]


def _statuses(call: Call) -> set[Status]:
    """Without being asked for, shows without a date or with a doubtful one stay hidden. Asked for both
    alone, there are none."""
    only = [status for status, name in _ASKED_BY.items() if call.args.get(name) == "only"]
    if only:
        return set(only) if len(only) == 1 else set()
    hidden = {status for status, name in _ASKED_BY.items() if call.args.get(name) != "yes"}
    return set(Status) - hidden


def _window(call: Call) -> tuple[datetime, datetime] | None:
    moments = [datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)]
    for place, name in enumerate(("startDateTime", "endDateTime")):
        text = call.args.get(name)
        if not text:
            continue
        if not _DATE.fullmatch(text):
            return None
        try:
            moments[place] = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return None
    return moments[0], moments[1]


def _page(call: Call, resource: str) -> _Page | Answer:
    size, number = call.integer("size", 20), call.integer("page", 0)
    if size is None or number is None or size < 0 or number < 0:
        return _error("DIS1024")
    if size > _MOST:
        return _error("DIS1036")
    if size * number >= _DEPTH:
        return _error("DIS1035")
    return _Page(resource, size, number)


def _listing(call: Call, page: _Page, total: int, items: Callable[[int, int], list[str]]) -> Answer:
    pages = -(-total // page.size) if page.size else 0
    query = {name: text for name, text in call.args.items() if name not in {"apikey", "page", "size"}}
    here = f"/discovery/v2/{page.resource}.json"
    links: Json = {"self": _link(here, query | {"page": page.number, "size": page.size})}
    if page.number + 1 < pages:
        links["first"] = _link(here, query | {"page": 0, "size": page.size})
        links["next"] = _link(here, query | {"page": page.number + 1, "size": page.size}, templated=True)
        links["last"] = _link(here, query | {"page": pages - 1, "size": page.size})
    found = items(page.number * page.size, (page.number + 1) * page.size) if page.size else []
    totals = {
        "size": page.size,
        "totalElements": min(total, _TOTAL_CAP),
        "totalPages": pages,
        "number": page.number,
    }
    embedded = f'"_embedded":{{"{page.resource}":[{",".join(found)}]}},' if found else ""
    text = f'{{"_links":{as_json(links)},{embedded}"page":{as_json(totals)}}}'
    return Answer(text.encode())


def _link(path: str, query: Json, *, templated: bool = False) -> Json:
    href = f"{path}?{urlencode(query)}"
    return (
        {"href": href + ("" if "sort" in query else "{&sort}"), "templated": True}
        if templated
        else {"href": href}
    )


def _error(code: str, *, link: str = "about") -> Answer:
    about = {link: {"href": f"/discovery/v2/errors.html#{code}"}}
    error = {"code": code, "detail": _ERRORS[code], "status": "400 BAD_REQUEST", "_links": about}
    return json_answer({"errors": [error]}, 400)


def _not_found(identity: str) -> Answer:
    detail = f"Resource not found with provided criteria (locale=en-us, id={identity})"
    about = {"about": {"href": "/discovery/v2/errors.html#DIS1004"}}
    return json_answer(
        {"errors": [{"code": "DIS1004", "detail": detail, "status": "404", "_links": about}]}, 404
    )
