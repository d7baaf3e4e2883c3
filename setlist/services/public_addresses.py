"""Which addresses a URL from outside may lead to: the public internet, and nothing near to us.

Whoever may name a URL that this machine then asks could otherwise reach what only this machine may: its own
services, the neighbours in its network, the cloud's page of credentials at 169.254.169.254.
"""

import ipaddress
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import SplitResult, urlsplit

SCHEMES = {"http": 80, "https": 443}  # with the port that goes without saying
USUAL_PORTS = frozenset({80, 443})
LONGEST_URL = 2_000
PRIVATE = "leads into a private network: it must be one that everybody can reach"
# Public by their number, and yet a neighbour: IETF's own uses, relays to IPv6, Azure's host agent.
NEAR_V4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
# Of IPv6 only this is given out to the public at all, and in it these are not.
PUBLIC_V6 = IPv6Network("2000::/3")
NEAR_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
# Ways to write an IPv4 address into an IPv6 one, with the bits behind it: a translator on the way, or the
# kernel, goes to the inner one.
CARRIERS = (
    (IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("2002::/16"), 80),  # 6to4
)
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\ud800-\udfff]")
# The last label of a name in the public DNS is no number; getaddrinfo() reads 0x7f.1 and 017700000001 as
# addresses.
_NUMERIC = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)


class UrlRefusedError(ValueError):
    """A URL that is not asked. `str()` completes "The address …" and says what would be taken."""


def check_spelling(url: str, *, ports: frozenset[int] | None = USUAL_PORTS) -> SplitResult:
    """Its parts, where nothing about the URL itself forbids to ask it; else UrlRefusedError.

    Where its name leads is only known, and must be checked, when it is asked. `ports`: None for any.
    """
    if len(url) > LONGEST_URL or _UNFIT.search(url):
        raise UrlRefusedError("is too long, or has blanks or unprintable characters in it: write it anew")
    try:
        parts = urlsplit(url)
        port = parts.port or SCHEMES.get(parts.scheme, 0)
    except ValueError:
        raise UrlRefusedError("cannot be read: write it as in https://example.org/path") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise UrlRefusedError("must start with https:// or http:// and name a host")
    if "@" in parts.netloc:
        raise UrlRefusedError("must not hold a user or a password")
    if ports is not None and port not in ports:
        raise UrlRefusedError(f"names a port that is not used: leave it out, or use one of {sorted(ports)}")
    _check_host(parts.hostname)
    return parts


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it can belong to somebody else on the internet, and each address inside of it too."""
    if isinstance(address, IPv4Address):
        given_out = address.is_global and not (address.is_multicast or address.is_reserved)
        return given_out and not any(address in near for near in NEAR_V4)
    inner = list(_carried(address))
    if inner:
        return all(map(is_public, inner))
    return address in PUBLIC_V6 and not any(address in near for near in NEAR_V6)


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    for network, behind in CARRIERS:
        if address in network:
            yield IPv4Address(int(address) >> behind & 0xFFFFFFFF)


def _check_host(host: str) -> None:
    """Where it is an address already it can be judged at once, if it is written as everyone writes it."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if _NUMERIC.search(host):
            raise UrlRefusedError("has a number for a host: name it as in https://example.org") from None
        return
    if not is_public(address):
        raise UrlRefusedError(PRIVATE)
