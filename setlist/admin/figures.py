"""Times and counts as short as a table needs them."""

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
