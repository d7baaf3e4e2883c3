"""Ids that look like each provider's and can be read back, so that no table of them is needed.

An id is what it stands for, enciphered by a small Feistel network keyed with the seed. Reading one back
finds the artist and the number, or finds that the id is none of ours.
"""

import re
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

BENCHMARK_MBID = "5e711157-60bb-4c0d-9b3e-3000c0ffee60"  # of artist 0, whatever the seed

_ROUNDS = 4
_NUMBER_BITS = 15
_ARTIST_BITS = 17
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Kind(IntEnum):
    ARTIST = 0
    MERGED_ARTIST = 1
    RECORDING = 2
    RELEASE_GROUP = 3
    WORK = 4
    URL = 5
    AREA = 6
    ALBUM = 7
    TRACK = 8
    EVENT = 9
    VENUE = 10
    RESALE_VENUE = 11
    SETLIST = 12
    FESTIVAL = 13
    TRIBUTE = 14


class Meaning(NamedTuple):
    """What an id stands for. `variant` tells listings of one event apart."""

    kind: Kind
    artist: int
    number: int = 0
    variant: int = 0


class Ids:
    def __init__(self, seed: int) -> None:
        self._key = f"setlist sandbox {seed}".encode()
        self.mbid = lru_cache(maxsize=20_000)(self._mbid)
        self.spotify = lru_cache(maxsize=20_000)(self._spotify)
        self.short = lru_cache(maxsize=20_000)(self._short)
        self.ticketmaster = lru_cache(maxsize=20_000)(self._ticketmaster)

    def read_mbid(self, text: str) -> Meaning | None:
        if text.lower() == BENCHMARK_MBID:
            return Meaning(Kind.ARTIST, 0)
        if not is_uuid(text):
            return None
        bits = int(text.replace("-", ""), 16)
        value = (bits >> 80) << 74 | (bits >> 64 & 0xFFF) << 62 | bits & (1 << 62) - 1
        return _unpack(self._cipher(value, 61, b"mbid", backwards=True))

    def read_spotify(self, text: str) -> Meaning | None:
        if len(text) != 22 or not text.isalnum() or not text.isascii():
            return None
        value = 0
        for character in text:
            value = value * 62 + _BASE62.index(character)
        return None if value >> 128 else _unpack(self._cipher(value, 64, b"spotify", backwards=True))

    def read_short(self, kind: Kind, text: str) -> Meaning | None:
        """setlist.fm's. They are too short for a check: whether it exists, the caller finds out."""
        if not re.fullmatch(r"[0-9a-f]{5,8}", text):
            return None
        value = self._cipher(int(text, 16), 16, kind.name.encode(), backwards=True)
        return Meaning(kind, value >> _NUMBER_BITS, value & (1 << _NUMBER_BITS) - 1)

    def read_ticketmaster(self, text: str) -> Meaning | None:
        if len(text) < 13 or any(character not in _BASE64 for character in text):
            return None
        value = 0
        for character in text[-10:]:
            value = value << 6 | _BASE64.index(character)
        meaning = _unpack(self._cipher(value, 30, b"ticketmaster", backwards=True))
        return (
            meaning if meaning is not None and _prefix(meaning.kind, meaning.variant) == text[:-10] else None
        )

    def _mbid(self, kind: Kind, artist: int, number: int = 0) -> str:
        if kind is Kind.ARTIST and artist == 0:
            return BENCHMARK_MBID
        value = self._cipher(_pack(kind, artist, number), 61, b"mbid")
        bits = (value >> 74) << 80 | 4 << 76 | (value >> 62 & 0xFFF) << 64 | 2 << 62 | value & (1 << 62) - 1
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _spotify(self, kind: Kind, artist: int, number: int = 0) -> str:
        value = self._cipher(_pack(kind, artist, number), 64, b"spotify")
        digits = []
        for _ in range(22):
            value, digit = divmod(value, 62)
            digits.append(_BASE62[digit])
        return "".join(reversed(digits))

    def _short(self, kind: Kind, artist: int, number: int = 0) -> str:
        return f"{self._cipher(artist << _NUMBER_BITS | number, 16, kind.name.encode()):05x}"

    def _ticketmaster(self, kind: Kind, artist: int, number: int = 0, variant: int = 0) -> str:
        value = self._cipher(_pack(kind, artist, number, variant), 30, b"ticketmaster")
        text = "".join(_BASE64[value >> shift & 63] for shift in range(54, -1, -6))
        return _prefix(kind, variant) + text

    def _cipher(self, value: int, half: int, tweak: bytes, *, backwards: bool = False) -> int:
        mask = (1 << half) - 1
        left, right = value >> half, value & mask
        for turn in reversed(range(_ROUNDS)) if backwards else range(_ROUNDS):
            if backwards:
                left, right = right ^ self._mix(left, turn, tweak) & mask, left
            else:
                left, right = right, left ^ self._mix(right, turn, tweak) & mask
        return left << half | right

    def _mix(self, half: int, turn: int, tweak: bytes) -> int:
        text = b"%d %d " % (half, turn) + tweak
        return int.from_bytes(blake2b(text, digest_size=8, key=self._key[:64]).digest())


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _pack(kind: Kind, artist: int, number: int = 0, variant: int = 0) -> int:
    return (variant << 4 | kind) << 32 | artist << _NUMBER_BITS | number


def _unpack(value: int) -> Meaning | None:
    """None if the bits that are always empty are not: then it never was one of our ids."""
    if value >> 40 or value >> 32 & 15 >= len(Kind):
        return None
    artist = value >> _NUMBER_BITS & (1 << _ARTIST_BITS) - 1
    return Meaning(Kind(value >> 32 & 15), artist, value & (1 << _NUMBER_BITS) - 1, value >> 36 & 15)


def _prefix(kind: Kind, variant: int) -> str:
    """How the recorded ids begin: resale listings and their venues look different from primary ones."""
    if kind is Kind.EVENT or (kind is Kind.FESTIVAL and variant):
        return ("vvG1", "vvG1", "G5vY", "Z7r9jZ1A", "vv17")[variant]
    return {Kind.VENUE: "KovZpZ", Kind.RESALE_VENUE: "ZFr9jZ"}.get(kind, "K8vZ91")
