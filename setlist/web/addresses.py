"""Which addresses that others wrote a page may hold, as a link or as a picture.

The site itself fetches no picture: browsers do, from where a provider said that it is. One of a host that the
policy of content does not list would be seen by nobody, and where a browser knows no policy it would be a
request to wherever a provider likes, such as the visitor's own router.
"""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from config import Settings, Sources

ALLOWS = {"http": "https?", "https": "https"}  # schemes, by that of the host in the policy


def web_address(value: str | None) -> str:
    """The address if a browser may be sent there, else nothing: providers write javascript: too."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    is_safe = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return value if is_safe else ""


def picture_hosts(settings: Settings) -> tuple[str, ...]:
    """As the policy of content writes them."""
    if settings.data_sources is not Sources.SANDBOX:
        return settings.image_hosts
    sandbox = urlsplit(settings.sandbox_url)
    return (*settings.image_hosts, f"{sandbox.scheme}://{sandbox.netloc}")


def pictures_of(hosts: tuple[str, ...]) -> Callable[[str | None], str]:
    """A filter for templates: the address if it is of one of the hosts, else nothing."""
    allowed = [_pattern(urlsplit(host)) for host in hosts]

    def picture_address(value: str | None) -> str:
        address = web_address(value)
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        return address if any(pattern.fullmatch(origin) for pattern in allowed) else ""

    return picture_address


def _pattern(host: SplitResult) -> re.Pattern[str]:
    """`*.` stands for one label or more, as in a policy."""
    name = re.escape(host.netloc.lower()).replace(r"\*", r"[\w-]+(?:\.[\w-]+)*")
    return re.compile(f"{ALLOWS[host.scheme]}://{name}", re.ASCII)
