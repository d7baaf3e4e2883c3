"""Which provider a recorded answer is of, and what it tells: by what is in it, never by its file's name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from setlist.providers import reading
from setlist.providers.reading import Json


class Shape(StrEnum):
    """What an answer tells, as a person would say it."""

    EVENTS = "Ticketmaster events"
    ACTS = "Ticketmaster acts"
    VENUES = "Ticketmaster venues"
    SETLISTS = "setlist.fm setlists"
    PLAYERS = "setlist.fm artists"
    HALLS = "setlist.fm venues"
    ARTISTS = "MusicBrainz artists"
    RECORDINGS = "MusicBrainz recordings"
    LINKS = "MusicBrainz links"
    PROFILES = "Spotify artists"
    ALBUMS = "Spotify albums"
    TRACKS = "Spotify tracks"
    # What there is no place for.
    SHELVES = "albums without their tracks"
    RELEASES = "MusicBrainz releases"
    WORKS = "MusicBrainz works"
    GATHERINGS = "MusicBrainz events"
    CITIES = "cities and countries"
    PICTURES = "pictures alone"
    FAILURES = "error answers"
    NOTHING = "answers that found nothing"
    UNKNOWN = "nothing that Setlist knows the shape of"


Tell = Callable[[list[Json], Json], Shape | None]  # the objects of a list, and what it is in


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Entries of one shape. `are_hits`: of a search, so that nobody has said which of them is meant."""

    shape: Shape
    entries: tuple[Any, ...] = ()
    are_hits: bool = False
    asked_of: str = ""  # the id of the artist that the question was about, where that is known


def shapes_in(value: Any) -> list[Found]:
    """Everything that a file's JSON holds; what cannot be told apart is UNKNOWN."""
    merged: dict[tuple[Shape, bool, str], Found] = {}
    for one in _shapes(value):
        key = (one.shape, one.are_hits, one.asked_of)
        known = merged.get(key)
        merged[key] = one if known is None else replace(known, entries=known.entries + one.entries)
    return list(merged.values()) or [Found(shape=Shape.UNKNOWN)]


def _shapes(value: Any) -> Iterator[Found]:
    if isinstance(value, list):
        for entry in value:
            yield from _shapes(entry)
    elif not isinstance(value, dict):
        yield Found(shape=Shape.UNKNOWN)
    elif "status" in value and value.keys() & {"body", "body_text", "text"}:
        yield from _wrapped(value)
    elif _is_failure(value):
        yield Found(shape=Shape.FAILURES, entries=(value,))
    elif pages := list(_pages(value)):
        yield from pages
    else:
        yield _one(value)


def _wrapped(value: Json) -> Iterator[Found]:
    """An answer with its status around it, as recordings and other people's collections have them."""
    status = reading.integer(value["status"]) or 0
    if status >= 300 or "body" not in value:
        yield Found(shape=Shape.FAILURES, entries=(value,))
        return
    asked_of = reading.mbid(_asked(value).get("artist"))
    for found in _shapes(value["body"]):
        is_about = found.shape is Shape.RECORDINGS and not found.asked_of
        yield replace(found, asked_of=asked_of) if is_about else found


