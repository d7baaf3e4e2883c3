"""Whether two names can be one act's. A name alone never proves that they are."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from enum import StrEnum

from setlist.domain.folding import fold

ALIKE = 0.85  # of the letters: a slip of the hand
SAY_LITTLE = frozenset({"the", "and", "of", "a", "band", "group", "los", "las", "die", "les"})
PLAYS_ANOTHER = re.compile(
    r"\b(?:tribute|experience|revival|celebrat\w+|plays|salute|cover band|music of|legacy|story)\b"
)


class NameLikeness(StrEnum):
    SAME = "same"
    RELATED = "related"  # one says more than the other, or one is misspelled
    FOREIGN = "foreign"


def likeness(name: str, known: Iterable[str]) -> NameLikeness:
    """Of a name to those that an act is known by."""
    folded = fold(name)
    others = [fold(other) for other in known if other]
    if any(_compact(folded) == _compact(other) for other in others):
        return NameLikeness.SAME
    if any(_related(folded, other) for other in others):
        return NameLikeness.RELATED
    return NameLikeness.FOREIGN


def _related(one: str, other: str) -> bool:
    """A tribute act has its hero's name in its own, and is somebody else."""
    if bool(PLAYS_ANOTHER.search(one)) is not bool(PLAYS_ANOTHER.search(other)):
        return False
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if shorter and shorter <= longer:
        return True
    return SequenceMatcher(None, _compact(one), _compact(other), autojunk=False).ratio() >= ALIKE


def _words(folded: str) -> set[str]:
    words = set(folded.split())
    return words - SAY_LITTLE or words


def _compact(folded: str) -> str:
    return folded.replace(" ", "")
