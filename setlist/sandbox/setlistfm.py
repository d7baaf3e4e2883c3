"""setlist.fm REST 1.0: XML unless JSON is asked for, a key in a header, 404 where nothing is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from setlist.sandbox.catalogue.cities import CITIES
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.search import words_of
from setlist.sandbox.catalogue.setlists import LATEST_CHANGE
from setlist.sandbox.catalogue.venues import VENUES_PER_CITY
from setlist.sandbox.setlistfm_shapes import Night, Shapes
from setlist.sandbox.wire import Answer, Call, Json, Routes, json_answer, xml_answer

_SETLISTS_A_PAGE, _OTHERS_A_PAGE = 20, 30


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The filters of a search for setlists."""

    day: str
    year: str
    venue: int | None
    updated: datetime | None

    def earliest(self) -> date:
        """Before this day nothing fits."""
        if self.updated is not None:
            return (self.updated - LATEST_CHANGE).date()
        try:
            return datetime.strptime(self.day, "%d-%m-%Y").replace(tzinfo=UTC).date()
        except ValueError:
            return date(int(self.year), 1, 1) if re.fullmatch(r"[1-9]\d{3}", self.year) else date.min

    def fits(self, night: Night) -> bool:
        event = night.event
        return (
            (not self.day or event.day.strftime("%d-%m-%Y") == self.day)
            and (not self.year or str(event.day.year) == self.year)
            and (self.venue is None or event.venue == self.venue)
        )


