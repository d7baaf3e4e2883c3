"""What counts as an address."""

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator


def parts_of(url: str) -> SplitResult:
    """Its parts. What urllib says of a bad one would repeat a piece of it, and that may be the password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - to read it is to check it
    except ValueError:
        raise ValueError(
            "is no address; in its user or password write / as %2F, : as %3A, @ as %40, [ as %5B"
        ) from None
    return parts


def _web_address(value: str) -> str:
    parts = parts_of(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that starts with http:// or https://")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
