"""Names and titles from patterns with slots."""

import re
from typing import NamedTuple

from setlist.sandbox.catalogue.draw import Dice

_SLOT = re.compile(r"\{(\w+)\}")


class Phrase(NamedTuple):
    text: str
    latin: str  # the same in Latin letters, where the text is not


class Grammar:
    """Patterns such as "{noun} of {noun}", and a bank of words for each slot, all parted by bars.

    Words and patterns may carry their Latin spelling: "山=yama", "{noun}の{noun}={noun} no {noun}".
    """

    def __init__(self, patterns: str, **banks: str) -> None:
        self._patterns = [_parse(pattern) for pattern in _entries(patterns)]
        self._banks = {slot: _entries(bank) for slot, bank in banks.items()}

    def expand(self, dice: Dice) -> Phrase:
        slots, native, latin = dice.pick(self._patterns)
        chosen: list[Phrase] = []
        for slot in slots:
            bank = self._banks[slot]
            place = dice.below(len(bank))
            chosen.append(bank[place] if bank[place] not in chosen else bank[place - 1])  # no "Wind and Wind"
        return Phrase(
            _fill(native, [word.text for word in chosen]), _fill(latin, [word.latin for word in chosen])
        )


def _entries(text: str) -> list[Phrase]:
    entries = [entry.strip() for entry in text.replace("\n", " ").split("|")]
    return [Phrase(native, latin or native) for native, _, latin in (e.partition("=") for e in entries if e)]


def _parse(pattern: Phrase) -> tuple[list[str], list[str], list[str]]:
    """The slots in turn, and what stands before, between and after them in both spellings."""
    return _SLOT.findall(pattern.text), _literals(pattern.text), _literals(pattern.latin)


def _literals(pattern: str) -> list[str]:
    return _SLOT.split(pattern)[::2]


def _fill(literals: list[str], chosen: list[str]) -> str:
    filled = [literals[0]]
    for word, literal in zip(chosen, literals[1:], strict=True):
        filled += (word, literal)
    return "".join(filled)
