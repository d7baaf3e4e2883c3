"""Parts of an import whose provider could not answer: the import goes on without them, and they follow.

They are kept in the import's row, each with where it stopped. At the import's end they are tried once more;
what still cannot be had follows in a sync of its own, when its provider said, or after a while that
doubles. Nobody has to do anything for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from setlist.models import SyncJob
from setlist.models.base import Json
from setlist.providers.errors import LABELS, ProviderError

FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 60  # of one part: about two weeks of waiting


class Part(StrEnum):
    """What an import can do without for a while."""

    ATTRACTION = "attraction"
    PICTURE = "picture"
    SHOWS = "shows"
    RECORDINGS = "recordings"
    ALBUMS = "albums"
    SETLISTS = "setlists"

    @property
    def phase(self) -> str:
        """The phase of an import that it belongs to."""
        return _PHASES.get(self, self.value)

    @property
    def words(self) -> str:
        """As a fan would say it."""
        return _WORDS[self]


_PHASES = {
    Part.ATTRACTION: "identify",
    Part.PICTURE: "identify",
    Part.RECORDINGS: "catalogue",
    Part.ALBUMS: "catalogue",
}
_WORDS = {
    Part.ATTRACTION: "coming shows",
    Part.PICTURE: "a picture",
    Part.SHOWS: "coming shows",
    Part.RECORDINGS: "more songs",
    Part.ALBUMS: "more songs",
    Part.SETLISTS: "past setlists",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    part: Part
    provider: str
    why: str
    until: datetime  # when it is worth trying again
    is_told: bool  # by the provider, or by what we know of it; else it is our guess
    tries: int
    place: Json  # where it goes on

    @property
    def label(self) -> str:
        return LABELS.get(self.provider, self.provider)


class Postponed:
    """The postponed parts in an import's row."""

    def __init__(self, sync: SyncJob) -> None:
        self._sync = sync

    def __iter__(self) -> Iterator[Entry]:
        for part in Part:
            if part in self._sync.postponed:
                yield self.entry(part)

    def __bool__(self) -> bool:
        return bool(self._sync.postponed)

    def entry(self, part: Part) -> Entry:
        kept = self._sync.postponed[part.value]
        return Entry(
            part=part,
            provider=kept["provider"],
            why=kept["why"],
            until=datetime.fromisoformat(kept["until"]),
            is_told=kept["is_told"],
            tries=kept["tries"],
            place=kept["place"],
        )

    def put_off(self, part: Part, error: ProviderError, *, now: datetime) -> None:
        """At its present checkpoint."""
        tries = 1 + int(self._sync.postponed.get(part.value, {}).get("tries", 0))
        told: datetime | None = getattr(error, "until", None)
        at = self._sync.checkpoint
        self._sync.postponed = {
            **self._sync.postponed,
            part.value: {
                "provider": error.provider,
                "why": str(error),
                "until": (told or now + _wait(tries)).isoformat(),
                "is_told": told is not None,
                "tries": tries,
                "place": {
                    "began_at": at.get("began_at") or (self._sync.started_at or now).isoformat(),
                    **{name: at[name] for name in ("cursor", "done") if name in at},
                },
            },
        }

    def settle(self, part: Part) -> None:
        """It is there now, or will never be."""
        left = dict(self._sync.postponed)
        left.pop(part.value, None)
        self._sync.postponed = left

    def give_up(self) -> list[str]:
        """Drop what was tried often enough; why, for each."""
        given_up = [entry for entry in self if entry.tries >= MOST_TRIES]
        for entry in given_up:
            self.settle(entry.part)
        return [f"left out: {entry.why}" for entry in given_up]


def entries_of(sync: SyncJob) -> list[Entry]:
    return list(Postponed(sync))


def follows_at(sync: SyncJob) -> datetime | None:
    """When the first of its postponed parts is worth trying again."""
    return min((entry.until for entry in Postponed(sync)), default=None)


def _wait(tries: int) -> timedelta:
    return min(FIRST_WAIT * float(2 ** min(tries - 1, 30)), LONGEST_WAIT)
