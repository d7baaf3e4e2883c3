"""Whether two titles of recordings that share a code can be one song's.

Publishers' codes are wrong now and then: one code on two songs of an act is recorded. So a code alone joins
nothing, and titles that have nothing in common are a person's question.
"""

import re
from difflib import SequenceMatcher

from setlist.domain.spellings import NUMBERS
from setlist.domain.titles import match_key, song_key

ALIKE = 0.85  # of the letters
OF_THEIR_OWN = frozenset({"reprise", "intro", "outro", "interlude", "prelude", "overture", "coda"})
DURATION_MS = 3_000  # two masters of one recording differ by less


def related(one: str, other: str) -> bool:
    """One title says more than the other, or is misspelled. Numbers and reprises tell songs apart."""
    mine, theirs = song_key(one).split(), song_key(other).split()
    if _telling(mine) != _telling(theirs):
        return False
    shorter, longer = sorted((set(mine), set(theirs)), key=len)
    if shorter and shorter <= longer:
        return True
    compact = match_key(" ".join(mine)), match_key(" ".join(theirs))
    return SequenceMatcher(None, *compact, autojunk=False).ratio() >= ALIKE


def same_length(one: int | None, other: int | None) -> bool:
    """In milliseconds; of an unknown one nothing is known."""
    return one is not None and other is not None and abs(one - other) <= DURATION_MS


def _telling(words: list[str]) -> set[str]:
    numbers = {NUMBERS.get(word, word) for word in words if word in NUMBERS or re.search(r"\d", word)}
    return (numbers | set(words) & OF_THEIR_OWN) - {"i"}