def _asked(value: Json) -> Json:
    """The parameters of the question, which our own recordings tell."""
    pairs = reading.entries(reading.inside(value, "asked", "params"))
    return {str(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}


def _is_failure(value: Json) -> bool:
    """Every provider has a form of its own; collections of them name each."""
    if (
        "fault" in value
        or isinstance(value.get("errors"), list)
        or isinstance(value.get("error"), str | dict)
    ):
        return "id" not in value
    if value.keys() >= {"code", "message"} or value.keys() == {"message"}:
        return True
    parts = [part for part in value.values() if isinstance(part, dict) and "status" in part]
    return bool(parts) and len(parts) == len(value) and all(_is_number(part["status"]) for part in parts)


def _pages(value: Json) -> Iterator[Found]:
    """The lists of entries in an answer, by the place where each provider has them."""
    if "dates" in value:
        return  # an event, whose venues and acts are its own
    embedded = reading.mapping(value.get("_embedded"))
    if "page" in value and "totalElements" in reading.mapping(value["page"]) and not embedded:
        yield Found(shape=Shape.NOTHING)
    for key, shape in EMBEDDED.items():
        if isinstance(embedded.get(key), list):
            yield Found(shape=shape, entries=tuple(embedded[key]))
    for key, tell in LISTS.items():
        if isinstance(value.get(key), list):
            entries = tuple(value[key])
            told = tell(reading.mappings(value[key]), value)
            if told is not None:
                yield Found(shape=told, entries=entries, are_hits=_are_hits(told, value, entries))
    yield from _spotify_pages(value)


def _spotify_pages(value: Json) -> Iterator[Found]:
    """`items` of a listing, and those of each kind that a search was for."""
    for kind, shape in SPOTIFY_KINDS.items():
        page = reading.mapping(value.get(kind))
        if isinstance(page.get("items"), list) and "album_type" not in value:
            yield Found(shape=shape, entries=tuple(page["items"]), are_hits=True)
    if isinstance(value.get("items"), list):
        entries = reading.mappings(value["items"])
        if not entries:
            yield Found(shape=Shape.NOTHING)
        elif any("album_type" in entry or "album_group" in entry for entry in entries):
            yield Found(shape=Shape.SHELVES, entries=tuple(entries))
        elif any("duration_ms" in entry for entry in entries):
            yield Found(shape=Shape.TRACKS, entries=tuple(entries))


def _of_artists(entries: list[Json], value: Json) -> Shape | None:
    """Three providers have a list of that name."""
    if any(str(entry.get("uri", "")).startswith("spotify:") or "followers" in entry for entry in entries):
        return Shape.PROFILES
    if value.keys() & {"artist-count", "created"} or any("sort-name" in entry for entry in entries):
        return Shape.ARTISTS
    return Shape.PLAYERS if any("mbid" in entry for entry in entries) else None


def _of_tracks(entries: list[Json], value: Json) -> Shape | None:
    return Shape.TRACKS if any("duration_ms" in entry for entry in entries) else None


def _of_albums(entries: list[Json], value: Json) -> Shape | None:
    if any("tracks" in entry for entry in entries):
        return Shape.ALBUMS
    return Shape.SHELVES if any("album_type" in entry for entry in entries) else None


def _always(shape: Shape) -> Tell:
    return lambda _entries, _value: shape


EMBEDDED: Mapping[str, Shape] = MappingProxyType(
    {"events": Shape.EVENTS, "attractions": Shape.ACTS, "venues": Shape.VENUES}
)
LISTS: Mapping[str, Tell] = MappingProxyType(
    {
        "setlist": _always(Shape.SETLISTS),
        "venue": _always(Shape.HALLS),
        "cities": _always(Shape.CITIES),
        "country": _always(Shape.CITIES),
        "artist": _of_artists,
        "artists": lambda entries, value: None if _is_spotify_thing(value) else _of_artists(entries, value),
        "recordings": _always(Shape.RECORDINGS),
        "release-groups": _always(Shape.SHELVES),
        "releases": lambda _entries, value: None if "title" in value else Shape.RELEASES,
        "works": _always(Shape.WORKS),
        "urls": _always(Shape.LINKS),
        "tracks": _of_tracks,
        "albums": _of_albums,
    }
)
SPOTIFY_KINDS: Mapping[str, Shape] = MappingProxyType(
    {"artists": Shape.PROFILES, "albums": Shape.SHELVES, "tracks": Shape.TRACKS}
)


def _are_hits(shape: Shape, value: Json, entries: tuple[Any, ...]) -> bool:
    has_scores = any("score" in entry for entry in entries if isinstance(entry, dict))
    return shape is Shape.PLAYERS or has_scores or "created" in value


def _one(value: Json) -> Found:
    """An answer about one thing, by the fields that only such a thing has."""
    shape = next((shape for shape, is_one in SINGLE.items() if is_one(value)), Shape.UNKNOWN)
    return Found(shape=shape, entries=(value,))


def _is_event(value: Json) -> bool:
    return "dates" in value and "id" in value


def _is_pictures(value: Json) -> bool:
    return "images" in value and "name" not in value and "title" not in value


def _is_spotify_thing(value: Json) -> bool:
    return "album_type" in value or "duration_ms" in value


def _is_venue(value: Json) -> bool:
    return value.get("type") == "venue" or (
        "countryCode" in reading.mapping(value.get("country")) or "postalCode" in value
    )


def _is_act(value: Json) -> bool:
    return value.get("type") == "attraction" or bool(value.keys() & {"externalLinks", "upcomingEvents"})


def _is_hall(value: Json) -> bool:
    return "setlist.fm/venue" in str(value.get("url", "")) or "coords" in reading.mapping(value.get("city"))


def _is_artist(value: Json) -> bool:
    is_other = value.keys() & {"label-code", "coordinates", "track-count"}
    return "sort-name" in value and not is_other and str(value.get("type", "")) not in {"Country", "City"}


def _is_recording(value: Json) -> bool:
    return "title" in value and bool(value.keys() & {"length", "video", "isrcs"})


SINGLE: Mapping[Shape, Callable[[Json], bool]] = MappingProxyType(
    {
        Shape.SETLISTS: lambda value: "eventDate" in value,
        Shape.EVENTS: _is_event,
        Shape.PICTURES: _is_pictures,
        Shape.ALBUMS: lambda value: "album_type" in value and "tracks" in value,
        Shape.SHELVES: lambda value: bool(value.keys() & {"album_type", "primary-type", "secondary-types"}),
        Shape.TRACKS: lambda value: "duration_ms" in value and "artists" in value,
        Shape.PROFILES: lambda value: str(value.get("uri", "")).startswith("spotify:artist:"),
        Shape.VENUES: _is_venue,
        Shape.ACTS: _is_act,
        Shape.HALLS: _is_hall,
        Shape.CITIES: lambda value: "coords" in value and "country" in value,
        Shape.PLAYERS: lambda value: "mbid" in value and "name" in value,
        Shape.LINKS: lambda value: "resource" in value,
        Shape.RELEASES: lambda value: bool(value.keys() & {"barcode", "media", "text-representation"}),
        Shape.WORKS: lambda value: "iswcs" in value,
        Shape.RECORDINGS: _is_recording,
        Shape.GATHERINGS: lambda value: "cancelled" in value and "life-span" in value,
        Shape.ARTISTS: _is_artist,
    }
)


def _is_number(value: Any) -> bool:
    return reading.integer(value) is not None
