"""Times, counts and sizes as short as a table needs them."""

from datetime import datetime

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def span(seconds: float | None) -> str:
    """4 s, 12 min, 3 h, 5 d; a dash where nothing is known"""
    if seconds is None:
        return "–"
    for size, unit in UNITS:
        if seconds >= size:
            return f"{int(seconds // size)}\u00a0{unit}"
    return f"{max(0, int(seconds))}\u00a0s"


def count(value: int, cap: int | None = None) -> str:
    """12 345, or 10 000+ where counting stopped"""
    written = f"{value:,}".replace(",", "\u202f")
    return f"{written}+" if cap is not None and value >= cap else written


def brief(milliseconds: float | None) -> str:
    """3 ms, 1.4 s, 12 min; a dash where nothing is known"""
    if milliseconds is None:
        return "–"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f}\u00a0ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f}\u00a0s" if seconds < 99.5 else span(seconds)


def size(amount: int | None) -> str:
    """72 MB; a dash where nothing is known"""
    return "–" if amount is None else f"{amount / 1e6:.0f}\u00a0MB"


def moment(at: datetime | None) -> str:
    """26 Nov 17:45:03, in UTC; a dash for what has not been"""
    return "–" if at is None else f"{at.day}\u00a0{at:%b}\u00a0{at:%H:%M:%S}"
