"""How long an import may still take, from the act's size and from what past imports took.

A writer goes through an act's listings one after the other, while the pages of all of them are fetched side
by side, a few ahead of it. What is left is played through that way: for each page still to come, when it
will be there and when the writer will be free for it. How long a call and the writing of a page take is the
median of past imports at first, and this import's own speed the more of it there is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

LISTINGS: Mapping[str, tuple[str, ...]] = {
    "shows": ("shows",),
    "catalogue": ("recordings", "albums"),
    "setlists": ("setlists",),
}  # by phase, as they are written; the other phases read no listing
AHEAD = 2  # pages that are fetched before the writer asks for them
PAST_CALLS = 3.0  # what past imports say counts as much as this many calls of the present one
PAST_PAGES = 1.0  # and as this many pages written
A_PAGE = 10  # what writing one costs beyond its entries, in entries
# Seconds that writing an entry took on an idle machine. Where past imports say nothing of a listing, this
# import's other pages tell how much slower or faster the present one is.
WRITING = {"shows": 0.007, "recordings": 0.0014, "albums": 0.0033, "setlists": 0.02}
PLAIN = {"ballots": 0.05}  # the same for a phase that reads no listing
DOUBTED_PAGES = 2.0  # from few pages the machine's speed is taken with doubt
FEW_PERCENT = 3.0  # before that the speed so far says nothing
OVERDUE = 0.2  # of its usual time: what is late is expected to take as much again
FEWEST_IMPORTS = 3  # from which something can be learned


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How far the reading of a listing is, in seconds. Last: what a restarted import has no use for."""

    total: int | None = None  # entries, as the provider tells
    page_entries: int = 0  # on its largest page
    pages: int = 0  # written, in all runs
    entries: int = 0  # on these
    write_seconds: float = 0.0
    calls: int = 0  # answered, in all runs
    fetched_pages: int = 0
    fetched_entries: int = 0
    fetch_seconds: float = 0.0
    call_seconds: float | None = None  # lately, where one followed the other at once
    page_seconds: float | None = None  # lately, of writing an entry, or what a page costs beyond them
    is_over: bool = False  # nothing more is fetched
    ready: tuple[int, ...] = ()  # entries on each page that waits for the writer
    writing: int = 0  # entries on the page that the writer has
    written: int = 0  # of these
    writing_for: float = 0.0
    fetching_for: float | None = None  # a page is under way


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """What a listing took in past imports: medians."""

    call_seconds: float
    page_seconds: float
    total: float
    page_entries: float
    calls_an_entry: float
    more_pages: float  # than its entries fill


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """Without any import in it nothing is known."""

    listings: Mapping[str, Usual] = field(default_factory=dict)
    phases: Mapping[str, float] = field(default_factory=dict)  # seconds: medians
    imports: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """One import that is done."""

    readings: Mapping[str, Reading]
    phase_seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an import is. `phases` begin with the present one, `phase_for` is the seconds spent in it."""

    phases: Sequence[str]
    phase_for: float
    phase_share: float  # of the present phase that is done, 0 to 1
    readings: Mapping[str, Reading]
    awaited: frozenset[str] = frozenset()  # listings that will be read and are not asked for yet
    percent: float = 0.0
    elapsed: float = 0.0


def learn(past: Sequence[Past]) -> History:
    """From too few imports: nothing."""
    if len(past) < FEWEST_IMPORTS:
        return History()
    names = [name for listings in LISTINGS.values() for name in listings]
    listings = {name: usual for name in names if (usual := _usual(name, past)) is not None}
    plain = {name for one in past for name in one.phase_seconds} - set(LISTINGS)
    phases = {
        name: median([one.phase_seconds[name] for one in past if name in one.phase_seconds]) for name in plain
    }
    return History(listings=listings, phases=phases, imports=len(past))


def seconds_left(standing: Standing, history: History) -> float | None:
    """None while nothing can be said; never negative."""
    played = _played(standing, history)
    if played is not None:
        return max(0.0, played)
    if standing.percent < FEW_PERCENT:
        return None
    return standing.elapsed * (100.0 - standing.percent) / standing.percent


def _usual(name: str, past: Sequence[Past]) -> Usual | None:
    """Only what those say that read this listing."""
    found = [one.readings[name] for one in past if name in one.readings]
    read = [one for one in found if one.fetched_pages and one.calls]
    if not read:
        return None
    return Usual(
        call_seconds=median(
            [one.call_seconds for one in read if one.call_seconds is not None]
            or [one.fetch_seconds / one.calls for one in read]
        ),
        page_seconds=median([one.write_seconds / max(one.entries + A_PAGE * one.pages, 1) for one in read]),
        total=median([one.entries for one in read]),
        page_entries=max(one.page_entries for one in read),
        calls_an_entry=median([_calls_an_entry(one) for one in read]),
        more_pages=median(
            [one.fetched_pages - _filled(one.fetched_entries, one.page_entries) for one in read]
        ),
    )


def _played(standing: Standing, history: History) -> float | None:
    """When the writer will be through with it all; None where the size of a listing is unknown."""
    at, began = 0.0, 0.0
    strain = _strain(standing.readings, history)
    for place, phase in enumerate(standing.phases):
        if phase not in LISTINGS:
            seconds = strain * history.phases.get(phase, PLAIN.get(phase, 0.0))
            at += seconds if place else _rest_of_phase(seconds, standing)
            began = at if place == 0 else began
        for name in LISTINGS.get(phase, ()):
            known, usual = standing.readings.get(name), history.listings.get(name)
            if known is None and name not in standing.awaited:
                continue
            written = _page_seconds(name, known or Reading(), usual, strain)
            course = _Course(known or Reading(), usual, began=0.0 if known else began, written=written)
            if not course.is_known:
                return None
            at = course.played(at)
    return at


def _rest_of_phase(usual: float, standing: Standing) -> float:
    """Of the present one, which reads no listing: it tells how far it is, once it is anywhere."""
    spent, share = standing.phase_for, standing.phase_share
    if spent and share:
        return spent * (1 - share) / share
    return max(usual - spent, usual * OVERDUE)


class _Course:
    """The pages of one listing on their way to the writer."""

    def __init__(self, known: Reading, usual: Usual | None, *, began: float, written: float) -> None:
        self._known, self._usual, self._began = known, usual, began
        self._call_seconds = _call_seconds(known, usual)
        self._page_seconds = written
        is_fetched = known.total is not None or known.fetched_pages > 0
        self._calls_an_entry = (
            _calls_an_entry(known) if is_fetched else usual.calls_an_entry if usual else 0.0
        )

    @property
    def is_known(self) -> bool:
        return self._known.is_over or self._known.total is not None or self._usual is not None

    def played(self, at: float) -> float:
        """`at` the writer comes to this listing; the answer is when it leaves."""
        known = self._known
        at += (known.writing - known.written) * self._page_seconds
        pages = [*known.ready, *self._to_come()]
        taken: list[float] = []
        there = self._began
        for place, entries in enumerate(pages):
            if place >= len(known.ready):
                room = taken[place - AHEAD] if place >= AHEAD else self._began
                there = self._fetched(place, max(there, room), entries)
            taken.append(max(at, there))
            at = taken[-1] + (entries + A_PAGE) * self._page_seconds
        return at

    def _fetched(self, place: int, start: float, entries: int) -> float:
        """When a page will be there that is asked for at `start`, or was already."""
        seconds = self._call_seconds * (1 + self._calls_an_entry * entries)
        under_way = self._known.fetching_for
        if under_way is None or place > len(self._known.ready):
            return start + seconds
        return max(seconds - under_way, seconds * OVERDUE)

    def _to_come(self) -> Iterator[int]:
        """Entries on each page that is not there yet."""
        known, usual = self._known, self._usual
        if known.is_over:
            return
        total = known.total if known.total is not None else round(usual.total) if usual else 0
        size = (
            max(known.page_entries, 1) if known.fetched_pages else round(usual.page_entries) if usual else 1
        )
        rest = total - known.entries - sum(known.ready) - known.writing
        more = round(usual.more_pages) if usual else 0
        so_far = known.pages + len(known.ready) + bool(known.writing)
        beyond = max(0, so_far - _filled(total - max(rest, 0), size))
        while rest > 0:
            yield min(rest, size)
            rest -= size
        yield from (0 for _ in range(more - beyond))


def _call_seconds(known: Reading, usual: Usual | None) -> float:
    own = known.call_seconds
    if own is None and known.calls and usual is None:
        own = known.fetch_seconds / known.calls
    if usual is None or own is None:
        return own if own is not None else usual.call_seconds if usual else 0.0
    return (own * known.calls + usual.call_seconds * PAST_CALLS) / (known.calls + PAST_CALLS)


def _page_seconds(name: str, known: Reading, usual: Usual | None, strain: float) -> float:
    """Of writing an entry, or what a page costs beyond them."""
    expected = strain * (usual.page_seconds if usual else WRITING[name])
    own, pages = _own_writing(known)
    return (own * pages + expected * PAST_PAGES) / (pages + PAST_PAGES) if pages else expected


def _own_writing(known: Reading) -> tuple[float, int]:
    """Its seconds so far, lately, and over how many pages; the one in the writer's hand as far as it is."""
    own, pages = known.page_seconds or 0.0, known.pages
    if known.written:
        own = (own * pages + known.writing_for / (known.written + A_PAGE)) / (pages + 1)
        pages += 1
    return own, pages


def _strain(readings: Mapping[str, Reading], history: History) -> float:
    """How much longer writing takes than usual: this machine is busy, or another one. The latest listing
    tells the most.
    """
    strain = 1.0
    for name in (name for listings in LISTINGS.values() for name in listings if name in readings):
        own, pages = _own_writing(readings[name])
        usual = history.listings[name].page_seconds if name in history.listings else WRITING[name]
        if own > 0 and usual > 0:
            weight = pages / (pages + DOUBTED_PAGES)
            strain = strain ** (1 - weight) * (own / usual) ** weight
    return strain


def _calls_an_entry(known: Reading) -> float:
    """Beyond the one for each page."""
    return max(0.0, (known.calls - known.fetched_pages) / max(known.fetched_entries, 1))


def _filled(entries: int, page_entries: float) -> int:
    """Pages that so many entries fill."""
    return -(-entries // max(round(page_entries), 1))
