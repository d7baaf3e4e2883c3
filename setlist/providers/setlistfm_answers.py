"""What setlist.fm's answers say."""

from datetime import date, datetime

from setlist.providers import reading
from setlist.providers.answers import ArtistCandidate, Page, PlayedSong, SetlistRecord, VenueRecord
from setlist.providers.errors import BadAnswer
from setlist.providers.reading import Json

NAME = "setlistfm"
LONGEST_INFO = 1_000


def setlists_page(body: Json, number: int) -> Page[SetlistRecord]:
    listed = _listed(body, "setlist")
    items, skipped = reading.read_page(NAME, listed, read_setlist)
    total, size = reading.integer(body.get("total")), reading.integer(body.get("itemsPerPage"), lowest=1)
    more = bool(listed) and (total is None or number * (size or len(listed)) < total)
    return Page(items=items, cursor=str(number + 1) if more else None, total=total, skipped=skipped)


def found_artists(body: Json) -> tuple[ArtistCandidate, ...]:
    return reading.read_all(_listed(body, "artist"), read_artist)[0]


def _listed(body: Json, key: str) -> list[object]:
    """A list, or one entry alone; an object that is no entry is nonsense, not "one that cannot be read"."""
    found = body.get(key)
    is_entry = isinstance(found, dict) and bool({"id", "mbid"} & found.keys())
    if not isinstance(found, list) and not is_entry:
        raise BadAnswer(NAME, f"answered without {key}")
    return reading.entries(found)


def read_artist(raw: Json) -> ArtistCandidate | None:
    mbid, name = reading.mbid(raw.get("mbid")), reading.text(raw.get("name"))
    if not mbid or not name:
        return None
    return ArtistCandidate(mbid=mbid, name=name, disambiguation=reading.text(raw.get("disambiguation")))


def read_setlist(raw: Json) -> SetlistRecord | None:
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
        venue=read_venue(reading.mapping(raw.get("venue"))),
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


def read_venue(raw: Json) -> VenueRecord | None:
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
