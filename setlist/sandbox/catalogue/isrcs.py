"""ISRCs that say whose recording they are: country, registrant (3), year (2), designation (5)."""

import re

_REGISTRANTS = 36**3
_STRETCH = 1_000_003  # spreads neighbours; without a common factor with the number of registrants
_UNSTRETCH = pow(_STRETCH, -1, _REGISTRANTS)
_TAKES, _DESIGNATIONS = 8, 33_000
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(r"QZ([0-9A-Z]{3})\d\d(\d{5})")


def isrc_of(act: int, song: int, take: int) -> str:
    """QZ is a prefix for registrants anywhere. A remaster keeps the number of the first recording half of
    the time, as labels do."""
    if take == 6 and song % 2:
        take = 0
    lap, place = divmod(act, _REGISTRANTS)
    spread = place * _STRETCH % _REGISTRANTS
    registrant = "".join(_DIGITS[spread // unit % 36] for unit in (36 * 36, 36, 1))
    return f"QZ{registrant}{(song * 7 + act) % 100:02}{lap * _DESIGNATIONS + song * _TAKES + take:05}"


def read_isrc(isrc: str) -> tuple[int, int] | None:
    """The act and the number of the recording."""
    match = _FORM.fullmatch(isrc)
    if match is None:
        return None
    spread = int(match[1], 36)
    lap, number = divmod(int(match[2]), _DESIGNATIONS)
    act = lap * _REGISTRANTS + spread * _UNSTRETCH % _REGISTRANTS
    return (act, number) if isrc_of(act, number // _TAKES, number % _TAKES)[5:7] == isrc[5:7] else None
