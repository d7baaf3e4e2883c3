"""What was played. A tour has a plan: openers, a core, songs in rotation, closers; each night varies it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from setlist.sandbox.catalogue.artists import Artist, Size
from setlist.sandbox.catalogue.calendar import Event
from setlist.sandbox.catalogue.discography import Discography
from setlist.sandbox.catalogue.draw import chance, share, weighted
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.songs import Song, weight

_LENGTHS = {Size.SMALL: (8, 13), Size.MIDDLE: (14, 20), Size.LARGE: (18, 25)}
_OPENING_SLOT, _FESTIVAL_SLOT = 7, 11
_CORRECTED = 0.8
LATEST_CHANGE = timedelta(days=9)  # after 0 h UTC of the show's day: 178 h after a start late in the west
_NEVER_WRITTEN = {Size.SMALL: 0.5, Size.MIDDLE: 0.28, Size.LARGE: 0.15}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a setlist."""

    name: str
    info: str = ""
    tape: bool = False
    cover: int | None = None  # the index of the act whose song it is
    guest: int | None = None


@dataclass(frozen=True, slots=True)
class Set:
    entries: tuple[Entry, ...]
    name: str = ""
    encore: int = 0


@dataclass(frozen=True, slots=True)
class Setlist:
    act: int
    event: Event
    sets: tuple[Set, ...]  # none: nobody wrote it down (yet)
    version: int
    updated_at: datetime
    info: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    openers: tuple[Song, ...]
    core: tuple[Song, ...]
    rotation: tuple[Song, ...]
    encores: tuple[Song, ...]
    covers: tuple[tuple[str, int], ...]
    tape: str | None
    length: int
    segues: bool
    named_sets: tuple[str, ...] = field(default=())


class Setlists:
    def __init__(
        self, seed: int, artists: int, act: Callable[[int], Artist], discography: Callable[[int], Discography]
    ) -> None:
        self._seed = seed
        self._artists = artists
        self._act = act
        self._discography = discography
        self._plan = lru_cache(maxsize=4_000)(self._plan_of)

    def of(self, index: int, event: Event, now: datetime) -> Setlist:
        version, updated_at = self.version(index, event, now)
        if version == 0:
            return Setlist(index, event, (), 0, updated_at)
        sets = self._sets(index, event)
        if version == 2:
            sets = (*sets[:-1], _with_correction(sets[-1]))
        return Setlist(index, event, sets, version, updated_at, _note(self._written(index, event)))

    def version(self, index: int, event: Event, now: datetime) -> tuple[int, datetime]:
        """Which one it is, and since when: 0 without songs, 1 filled hours later, 2 corrected within days."""
        over = event.start + timedelta(hours=4)
        written = self._written(index, event)
        filled = over + timedelta(hours=written * 30)
        corrected = filled + timedelta(days=1 + written * 5)
        if written < _NEVER_WRITTEN[self._act(index).size] or now < filled:
            return 0, over
        return (1, filled) if written < _CORRECTED or now < corrected else (2, corrected)

    def _written(self, index: int, event: Event) -> float:
        return share(self._seed, "written", index, event.owner, event.number)

    def _sets(self, index: int, event: Event) -> tuple[Set, ...]:
        plan = self._plan(index, event.day.year, event.leg)
        random = chance(self._seed, "setlist", index, event.owner, event.number)
        length = plan.length if event.acts[0] == index else _OPENING_SLOT
        if event.is_festival:
            length = min(plan.length, _FESTIVAL_SLOT)
        songs = _main_set(random, plan, length)
        entries = [self._entry(random, song, plan) for song in songs]
        if plan.covers and random.random() < 0.3:
            name, cover = random.choice(plan.covers)
            entries.insert(random.randrange(2, len(entries)), Entry(name, cover=cover))
        if index != BENCHMARK_ACT:
            _add_oddities(random, entries)
        if plan.tape is not None:
            composer = plan.covers[0][1] if plan.covers and plan.tape == "Main Theme" else None
            entries.insert(0, Entry(plan.tape, tape=True, cover=composer))
        played = {song.number for song in songs}
        closing = (
            [song for song in plan.encores if song.number not in played] if length > _FESTIVAL_SLOT else []
        )
        return _as_sets(random, plan, entries, [Entry(song.title) for song in closing])

    def _entry(self, random: Random, song: Song, plan: _Plan) -> Entry:
        entry = Entry(_as_typed(random, song.title))
        drawn = random.random()
        if drawn < 0.4 and song.guest is not None:
            return replace(entry, guest=song.guest % self._artists)
        if plan.segues and drawn < 0.3:
            return replace(entry, info=">")
        if drawn > 0.97:
            return replace(
                entry,
                info=random.choice(("acoustic", "extended outro", "dedicated to the crew", "tour debut")),
            )
        return entry

    def _plan_of(self, index: int, year: int, leg: int) -> _Plan:
        act, records = self._act(index), self._discography(index)
        random = chance(self._seed, "plan", index, year)
        known = [song for song in records.songs if records.year_of(song) <= year] or list(records.songs[:10])
        newest = max(song.album for song in known)
        length = min(random.randint(*_LENGTHS[act.size]), len(known))
        by_weight = [(song, weight(song.number) * (4 if song.album == newest else 1)) for song in known]
        core = weighted(random, by_weight, max(3, int(length * 0.72)))
        random_of_leg = chance(self._seed, "plan of the leg", index, year, leg)
        rest = [(song, heft) for song, heft in by_weight if song not in core]
        encores = sorted(core, key=lambda song: song.number)[: 3 if length > 12 else 1]
        return _Plan(
            openers=tuple(song for song in core if song not in encores)[:2] or tuple(core[:1]),
            core=tuple(song for song in core if song not in encores),
            rotation=tuple(weighted(random_of_leg, rest, max(4, int(length * 0.9)))),
            encores=tuple(reversed(encores)),
            covers=self._covers(random, index),
            tape=random.choice(("", "Overture", "Main Theme")) if random.random() < 0.2 else None,
            length=length,
            segues=act.genre in {"jazz", "electronic"} and random.random() < 0.5,
            named_sets=random.choice((("Set 1:", "Set 2:"), ("Acoustic Set:", "Electric Set:")))
            if random.random() < 0.12
            else (),
        )

    def _covers(self, random: Random, index: int) -> tuple[tuple[str, int], ...]:
        others = [(index * 7 + step * 13 + 3) % self._artists for step in range(2)]
        titles = [
            (other, self._discography(other).songs[random.randrange(6)].title)
            for other in others
            if other != index
        ]
        return tuple((title, other) for other, title in titles)


