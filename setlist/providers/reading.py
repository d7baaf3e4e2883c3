"""Reading JSON that nobody promised anything about: what has a wrong type is read as unknown.

None of these functions raises, whatever it is given, but for read_page.
"""

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from setlist.providers.errors import BadAnswer

T = TypeVar("T")
Json = dict[str, Any]

LONGEST_TEXT = 300
LONGEST_URL = 1_000
LONGEST_ID = 100
LARGEST_INTEGER = 2**31 - 1  # what an integer column holds
FULL_OF_NONSENSE = 3  # entries, none of which can be read
WIDEST_PICTURE = 2_048  # wider ones are the photographer's original, megabytes large

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?(?![0-9])")
_SPOTIFY_ARTIST = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-[a-z-]+/)?artist/|spotify:artist:)([0-9A-Za-z]{22})\b"
)


def mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """A list as it is; a lone object as a list of one, as converters from XML write it."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def mappings(value: Any) -> list[Json]:
    """The objects of a list; what else is in it is left out."""
    return [entry for entry in entries(value) if isinstance(entry, dict)]


def inside(value: Any, *keys: str) -> Any:
    """What nested objects hold at the end of `keys`; None where there is no such way."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def read_all(values: Iterable[Any], read: Callable[[Json], T | None]) -> tuple[tuple[T, ...], int]:
    """Everything that `read` could make sense of, and how many entries it could not."""
    results = [read(value) if isinstance(value, dict) else None for value in values]
    found = tuple(result for result in results if result is not None)
    return found, len(results) - len(found)


def read_page(
    provider: str, values: Iterable[Any], read: Callable[[Json], T | None]
) -> tuple[tuple[T, ...], int]:
    """As read_all, but a page full of entries of which none can be read is nonsense, not a page to skip."""
    found, skipped = read_all(values, read)
    if skipped >= FULL_OF_NONSENSE and not found:
        raise BadAnswer(provider, "answered a page on which nothing can be read")
    return found, skipped


def text(value: Any, limit: int = LONGEST_TEXT) -> str:
    """Printable, stripped, bounded. NUL and lone surrogates, which no database takes, become blanks."""
    if not isinstance(value, str):
        return ""
    return _UNPRINTABLE.sub(" ", value).strip()[:limit].strip()


def identifier(value: Any) -> str:
    """An id as text; a number is one too. Too long or with a blank inside is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**18 else ""
    found = text(value, LONGEST_ID + 1)
    return found if len(found) <= LONGEST_ID and " " not in found else ""


def mbid(value: Any) -> str:
    found = text(value).lower()
    return found if _UUID.fullmatch(found) else ""


def isrc(value: Any) -> str:
    found = text(value).upper().replace("-", "")
    return found if _ISRC.fullmatch(found) else ""


def number(value: Any) -> float | None:
    """A finite number; text such as "52.4" counts, since coordinates come as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def integer(value: Any, *, lowest: int = 0, highest: int = LARGEST_INTEGER) -> int | None:
    found = number(value)
    if found is None or not lowest <= found <= highest:
        return None
    return int(found)


def http_url(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return None
    url = value.strip()
    if _UNPRINTABLE.search(url) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        safe = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if safe else None


def country(value: Any) -> str:
    """ISO 3166-1 alpha-2. MusicBrainz' XW (worldwide) and its kin are no countries; Kosovo's XK is used."""
    found = text(value).upper()
    if found == "UK":
        return "GB"
    if not re.fullmatch(r"[A-Z]{2}", found) or (found.startswith("X") and found != "XK"):
        return ""
    return found


def timezone(value: Any) -> str | None:
    found = text(value)
    return found if found in _timezones() else None


def partial_date(value: Any) -> str:
    """ "2010", "2010-05" or "2010-05-31", as far as it is a date that exists."""
    match = _PARTIAL_DATE.match(text(value))
    if match is None or match[1] < "1000":
        return ""
    year, month, day = match.groups()
    if month is None or not "01" <= month <= "12":
        return year
    if day is None or iso_date(f"{year}-{month}-{day}") is None:
        return f"{year}-{month}"
    return f"{year}-{month}-{day}"


def year(value: Any) -> int | None:
    found = partial_date(value)
    return int(found[:4]) if found else None


def iso_date(value: Any) -> date | None:
    """A whole date. Years before 1901 are how Ticketmaster writes that it does not know."""
    try:
        found = date.fromisoformat(text(value)[:10])
    except ValueError:
        return None
    return found if found.year > 1900 else None


def clock_time(value: Any) -> time | None:
    try:
        found = time.fromisoformat(text(value))
    except ValueError:
        return None
    return found.replace(tzinfo=None)


def instant(value: Any) -> datetime | None:
    """An aware UTC instant; one without an offset could be any, and is none."""
    try:
        found = datetime.fromisoformat(text(value))
        return found.astimezone(UTC) if found.tzinfo and found.year > 1900 else None
    except (ValueError, OverflowError):
        return None


def spotify_artist_ids(urls: Iterable[Any]) -> tuple[str, ...]:
    """The ids in Spotify's artist links, each once."""
    found = (_SPOTIFY_ARTIST.match(url) for url in urls if isinstance(url, str))
    return unique(match[1] for match in found if match)


def picture(images: Any) -> str | None:
    """The widest picture of the item itself, else of any: generic ones and huge originals are left out."""
    candidates = [
        (integer(image.get("width")) or 0, url)
        for image in entries(images)
        if isinstance(image, dict) and image.get("fallback") is not True
        if (url := http_url(image.get("url")))
    ]
    fitting = [candidate for candidate in candidates if candidate[0] <= WIDEST_PICTURE]
    if fitting:
        return max(fitting, key=lambda candidate: candidate[0])[1]
    return min(candidates, default=(0, None), key=lambda candidate: candidate[0])[1]


def unique(values: Iterable[T]) -> tuple[T, ...]:
    """Each value once, in order, blank ones left out."""
    return tuple(dict.fromkeys(value for value in values if value))


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
