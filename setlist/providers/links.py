"""Pages that are somebody's own, written in one way, so that two providers' links to one are equal."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from setlist.providers import reading

# Of these only a path says whose page it is.
PLATFORMS = frozenset(
    {
        "bandcamp.com", "facebook.com", "instagram.com", "linktr.ee", "music.apple.com", "myspace.com",
        "open.spotify.com", "soundcloud.com", "tiktok.com", "twitter.com", "vk.com", "wikidata.org",
        "youtube.com",
    }
)  # fmt: skip
# A page of these belongs to a name, and to all who are called so.
BY_NAME_ALONE = frozenset({"last.fm", "lastfm.de", "lyrics.wikia.com"})
ALSO_CALLED = {"x.com": "twitter.com", "itunes.apple.com": "music.apple.com"}
PREFIXES = ("www.", "m.", "mobile.")
MOST_LINKS = 60


def own_pages(urls: Iterable[object]) -> tuple[str, ...]:
    """Host and path of each page, without what one writes in several ways."""
    return reading.unique(map(_own_page, urls))[:MOST_LINKS]


def _own_page(url: object) -> str:
    address = reading.http_url(url)
    if address is None:
        return ""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    for prefix in PREFIXES:
        host = host.removeprefix(prefix)
    host = ALSO_CALLED.get(host, host)
    path = parts.path.strip("/").lower()
    if host in BY_NAME_ALONE or (host in PLATFORMS and not path):
        return ""
    return f"{host}/{path}" if path else host
