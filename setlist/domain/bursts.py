"""Which of a show's new guests look made. Conservative: what is found is shown to an admin, nothing more.

A full hall behind one address, and fans who all like the three famous songs, must not be found.
"""

import hashlib
import statistics
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from setlist.models.bursts import BurstKind

MINUTE = timedelta(minutes=1)
COPIED_WITHIN = timedelta(minutes=10)
FEWEST_COPIED_SONGS = 3  # many agree about one song or two
EVEN_SPREAD = 0.15  # of intervals around their mean; people who come by themselves have about 1
LONGEST_STEP = timedelta(minutes=2)  # between two that come in step


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A guest, when they first wished at the show, from where, and for what in all."""

    fan_id: int
    first_at: datetime
    mark: bytes | None
    songs: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BurstRule:
    """From how many guests on it is a burst; the settings of the same names say what of."""

    from_address: int
    copies: int
    in_step: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """Guests who look made, and what they have in common."""

    kind: BurstKind
    fingerprint: bytes
    newcomers: Sequence[Newcomer]


def find_bursts(show_id: int, newcomers: Iterable[Newcomer], rule: BurstRule) -> list[Found]:
    """Of one show. A guest may be in several of them."""
    sorted_ones = sorted(newcomers, key=lambda one: (one.first_at, one.fan_id))
    marked = [one for one in sorted_ones if one.mark is not None]
    copied = [one for one in sorted_ones if len(one.songs) >= FEWEST_COPIED_SONGS]
    return [
        *_found(
            show_id, BurstKind.ADDRESS, _by(marked, lambda one: one.mark), _dense(rule.from_address, MINUTE)
        ),
        *_found(
            show_id, BurstKind.COPIES, _by(copied, lambda one: one.songs), _dense(rule.copies, COPIED_WITHIN)
        ),
        *_found(show_id, BurstKind.CLOCKWORK, _by(marked, lambda one: one.mark), _even(rule.in_step)),
    ]


Group = Sequence[Newcomer]
Choose = Callable[[Group], list[Newcomer]]


def _by(newcomers: Group, key: Callable[[Newcomer], Hashable]) -> dict[Hashable, list[Newcomer]]:
    groups = defaultdict(list)
    for one in newcomers:
        groups[key(one)].append(one)
    return groups


def _found(
    show_id: int, kind: BurstKind, groups: dict[Hashable, list[Newcomer]], choose: Choose
) -> Iterable[Found]:
    for common, group in groups.items():
        if chosen := choose(group):
            told = f"{show_id} {kind} {common!r}".encode()
            yield Found(
                kind=kind, fingerprint=hashlib.blake2b(told, digest_size=16).digest(), newcomers=chosen
            )


def _dense(least: int, within: timedelta) -> Choose:
    """Those who are among `least` or more that came within such a time."""

    def choose(group: Group) -> list[Newcomer]:
        chosen: set[int] = set()
        first = 0
        for last, one in enumerate(group):
            while one.first_at - group[first].first_at > within:
                first += 1
            if last - first + 1 >= least:
                chosen.update(range(first, last + 1))
        return [group[place] for place in sorted(chosen)]

    return choose


def _even(least: int) -> Choose:
    """Those in runs of `least` whose intervals are nearly the same: a program with a timer."""

    def choose(group: Group) -> list[Newcomer]:
        chosen: set[int] = set()
        gaps = [(later.first_at - one.first_at).total_seconds() for one, later in pairwise(group)]
        for first in range(len(group) - least + 1):
            if _is_even(gaps[first : first + least - 1]):
                chosen.update(range(first, first + least))
        return [group[place] for place in sorted(chosen)]

    return choose


def _is_even(gaps: Sequence[float]) -> bool:
    mean = statistics.fmean(gaps)
    if not 0 < mean <= LONGEST_STEP.total_seconds():
        return False
    return statistics.pstdev(gaps, mean) / mean <= EVEN_SPREAD
