"""How each provider stands: its mode, what is left of its budget, its breaker, its calls of today."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from setlist.models import ProviderState
from setlist.providers.habits import UNPACED
from setlist.providers.sources import Providers, SourceStatus
from setlist.services.breaker import BreakerSnapshot
from setlist.services.budget import Account, Allowance, Share, calls_left, kept_from
from setlist.services.budget_rows import Tally, calls_by_purpose

SHORTEST_HOLD_SECONDS = 5.0  # a shorter one is part of keeping the pace, and nothing to look at


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    name: str
    label: str
    mode: str  # live, sandbox, off
    account: str  # the mode of Spotify's account
    missing: str  # the settings that would turn it on
    per_second: float | None  # None: as fast as it goes
    per_day: int | None  # None: no allowance
    left: int | None  # of the allowance
    left_for_syncs: int | None  # what is not kept for fans and setlists
    resets_at: datetime | None  # by the provider's own word
    held_until: datetime | None
    held_because: str
    breaker: BreakerSnapshot
    last_error: str
    last_error_at: datetime | None
    today: Mapping[str, Tally] = field(default_factory=dict)  # by purpose, since midnight UTC

    @property
    def calls_today(self) -> int:
        return sum(tally.calls for tally in self.today.values())

    def as_json(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            if isinstance(value, datetime):
                return value.isoformat()
            if isinstance(value, dict):
                return {key: plain(inner) for key, inner in value.items()}
            return value

        found: dict[str, Any] = plain({**asdict(self), "calls_today": self.calls_today})
        return found


def standings(providers: Providers, session: Session, *, now: datetime | None = None) -> list[Standing]:
    """Of all four, in the order in which an import asks them."""
    now = now or datetime.now(UTC)
    return [_standing(providers, session, about, now) for about in providers.status()]


def _standing(providers: Providers, session: Session, about: SourceStatus, now: datetime) -> Standing:
    gate = providers.gates[about.name]
    key, rule = gate.budget.provider, gate.budget.rule
    account = gate.budget.account()
    state = session.get(ProviderState, key) or ProviderState(held_because="", last_error="")
    held = account.held_until
    is_held = held is not None and (held - now).total_seconds() > SHORTEST_HOLD_SECONDS
    return Standing(
        name=about.name,
        label=about.label,
        mode="off" if not about.on else "sandbox" if providers.in_sandbox else "live",
        account=providers.settings.spotify_mode.value if about.on and about.name == "spotify" else "",
        missing=about.missing,
        per_second=rule.per_second if rule.per_second < UNPACED else None,
        per_day=rule.allowance.calls if rule.allowance else None,
        left=calls_left(account, rule.allowance, now) if rule.allowance else None,
        left_for_syncs=_for_syncs(account, rule.allowance, now) if rule.allowance else None,
        resets_at=account.quota_resets_at if (account.quota_resets_at or now) > now else None,
        held_until=held if is_held else None,
        held_because=state.held_because if is_held else "",
        breaker=gate.breaker.snapshot(),
        last_error=state.last_error,
        last_error_at=state.last_error_at,
        today=calls_by_purpose(session, key, now.replace(hour=0, minute=0, second=0, microsecond=0)),
    )


def _for_syncs(account: Account, allowance: Allowance, now: datetime) -> int:
    kept = kept_from(Share.REST, account.used, allowance, now)
    return max(0, calls_left(account, allowance, now) - kept)
