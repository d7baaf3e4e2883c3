"""Spellings of one title that catalogues, fans and typesetters take for the same.

A song's key has one of them. None is shown: a title stays as it was written.
"""

import re

from setlist.domain.folding import fold

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
SPELLED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: str(number) for words in (ROMAN, SPELLED) for number, word in enumerate(words, 1)}
SAME_WORDS = {"mister": "mr", "doctor": "dr", "versus": "vs"}
AND = frozenset({"n", "und", "y", "et", "e", "och", "og", "и", "και"})  # between two other words

# Numbered parts are told apart by their number, however it is written.
PART = re.compile(r"\b(?:parts?|pts?|teil|partie|parte) (?P<number>[a-z0-9]+(?: [a-z0-9]+)?)\b")
NUMBERED = re.compile(r"\b(?:no|nr|number) (?=\d)")
# Before punctuation is dropped.
INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
DOLLAR_FOR_S = re.compile(r"\$(?=[^\W\d_])|(?<=[^\W\d_])\$")
PLUS = re.compile(r"(?<=\s)\+(?=\s)")
# "Blowin' in the Wind", unless the apostrophe may close what another opened.
DROPPED_G = re.compile(r"(?<=\w)in['’](?=\s|$)")
QUOTED = re.compile(r"(?:^|\s)['‘]\w")
ARABIC_MARKS = re.compile(r"[\u0640\u064b-\u065f\u0670]")
HEBREW_POINTS = re.compile(r"[\u0591-\u05bd\u05bf-\u05c7]")
SAME_LETTERS = str.maketrans({"ё": "е", "Ё": "Е", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ک": "ك", "ی": "ي"})


def spelled_alike(title: str) -> str:
    """The title folded, with one spelling for what is spelled in several ways."""
    plain = ARABIC_MARKS.sub("", HEBREW_POINTS.sub("", title.translate(SAME_LETTERS)))
    plain = INITIALS.sub(lambda found: found[0].replace(".", "") + " ", plain)
    plain = PLUS.sub("and", DOLLAR_FOR_S.sub("s", THOUSANDS.sub("", plain)))
    plain = plain if QUOTED.search(plain) else DROPPED_G.sub("ing", plain)
    words = PART.sub(_numbered, fold(plain))
    return NUMBERED.sub("no ", " ".join(_one_spelling(words.split())))


def _one_spelling(words: list[str]) -> list[str]:
    """A word that is all of a title stays as it is: "Seven" is not "7"."""
    if len(words) < 2:
        return words
    first, *between, last = words
    last = NUMBERS.get(last, last) if len(last) > 1 else last
    return [_spelled(first), *("and" if word in AND else _spelled(word) for word in between), _spelled(last)]


def _spelled(word: str) -> str:
    return NUMBERS[word] if word in SPELLED else SAME_WORDS.get(word, word)


def _numbered(found: re.Match[str]) -> str:
    numbers = [NUMBERS.get(word, word) for word in found["number"].split()]
    if not numbers[0].isdigit():
        return found[0]
    return " ".join(["part", *numbers])
