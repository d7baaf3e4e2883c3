"""What the cache keeps of a value, as JSON: a pickle would let whoever writes to Redis run code here."""

import json
import time
import zlib
from dataclasses import dataclass
from typing import Any

FORMAT = 1
COMPRESSED_FROM = 2_048  # bytes; below this there is little to save
LARGEST = 32_000_000  # bytes of JSON, however small a foreign value made them
QUICKLY = 1  # zlib's level: five times smaller already, at a fraction of the time
CLOCKS_DIFFER = 60.0  # seconds, at most: a value from later than that is not ours
PLAIN, COMPRESSED = b"{", b"z"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A value with its times, by the clock of the process that made it."""

    value: Any
    at: float  # when its computation began: it may know of nothing later
    until: float  # it is fresh
    warmed: bool = False
    marks: tuple[str, str] = ("", "")  # of its namespace and its key, when its computation began

    @property
    def age_seconds(self) -> float:
        return max(0.0, time.time() - self.at)

    @property
    def fresh(self) -> bool:
        return time.time() < self.until


def dump(entry: Entry) -> bytes:
    """Raises TypeError for what JSON does not have: that is the caller's mistake.

    What came as JSON from outside is none: halves of surrogate pairs and 1e999 come back as they were.
    """
    whole = {
        "setlist": FORMAT,
        "at": entry.at,
        "until": entry.until,
        "warmed": entry.warmed,
        "marks": entry.marks,
        "value": entry.value,
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
    if len(text) < COMPRESSED_FROM:
        return text
    return COMPRESSED + zlib.compress(text, QUICKLY)


def load(data: bytes) -> Entry | None:
    """None for everything that this program did not write."""
    try:
        found = json.loads(_text(data))
        if found["setlist"] != FORMAT:
            return None
        entry = Entry(
            value=found["value"],
            at=float(found["at"]),
            until=float(found["until"]),
            warmed=found["warmed"] is True,
            marks=tuple(map(str, found["marks"])),  # type: ignore[arg-type] # compared with a pair
        )
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError, zlib.error):
        return None
    return entry if entry.at < time.time() + CLOCKS_DIFFER else None


def _text(data: bytes) -> bytes:
    if data.startswith(PLAIN):
        return data
    if not data.startswith(COMPRESSED):
        raise ValueError("neither JSON nor compressed")
    inflating = zlib.decompressobj()
    text = inflating.decompress(data[1:], LARGEST)
    if not inflating.eof:
        raise ValueError("cut off, or far too large")
    return text
