"""setlist.fm: what was played. Artists go by their MBID here too.

Its habits: nothing found is a 404, XML comes unless JSON is asked for, days come first in dates, the
throttle says nothing about when to come back, a third of the setlists are still empty, and its
coordinates are those of the city.

Batches: none, and 20 setlists a page whatever is asked for. An act costs max(1, ceil(setlists / 20)); a
re-sync 1, since the search takes the time of the last change.
"""

from datetime import UTC, date, datetime

from pydantic import SecretStr

from setlist.providers import reading
from setlist.providers.answers import ArtistCandidate, Page, PlayedSong, SetlistRecord, VenueRecord
from setlist.providers.base import Gate, address
from setlist.providers.errors import BadAnswer, NotFound, ProviderError
from setlist.providers.reading import Json
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call

NAME = "setlistfm"
THROTTLE_SECONDS = 2.0  # enough in a live probe
QUOTA_SECONDS = 3600.0  # for the day's 1,440 calls; when a day begins is not known
LONGEST_INFO = 1_000


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
            return self._gate.ask(call, _error, _candidates)
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
            return self._gate.ask(call, _error, lambda body: _page(body, number))
        except NotFound:
            return Page(items=())

    def _call(self, endpoint: str, *segments: str, params: dict[str, str]) -> Call:
        return Call(
            endpoint=endpoint,
            url=address(NAME, self._base_url, *segments),
            params=tuple(params.items()),
            headers={"x-api-key": self._key.get_secret_value(), "Accept": "application/json"},
        )


def _page(body: Json, number: int) -> Page[SetlistRecord]:
    listed = _listed(body, "setlist")
    items, skipped = reading.read_page(NAME, listed, _setlist)
    total, size = reading.integer(body.get("total")), reading.integer(body.get("itemsPerPage"), lowest=1)
    more = bool(listed) and (total is None or number * (size or len(listed)) < total)
    return Page(items=items, cursor=str(number + 1) if more else None, total=total, skipped=skipped)


def _candidates(body: Json) -> tuple[ArtistCandidate, ...]:
    return reading.read_all(_listed(body, "artist"), _candidate)[0]


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


def _listed(body: Json, key: str) -> list[object]:
    """A list, or one entry alone; an object that is no entry is nonsense, not "one that cannot be read"."""
    found = body.get(key)
    is_entry = isinstance(found, dict) and bool({"id", "mbid"} & found.keys())
    if not isinstance(found, list) and not is_entry:
        raise BadAnswer(NAME, f"answered without {key}")
    return reading.entries(found)


def _candidate(raw: Json) -> ArtistCandidate | None:
    mbid, name = reading.mbid(raw.get("mbid")), reading.text(raw.get("name"))
    if not mbid or not name:
        return None
    return ArtistCandidate(mbid=mbid, name=name, disambiguation=reading.text(raw.get("disambiguation")))


def _setlist(raw: Json) -> SetlistRecord | None:
    id, day = reading.identifier(raw.get("id")), _day(raw.get("eventDate"))
    mbid = reading.mbid(reading.inside(raw, "artist", "mbid"))
    if not id or day is None or not mbid:
        return None
    return SetlistRecord(
        id=id,
        version_id=reading.identifier(raw.get("versionId")),
        local_date=day,
        updated_at=reading.instant(raw.get("lastUpdated")),
        artist_mbid=mbid,
        artist_name=reading.text(reading.inside(raw, "artist", "name")),
        venue=_venue(reading.mapping(raw.get("venue"))),
        tour=reading.text(reading.inside(raw, "tour", "name")),
        info=reading.text(raw.get("info"), LONGEST_INFO),
        url=reading.http_url(raw.get("url")),
        songs=_songs(raw),
    )


def _day(value: object) -> date | None:
    try:
        return datetime.strptime(reading.text(value), "%d-%m-%Y").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return None


def _venue(raw: Json) -> VenueRecord | None:
    id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
    if not id or not name:
        return None
    return VenueRecord(
        id=id,
        name=name,
        city=reading.text(reading.inside(raw, "city", "name")),
        state=reading.text(reading.inside(raw, "city", "state")),
        country=reading.country(reading.inside(raw, "city", "country", "code")),
        url=reading.http_url(raw.get("url")),
    )


def _songs(raw: Json) -> tuple[PlayedSong, ...]:
    """Every song of every set in the order played. The documentation has `set` one level higher."""
    sets = reading.mappings(reading.inside(raw, "sets", "set") or raw.get("set"))
    return tuple(
        _song(song, played, index)
        for index, played in enumerate(sets)
        for song in reading.mappings(played.get("song"))
    )


def _song(raw: Json, played: Json, index: int) -> PlayedSong:
    """A song whose name is blank or broken was played all the same, and keeps its place."""
    return PlayedSong(
        name=reading.text(raw.get("name")),
        set_index=index,
        set_name=reading.text(played.get("name")),
        encore=reading.integer(played.get("encore"), highest=99) or 0,
        tape=raw.get("tape") is True,
        cover_mbid=reading.mbid(reading.inside(raw, "cover", "mbid")) or None,
        cover_artist=reading.text(reading.inside(raw, "cover", "name")),
        guest=reading.text(reading.inside(raw, "with", "name")),
        info=reading.text(raw.get("info"), LONGEST_INFO),
    )