def _main_set(random: Random, plan: _Plan, length: int) -> list[Song]:
    """The usual opener comes first in four shows of five; most of the core, the rest from the rotation."""
    opener = plan.openers[0] if random.random() < 0.8 else plan.openers[-1]
    core = [song for song in plan.core if song != opener and random.random() < 0.93]
    wanted = max(1, length - 1 - len(core) - len(plan.encores))
    spares = weighted(random, ((song, weight(place)) for place, song in enumerate(plan.rotation)), wanted)
    songs = core[: max(3, length - 1)]
    for song in spares:
        songs.insert(random.randrange(len(songs) + 1), song)
    return [opener, *songs][:length]


def _add_oddities(random: Random, entries: list[Entry]) -> None:
    """A song that nobody knew, and two played as one."""
    if random.random() < 0.07:
        hint = random.choice(("", "unknown song", "New song; working title not announced"))
        entries.insert(random.randrange(1, len(entries)), Entry("", info=hint))
    if random.random() < 0.08 and len(entries) > 4:
        place = random.randrange(2, len(entries) - 1)
        first, second = entries[place : place + 2]
        if first.name and second.name and first.cover is None and second.cover is None:
            entries[place : place + 2] = [Entry(f"{first.name} / {second.name}")]


def _as_sets(random: Random, plan: _Plan, entries: list[Entry], closing: list[Entry]) -> tuple[Set, ...]:
    sets = [Set(tuple(entries))]
    if plan.named_sets and len(entries) > 9:
        half = len(entries) // 2
        sets = [
            Set(tuple(entries[:half]), plan.named_sets[0]),
            Set(tuple(entries[half:]), plan.named_sets[1]),
        ]
    if len(closing) > 1 and random.random() < 0.25:
        return (*sets, Set(tuple(closing[:-1]), encore=1), Set(tuple(closing[-1:]), encore=2))
    return (*sets, Set(tuple(closing), encore=1)) if closing else tuple(sets)


def _as_typed(random: Random, title: str) -> str:
    """Those who write setlists down type titles their way; the letters stay."""
    drawn = random.random()
    if drawn < 0.03:
        return title.replace("'", "’").replace(" & ", " and ")
    return title.lower() if 0.03 < drawn < 0.05 and title.isascii() else title


def _with_correction(last: Set) -> Set:
    """Days later somebody remembers something."""
    final = last.entries[-1]
    return replace(
        last, entries=(*last.entries[:-1], replace(final, info=final.info or "with full band introduction"))
    )


def _note(written: float) -> str:
    return "Setlist from the printed sheet; order may differ." if 0.5 < written < 0.53 else ""