class SetlistFm:
    name = "setlistfm"

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._shapes = Shapes(catalogue)
        self._counts = lru_cache(maxsize=1_000)(self._count)
        self._routes = Routes(
            [
                (r"artist/(?P<mbid>[^/]+)", "artist", self._artist),
                (r"artist/(?P<mbid>[^/]+)/setlists", "artist setlists", self._of_artist),
                (r"search/artists", "search artists", self._search_artists),
                (r"search/setlists", "search setlists", self._search_setlists),
                (r"search/venues", "search venues", self._search_venues),
                (r"setlist/version/(?P<version>g?[0-9a-f]+)", "setlist version", self._version),
                (r"setlist/(?P<identity>[0-9a-f]+)", "setlist", self._setlist),
                (r"venue/(?P<identity>[0-9a-f]+)", "venue", self._venue),
                (r"venue/(?P<identity>[0-9a-f]+)/setlists", "venue setlists", self._of_venue),
            ]
        )

    def endpoint(self, call: Call) -> str:
        return self._routes.name(call)

    def refusal(self, call: Call) -> Answer | None:
        key = call.headers.get("x-api-key", "")
        if key and key != "wrong":
            return None
        return json_answer({"message": "Forbidden"}, 403, {"x-amzn-errortype": "ForbiddenException"})

    def answer(self, call: Call) -> Answer:
        return self._routes.answer(call) or _nothing(call)

    def _artist(self, call: Call, mbid: str) -> Answer:
        act = self._act(mbid)
        return _in_format(call, "artist", self._shapes.artist(act)) if act is not None else _nothing(call)

    def _of_artist(self, call: Call, mbid: str) -> Answer:
        act, page = self._act(mbid), _page(call)
        if act is None or page is None:
            return _nothing(call)
        now = self._catalogue.now
        total = self._counts(act, now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0))
        first = (page - 1) * _SETLISTS_A_PAGE
        nights = [Night(act, event) for event in self._catalogue.past(act, skip=first, most=_SETLISTS_A_PAGE)]
        return self._setlists(call, nights, page, max(total, first + len(nights)))

    def _search_setlists(self, call: Call) -> Answer:
        page, wanted = _page(call), self._wanted(call)
        acts = self._acts(call)
        if page is None or acts is None or wanted is None:
            return _nothing(call)
        found = [night for act in acts for night in self._nights(act, wanted)]
        return self._newest_first(call, found, page)

    def _of_venue(self, call: Call, identity: str) -> Answer:
        meaning, page = self._catalogue.ids.read_short(Kind.VENUE, identity), _page(call)
        if meaning is None or page is None:
            return _nothing(call)
        wanted = _Wanted("", "", meaning.number, None)
        found = [night for act in self._catalogue.browsed() for night in self._nights(act, wanted)]
        return self._newest_first(call, found, page)

    def _newest_first(self, call: Call, found: list[Night], page: int) -> Answer:
        found.sort(key=lambda night: night.event.start, reverse=True)
        first = (page - 1) * _SETLISTS_A_PAGE
        return self._setlists(call, found[first : first + _SETLISTS_A_PAGE], page, len(found))

    def _setlist(self, call: Call, identity: str) -> Answer:
        return self._one(call, self._shapes.night_of(identity))

    def _version(self, call: Call, version: str) -> Answer:
        return self._one(call, self._shapes.night_of_version(version))

    def _one(self, call: Call, night: Night | None) -> Answer:
        return _nothing(call) if night is None else _in_format(call, "setlist", self._shapes.setlist(night))

    def _search_artists(self, call: Call) -> Answer:
        page = _page(call)
        mbid = call.args.get("artistMbid", "")
        if mbid:
            act = self._act(mbid)
            acts = [] if act is None else [act]
        else:
            acts = [act for act, _ in self._catalogue.search.find(call.args.get("artistName", ""))]
        if call.args.get("sort", "sortName") != "relevance":
            acts.sort(key=lambda act: self._catalogue.artist(act).sort_name)
        shapes = [self._shapes.artist(act) for act in _cut(acts, page)]
        return _listed(call, "artist", shapes, page, len(acts))

    def _venue(self, call: Call, identity: str) -> Answer:
        meaning = self._catalogue.ids.read_short(Kind.VENUE, identity)
        if meaning is None or meaning.artist or not self._catalogue.venues.exists(meaning.number):
            return _nothing(call)
        return _in_format(call, "venue", self._shapes.venue(meaning.number))

    def _search_venues(self, call: Call) -> Answer:
        page = _page(call)
        wanted, city = words_of(call.args.get("name", "")), call.args.get("cityName", "").casefold()
        country = call.args.get("country", "")
        places = [
            place
            for place, there in enumerate(CITIES)
            if city in ("", there.name.casefold(), there.local_name.casefold())
            and country in ("", there.country.code)
        ]
        numbers = [place * VENUES_PER_CITY + slot for place in places for slot in range(VENUES_PER_CITY)]
        found = [number for number in numbers if wanted <= words_of(self._catalogue.venues.find(number).name)]
        return _listed(
            call, "venue", [self._shapes.venue(number) for number in _cut(found, page)], page, len(found)
        )

    def _act(self, mbid: str) -> int | None:
        """setlist.fm does not know the ids that were merged."""
        act = self._catalogue.act_of_mbid(mbid)
        return act if act is not None and self._catalogue.mbid(act) == mbid.lower() else None

    def _acts(self, call: Call) -> list[int] | None:
        mbid, name = call.args.get("artistMbid"), call.args.get("artistName")
        if mbid:
            act = self._act(mbid)
            return None if act is None else [act]
        if name:
            return [act for act, _ in self._catalogue.search.find(name)]
        return list(self._catalogue.browsed())

    def _nights(self, act: int, wanted: _Wanted) -> Iterator[Night]:
        """The newest first, so that the search may stop at the first that is too old."""
        earliest, now = wanted.earliest(), self._catalogue.now
        for event in self._catalogue.shows.past(act, now):
            if event.day < earliest:
                return
            night = Night(act, event)
            if not wanted.fits(night):
                continue
            since = wanted.updated
            if since is None or self._catalogue.setlists.version(act, event, now)[1] >= since:
                yield night

    def _wanted(self, call: Call) -> _Wanted | None:
        venue = None
        if text := call.args.get("venueId"):
            meaning = self._catalogue.ids.read_short(Kind.VENUE, text)
            if meaning is None:
                return None
            venue = meaning.number
        updated = None
        if (text := call.args.get("lastUpdated")) and (updated := _moment(text)) is None:
            return None
        return _Wanted(call.args.get("date", ""), call.args.get("year", ""), venue, updated)

    def _count(self, act: int, _five_minutes: datetime) -> int:
        return len(self._catalogue.past(act))

    def _setlists(self, call: Call, nights: list[Night], page: int, total: int) -> Answer:
        if not nights:
            return _nothing(call)
        shapes = [self._shapes.setlist(night) for night in nights]
        data = {
            "type": "setlists",
            "itemsPerPage": _SETLISTS_A_PAGE,
            "page": page,
            "total": total,
            "setlist": shapes,
        }
        return _in_format(call, "setlists", data)


def _cut(found: list[int], page: int | None) -> list[int]:
    return [] if page is None else found[(page - 1) * _OTHERS_A_PAGE : page * _OTHERS_A_PAGE]


def _listed(call: Call, kind: str, shapes: list[Json], page: int | None, total: int) -> Answer:
    if not shapes:
        return _nothing(call)
    data = {"type": f"{kind}s", "itemsPerPage": _OTHERS_A_PAGE, "page": page, "total": total, kind: shapes}
    return _in_format(call, f"{kind}s", data)


def _page(call: Call) -> int | None:
    page = call.integer("p", 1)
    return page if page is not None and page > 0 else None


def _moment(text: str) -> datetime | None:
    if not re.fullmatch(r"[12]\d{13}", text, re.ASCII):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _nothing(call: Call) -> Answer:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    error = {"code": 404, "status": "Not Found", "message": "not found", "timestamp": moment}
    return _in_format(call, "error", error, 404)


def _in_format(call: Call, root: str, data: Json, status: int = 200) -> Answer:
    if "application/json" in call.headers.get("Accept", ""):
        return json_answer(data, status)
    return xml_answer(root, data, status)
