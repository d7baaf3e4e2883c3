"""What Ticketmaster's events, attractions and venues mean; see `dates` for the oddest part."""

from urllib.parse import urlsplit

from setlist.providers import reading
from setlist.providers.answers import Attraction, EventRecord, ShowStatus, VenueRecord
from setlist.providers.links import own_pages
from setlist.providers.reading import Json

PLACEHOLDERS = frozenset({"undefined", "other", "miscellaneous"})
STATUSES = {
    "cancelled": ShowStatus.CANCELLED,
    "canceled": ShowStatus.CANCELLED,
    "postponed": ShowStatus.POSTPONED,
    "rescheduled": ShowStatus.RESCHEDULED,
}  # onsale and offsale, which only means that no tickets are sold, are still on
# Where a listing is sold says who runs it; events carry no field for that.
SELLERS = {
    "ticketsnow.com": "tmr",  # resale
    "universe.com": "universe",
    "frontgatetickets.com": "frontgate",
}


def read_attraction(raw: Json) -> Attraction | None:
    id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
    if not id or not name or raw.get("test") is True:
        return None
    links = reading.mapping(raw.get("externalLinks"))
    musicbrainz = reading.mappings(links.get("musicbrainz"))
    spotify = reading.mappings(links.get("spotify"))
    pages = [link.get("url") for kind in links.values() for link in reading.mappings(kind)]
    return Attraction(
        id=id,
        name=name,
        url=reading.http_url(raw.get("url")),
        image_url=reading.picture(raw.get("images")),
        genres=_genres(raw),
        mbids=reading.unique(reading.mbid(link.get("id")) for link in musicbrainz),
        spotify_ids=reading.spotify_artist_ids(link.get("url") for link in spotify),
        links=own_pages(pages),
        upcoming=reading.integer(reading.inside(raw, "upcomingEvents", "_total")),
    )


def read_venue(raw: Json) -> VenueRecord | None:
    id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
    if not id or not name:
        return None
    latitude, longitude = _coordinates(raw)
    return VenueRecord(
        id=id,
        name=name,
        city=reading.text(reading.inside(raw, "city", "name")),
        state=reading.text(reading.inside(raw, "state", "stateCode"))
        or reading.text(reading.inside(raw, "state", "name")),
        country=reading.country(reading.inside(raw, "country", "countryCode")),
        address=reading.text(reading.inside(raw, "address", "line1")),
        timezone=reading.timezone(raw.get("timezone")),
        latitude=latitude,
        longitude=longitude,
        url=reading.http_url(raw.get("url")),
    )


def read_event(raw: Json) -> EventRecord | None:
    id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
    if not id or not name or raw.get("test") is True:
        return None
    venues, _ = reading.read_all(reading.entries(reading.inside(raw, "_embedded", "venues")), read_venue)
    venue = venues[0] if venues else None
    acts = reading.entries(reading.inside(raw, "_embedded", "attractions"))
    url = reading.http_url(raw.get("url"))
    dates = reading.mapping(raw.get("dates"))
    start = _Start(reading.mapping(dates.get("start")))
    code = reading.text(reading.inside(dates, "status", "code")).lower()
    return EventRecord(
        id=id,
        name=name,
        url=url,
        image_url=reading.picture(raw.get("images")),
        local_date=start.date,
        local_time=start.time,
        starts_at=start.instant,
        original_date=reading.iso_date(reading.inside(dates, "initialStartDate", "localDate")),
        timezone=reading.timezone(dates.get("timezone")) or (venue.timezone if venue else None),
        status=STATUSES.get(code, ShowStatus.SCHEDULED),
        is_on_sale=code != "offsale",
        source=_source(id, url),
        attractions=reading.read_all(acts, read_attraction)[0],
        venue=venue,
    )


class _Start:
    """`dates.start`. Its local date is the show's day: the date of its UTC instant is often the next one.

    A show without a date has `dateTBA` and no local date, or one that means nothing; a show without a time
    has `timeTBA` or `noSpecificTime`, and then its instant is midnight or missing.
    """

    def __init__(self, raw: Json) -> None:
        dated = not (raw.get("dateTBA") is True or raw.get("dateTBD") is True)
        timed = dated and not (raw.get("timeTBA") is True or raw.get("noSpecificTime") is True)
        self.date = reading.iso_date(raw.get("localDate")) if dated else None
        self.time = reading.clock_time(raw.get("localTime")) if timed else None
        self.instant = reading.instant(raw.get("dateTime")) if timed else None


def _genres(raw: Json) -> tuple[str, ...]:
    names = [
        reading.text(reading.inside(classification, level, "name"), 60)
        for classification in reading.mappings(raw.get("classifications"))
        for level in ("genre", "subGenre")
    ]
    return reading.unique(name for name in names if name.lower() not in PLACEHOLDERS)


def _coordinates(raw: Json) -> tuple[float | None, float | None]:
    """Both or neither; 0, 0 is a point in the Atlantic and means that nobody knows."""
    latitude = reading.number(reading.inside(raw, "location", "latitude"))
    longitude = reading.number(reading.inside(raw, "location", "longitude"))
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return latitude, longitude


def _source(id: str, url: str | None) -> str:
    host = (urlsplit(url).hostname or "") if url else ""
    for domain, source in SELLERS.items():
        if host == domain or host.endswith(f".{domain}"):
            return source
    return "tmr" if id.startswith("Z7r9") else "ticketmaster"
