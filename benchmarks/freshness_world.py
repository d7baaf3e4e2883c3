"""Artists whose shows come and go, for a simulation of what is asked of them when.

All of it is invented by a seeded generator, in proportions that are typical of a site whose artists are there
since fans asked for them: of 20,000, one in six tours, half had no show for a year.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from setlist.services.freshness_ages import AWAITED, Kind, Known

TOURING, ACTIVE = 0.165, 0.32  # the rest is dormant
FOLLOWED_OF = {"touring": 0.18, "active": 0.02, "dormant": 0.004}
TRENDING = 0.08  # of the followed
UNLISTED = 0.12  # at Ticketmaster
WITHOUT_PICTURE = 0.15  # no id at Spotify
BACKLOGS = 0.02
NEVER_WRITTEN = 0.10  # of the shows
TOURS_A_DAY = 0.003  # of all artists, announce one
BEGINS = ((0.55, 1.0), (0.35, 18.5), (0.10, 10.5))  # share, hour UTC: America, Europe, elsewhere
WITH_SHOWS = 0.45  # of the venues, at any time
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(slots=True, eq=False)
class Act:
    id: int
    kind: str
    since: datetime
    hour: float
    is_listed: bool
    checked: dict[Kind, datetime] = field(default_factory=dict)
    shows: list[datetime] = field(default_factory=list)  # known, in order
    learned_at: datetime | None = None  # of the coming shows
    announced: list[list[datetime]] = field(default_factory=list)  # tours, not known yet
    unwritten: dict[datetime, datetime] = field(default_factory=dict)  # show -> when its setlist appears
    past_until: int = 0  # how many of the shows are accounted for as past
    followed_since: datetime | None = None
    is_trending: bool = False
    recordings: int = 300
    backlog: int = 0  # pages of older setlists that are still to come

    def pass_shows(self, now: datetime, random: Random) -> None:
        """Those that began since: their setlists appear some time later, or never."""
        past = bisect_right(self.shows, now)
        for show in self.shows[self.past_until : past]:
            delay = HOUR * (4 + random.lognormvariate(2.1, 1.2))
            never = random.random() < NEVER_WRITTEN
            self.unwritten[show] = show + (365 * DAY if never else delay)
        self.past_until = past

    def known(self, now: datetime) -> Known:
        past = self.past_until
        lacking = [show for show in self.unwritten if now - show < AWAITED]
        return Known(
            since=self.since,
            coming=len(self.shows) - past,
            next_show_at=self.shows[past] if past < len(self.shows) else None,
            ahead_since=self.learned_at,
            last_show_at=self.shows[past - 1] if past else None,
            awaited_since=max(lacking, default=None),
            followed_since=self.followed_since,
            is_trending=self.is_trending,
            is_listed=self.is_listed,
        )

    def read_shows(self, now: datetime) -> bool:
        """Whether anything was new."""
        if not self.announced:
            return False
        coming = [show for shows in self.announced for show in shows if show > now]
        self.announced, self.shows = [], sorted({*self.shows, *coming})
        self.learned_at = now if self.past_until < len(self.shows) else self.learned_at
        return True

    def read_setlists(self, now: datetime) -> None:
        """Old shows are forgotten with what they lack."""
        for show, at in list(self.unwritten.items()):
            if at <= now or now - show > 2 * AWAITED:
                del self.unwritten[show]

    @property
    def coming(self) -> int:
        return len(self.shows) - self.past_until

    @property
    def next_change(self) -> datetime | None:
        """When the next known show begins."""
        return self.shows[self.past_until] if self.past_until < len(self.shows) else None


def people(many: int, now: datetime, random: Random) -> list[Act]:
    acts = []
    for number in range(many):
        chance = random.random()
        kind = "touring" if chance < TOURING else "active" if chance < TOURING + ACTIVE else "dormant"
        acts.append(_act(number, kind, now, random))
    return acts


def halls(first: int, many: int, now: datetime, random: Random) -> list[Act]:
    """Venues: with shows at all times, or without."""
    acts = []
    for number in range(first, first + many):
        act = Act(id=number, kind="venue", since=now - DAY * 700, hour=0, is_listed=True)
        act.checked = {Kind.VENUES: now}
        if random.random() < WITH_SHOWS:
            act.shows, act.learned_at = [now + 900 * DAY], now - 300 * DAY
        acts.append(act)
    return acts


def tour(act: Act, begins: datetime, random: Random) -> list[datetime]:
    """Mostly a handful of nights, sometimes eighty, two or three days apart."""
    nights = min(80, max(1, round(random.lognormvariate(1.8, 0.9))))
    at, shows = begins.replace(hour=0, minute=0) + HOUR * act.hour, []
    for _ in range(nights):
        shows.append(at)
        at += DAY * random.choice((1, 1, 2, 2, 3, 5))
    return shows


def _act(number: int, kind: str, now: datetime, random: Random) -> Act:
    chance, hour = random.random(), BEGINS[-1][1]
    for share, begins in BEGINS:
        if chance < share:
            hour = begins
            break
        chance -= share
    act = Act(
        id=number,
        kind=kind,
        since=now - DAY * random.uniform(1, 700),
        hour=hour,
        is_listed=random.random() > UNLISTED,
        recordings=min(6000, round(random.lognormvariate(5.5, 1.2))),
        backlog=round(random.lognormvariate(2.5, 0.8)) if random.random() < BACKLOGS else 0,
    )
    if kind == "touring":
        shows = tour(act, now + DAY * random.uniform(-20, 60), random)
        act.shows = shows if shows[-1] > now else [shows[0], now + DAY * random.uniform(1, 30)]
        act.learned_at = now - 30 * DAY
    elif kind == "active":
        act.shows = [now - DAY * random.uniform(5, 360)]
    act.past_until = bisect_right(act.shows, now)
    kinds = {Kind.ACT, Kind.SETLISTS, Kind.IDENTITY, Kind.RECORDINGS}
    kinds |= {Kind.SHOWS} if act.is_listed else set()
    kinds |= {Kind.BACKLOG} if act.backlog else set()
    kinds |= {Kind.PICTURE, Kind.ALBUMS} if random.random() > WITHOUT_PICTURE else set()
    act.checked = dict.fromkeys(sorted(kinds), now)
    if random.random() < FOLLOWED_OF[kind]:
        act.followed_since = now - DAY * random.uniform(0, 60)
        act.is_trending = random.random() < TRENDING
    return act
