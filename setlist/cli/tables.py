"""Text for a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

GAP = "  "


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Each column as wide as its widest cell; the last one as long as it is."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def plain(text: str) -> str:
    """Without what a terminal would obey: errors quote what others sent."""
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)


def one_line(text: str, longest: int) -> str:
    words = " ".join(plain(text).split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def moment(at: datetime | None) -> str:
    """26 Nov 17:45:03, in UTC; a dash for what has not been"""
    return "–" if at is None else f"{at.astimezone(UTC):%d %b %H:%M:%S}"
