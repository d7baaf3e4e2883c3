"""What an import reads, and what each sync of one provider does of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from setlist.models.sync import SyncKind
from setlist.services.freshness import Listing

# The share of a typical import that each phase takes, in percent, in the order they run.
PHASES = {"identify": 4, "shows": 30, "catalogue": 26, "setlists": 32, "ballots": 8}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """`listings` are read where they are due; those that are `asked` for, whenever it runs."""

    phases: tuple[str, ...] = tuple(PHASES)
    listings: frozenset[Listing] = frozenset(Listing) - {Listing.BACKLOG}
    asked: frozenset[Listing] = frozenset()

    def percent(self, phase: str, share: float) -> float:
        """How much is done when `share` of a phase is, of what this scope takes."""
        weights = [PHASES[name] for name in self.phases]
        before = sum(weights[: self.phases.index(phase)])
        return 100 * (before + PHASES[phase] * min(max(share, 0.0), 1.0)) / sum(weights)


WHOLE = Scope()
SYNCS: Mapping[SyncKind, Scope] = MappingProxyType(
    {
        SyncKind.SPOTIFY: Scope(
            phases=("identify", "catalogue", "ballots"),
            listings=frozenset({Listing.PICTURE, Listing.ALBUMS}),
            asked=frozenset({Listing.PICTURE, Listing.ALBUMS}),
        ),
        SyncKind.TICKETMASTER: Scope(
            phases=("identify", "shows", "ballots"),
            listings=frozenset({Listing.ATTRACTION, Listing.DATED, Listing.UNDATED}),
            asked=frozenset({Listing.DATED}),
        ),
        SyncKind.SETLISTS: Scope(
            phases=("setlists", "ballots"),
            listings=frozenset({Listing.SETLISTS, Listing.BACKLOG}),
            asked=frozenset({Listing.SETLISTS}),
        ),
        SyncKind.CATALOGUE: Scope(
            phases=("identify", "catalogue", "ballots"),
            listings=frozenset({Listing.IDENTITY, Listing.RECORDINGS}),
            asked=frozenset({Listing.IDENTITY, Listing.RECORDINGS}),
        ),
    }
)


def scope_of(kind: str) -> Scope:
    return SYNCS.get(SyncKind(kind), WHOLE)


def is_sync(kind: str) -> bool:
    """Whether it refreshes what one provider knows; imports and what follows them do more."""
    return SyncKind(kind) in SYNCS
