"""What each provider allows, and how much of its weather is borne: the one table of it.

| provider | pace | allowance | opens after | first rest |
|---|---|---|---|---|
| MusicBrainz | 1 a second by its rule, else 503 for all | none | 4 failures in a row | 1x |
| Ticketmaster | 2 a second by its FAQ (5 by its guide) | 5,000 a day, told in headers | 4 | 1x |
| setlist.fm | 1 a second (2 by its forum; refused at 0.7 s in a probe) | 1,440 a day | 4 | 1.5x |
| Spotify | unpublished, in 30 s windows; 90 are borne | unpublished, rolling 24 h | 5 | 1.5x |

"Failures" are 5xx answers or garbage at 3 points each (base.WEIGHTS); of timeouts, at 4, fewer are needed.
A rest is a multiple of PROVIDER_REST_SECONDS and doubles with each trial that fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from config import Settings
from config import Sources as Origin
from setlist.services.breaker import BreakerRule
from setlist.services.budget import Allowance, BudgetRule

DAY = 86_400.0
UNPACED = 10_000.0  # calls a second: the sandbox without limits
TRIAL_MARGIN = 5.0  # beyond a call's deadline, until a trial is taken for dead
LONGEST_REST = 15  # times the first


@dataclass(frozen=True, kw_only=True, slots=True)
class _Patience:
    points: int
    rest: float = 1.0


_PATIENCE: Mapping[str, _Patience] = MappingProxyType(
    {
        "musicbrainz": _Patience(points=10),
        "ticketmaster": _Patience(points=10),
        "setlistfm": _Patience(points=10, rest=1.5),
        "spotify": _Patience(points=13, rest=1.5),
    }
)


def budget_rule(name: str, settings: Settings) -> BudgetRule:
    in_sandbox = settings.data_sources is Origin.SANDBOX
    if in_sandbox and not settings.sandbox_limits:
        return BudgetRule(per_second=UNPACED)
    speed = settings.sandbox_limit_speed if in_sandbox else 1.0
    per_second, per_day = {
        "musicbrainz": (settings.musicbrainz_per_second, None),
        "ticketmaster": (settings.ticketmaster_per_second, settings.ticketmaster_per_day),
        "setlistfm": (settings.setlistfm_per_second, settings.setlistfm_per_day),
        "spotify": (settings.spotify_per_second, settings.spotify_per_day),
    }[name]
    for_setlists = settings.reserve_for_setlists if name == "setlistfm" else 0.0
    allowance = None
    if per_day is not None:
        allowance = Allowance(
            calls=per_day,
            seconds=DAY / speed,
            for_fans=int(per_day * settings.reserve_for_fans),
            for_setlists=int(per_day * for_setlists),
        )
    return BudgetRule(per_second=per_second * speed, allowance=allowance)


def breaker_rule(name: str, settings: Settings) -> BreakerRule:
    patience = _PATIENCE[name]
    rest = settings.provider_rest_seconds * patience.rest
    return BreakerRule(
        points=patience.points,
        rest_seconds=rest,
        longest_rest=rest * LONGEST_REST,
        trial_seconds=settings.provider_total_seconds + TRIAL_MARGIN,
    )
