"""Repeatable chance: every draw is named by what it decides, so that one does not shift another."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


def number(*parts: object) -> int:
    """A number of 128 bits that depends on the parts and on nothing else."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=16).digest())


def share(*parts: object) -> float:
    """A number from 0 to 1, for "in 30 % of the cases"."""
    return (number(*parts) >> 75) / (1 << 53)


def chance(*parts: object) -> Random:
    """A generator for many draws on one subject."""
    return Random(number(*parts))


def pick(choices: Sequence[T], *parts: object) -> T:
    return choices[number(*parts) % len(choices)]


class Dice:
    """Several small draws from one number: ten times cheaper than a generator for each name."""

    def __init__(self, *parts: object) -> None:
        self._left = number(*parts)

    def below(self, limit: int) -> int:
        self._left, value = divmod(self._left, limit)
        return value

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]


def weighted(random: Random, items: Iterable[tuple[T, float]], count: int) -> list[T]:
    """`count` different items, the heavier the likelier (Efraimidis and Spirakis)."""
    keyed = [(random.random() ** (1 / weight), item) for item, weight in items if weight > 0]
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in keyed[:count]]
