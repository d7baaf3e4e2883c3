"""A person's word on a doubt, or without one: it beats every import, and it is written down who gave it.

Each decision locks the doubt, so that of two who press at once the second is told what was decided. What
should happen next (whose rows to read anew) is returned, for the edge to ask for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import Artist, AuditLog, Doubt, ExternalId, Show, Song, Venue
from setlist.models.base import LARGEST_ID
from setlist.models.identity import DoubtKind, DoubtState, Matched
from setlist.models.sync import SyncKind
from setlist.pipeline.doubts import CANDIDATE, Question, refuse
from setlist.pipeline.identity import CONFIDENCE
from setlist.pipeline.merging import CannotMergeError
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.merging_shows import merge_shows
from setlist.pipeline.merging_songs import merge_songs
from setlist.pipeline.merging_venues import merge_venues
from setlist.pipeline.splitting import (
    CannotSplitError,
    split_artist,
    split_recording,
    split_show,
    split_venue,
)

Target = Artist | Venue | Show | Song
MODELS: Mapping[DoubtKind, type[Artist | Venue | Show | Song]] = MappingProxyType(
    {DoubtKind.ARTIST: Artist, DoubtKind.VENUE: Venue, DoubtKind.SHOW: Show, DoubtKind.SONG: Song}
)
# What an id of that kind is called in external_ids.
EXTERNAL_KINDS: Mapping[DoubtKind, str] = MappingProxyType(
    {
        DoubtKind.ARTIST: "artist",
        DoubtKind.VENUE: "venue",
        DoubtKind.SHOW: "show",
        DoubtKind.SONG: "recording",
    }
)
READ_ANEW: Mapping[str, SyncKind] = MappingProxyType(
    {
        "ticketmaster": SyncKind.TICKETMASTER,
        "spotify": SyncKind.SPOTIFY,
        "setlistfm": SyncKind.SETLISTS,
        "musicbrainz": SyncKind.CATALOGUE,
    }
)


class Choice(StrEnum):
    CONFIRM = "confirm"  # the id means the candidate
    REJECT = "reject"  # it does not
    MERGE = "merge"  # what the id means and the candidate are one
    SPLIT = "split"  # the id means the candidate now, and must not


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whose word it is: an account's, or nobody's whom we know by one, such as a command's."""

    account_id: int | None
    at: datetime


class UnknownRowError(Exception):
    """There is no such doubt, row or id."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What became of it. `is_new`: this decided it, and not somebody before."""

    words: str
    is_new: bool = True
    refresh: tuple[int, ...] = ()  # artists of whom the provider's listings should be read anew
    sync: SyncKind | None = None


def decide(
    session: Session, doubt_id: int, choice: Choice, person: Person, *, seen: str = DoubtState.OPEN.value
) -> Decision:
    """`seen` is the doubt's state as whoever decides saw it: a mind may be changed, but not blindly."""
    doubt = session.scalars(
        select(Doubt).where(Doubt.id == doubt_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if doubt is None:
        raise UnknownRowError("There is no such doubt.")
    if doubt.state != seen:
        return Decision(words=f"It was decided already: {doubt.state}.", is_new=False)
    target = f"{doubt.kind} {getattr(doubt, CANDIDATE[DoubtKind(doubt.kind)].key)}"
    decision = _DECISIONS[choice](_Case(session, doubt, person))
    doubt.decided_by, doubt.decided_at = person.account_id, person.at
    about = {"doubt": doubt.id, "provider": doubt.provider, "id": doubt.external_id, "name": doubt.name}
    session.add(
        AuditLog(account_id=person.account_id, action=f"doubt_{doubt.state}", target=target, details=about)
    )
    session.flush()
    return decision


def merge_rows(session: Session, loser: Target, keeper: Target, *, now: datetime) -> Target:
    match loser, keeper:
        case Artist(), Artist():
            return merge_artists(session, loser, keeper, now=now)
        case Venue(), Venue():
            return merge_venues(session, loser, keeper)
        case Show(), Show():
            return merge_shows(session, loser, keeper)
        case Song(), Song():
            return merge_songs(session, loser, keeper)
    raise CannotMergeError("Only two of a kind can be one.")


def take_away(session: Session, kind: DoubtKind, tied: ExternalId, name: str) -> None:
    """The id does not mean its row any more; but for an artist's, it gets a row of its own."""
    match kind:
        case DoubtKind.ARTIST:
            split_artist(session, tied)
        case DoubtKind.VENUE:
            split_venue(session, tied, name)
        case DoubtKind.SHOW:
            split_show(session, tied)
        case DoubtKind.SONG:
            split_recording(session, tied, name)
    if tied not in session:
        return  # it means nothing now
    tied.matched_by, tied.confidence = Matched.PERSON.value, CONFIDENCE[Matched.PERSON]
    session.flush()


def row_of(session: Session, kind: DoubtKind, row_id: int) -> Target:
    found = session.get(MODELS[kind], row_id) if 0 < row_id <= LARGEST_ID else None
    if not isinstance(found, Artist | Venue | Show | Song):
        raise UnknownRowError(f"There is no {kind} {row_id}.")
    return found


def tie_of(session: Session, kind: DoubtKind, provider: str, external_id: str) -> ExternalId | None:
    statement = select(ExternalId).where(
        ExternalId.provider == provider,
        ExternalId.kind == EXTERNAL_KINDS[kind],
        ExternalId.external_id == external_id,
    )
    return session.scalars(statement.with_for_update()).first()


class _Case:
    """A doubt with the row that is asked about, and the one that its id means now."""

    def __init__(self, session: Session, doubt: Doubt, person: Person) -> None:
        self.session, self.doubt, self.person = session, doubt, person
        self.kind = DoubtKind(doubt.kind)
        column = CANDIDATE[self.kind]
        self.candidate_id: int = getattr(doubt, column.key)
        self.tied = tie_of(session, self.kind, doubt.provider, doubt.external_id)
        self.holder_id: int | None = getattr(self.tied, column.key) if self.tied else None

    def confirm(self) -> Decision:
        """An artist's id moves here; what else has a row of its own for it is one with the candidate."""
        if self.holder_id not in {None, self.candidate_id}:
            if self.kind is not DoubtKind.ARTIST:
                return self.merge()
            self._refuse(self.holder_id or 0, DoubtState.SPLIT)
            if self.tied is not None:
                split_artist(self.session, self.tied)
        self._tie()
        self._close_rivals()
        return self._decided(DoubtState.CONFIRMED, "It is the same.", reads_anew=True)

    def reject(self) -> Decision:
        if self.holder_id == self.candidate_id:
            return self.split()
        return self._decided(DoubtState.REJECTED, "It is not the same. No import will ask again.")

    def merge(self) -> Decision:
        if self.holder_id in {None, self.candidate_id}:
            raise CannotMergeError("There is nothing here to merge it with: confirm or reject it.")
        self.doubt.state = DoubtState.MERGED.value  # decided: the merge keeps it
        self.session.flush()
        loser, keeper = (
            row_of(self.session, self.kind, row_id) for row_id in (self.holder_id or 0, self.candidate_id)
        )
        kept = merge_rows(self.session, loser, keeper, now=self.person.at)
        self.candidate_id = kept.id
        self._tie()
        self._close_rivals()
        return self._decided(DoubtState.MERGED, "They are one now.", reads_anew=True)

    def split(self) -> Decision:
        if self.tied is None or self.holder_id != self.candidate_id:
            raise CannotSplitError("The id does not mean this row now: reject it instead.")
        take_away(self.session, self.kind, self.tied, self.doubt.name)
        return self._decided(DoubtState.SPLIT, "They are two now. No import will join them again.")

    def _decided(self, state: DoubtState, words: str, *, reads_anew: bool = False) -> Decision:
        self.doubt.state = state.value
        artists = (self.candidate_id,) if reads_anew and self.kind is DoubtKind.ARTIST else ()
        return Decision(words=words, refresh=artists, sync=READ_ANEW.get(self.doubt.provider))

    def _tie(self) -> None:
        """A person's tie."""
        key = CANDIDATE[self.kind].key
        values = {
            key: self.candidate_id,
            "matched_by": Matched.PERSON.value,
            "confidence": CONFIDENCE[Matched.PERSON],
            "confirmed_by": self.person.account_id,
        }
        same = {
            "provider": self.doubt.provider,
            "kind": EXTERNAL_KINDS[self.kind],
            "external_id": self.doubt.external_id,
        }
        statement = insert(ExternalId).values(**same, **values, url=self.doubt.url)
        keys = [ExternalId.provider, ExternalId.kind, ExternalId.external_id]
        self.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))

    def _close_rivals(self) -> None:
        """An id means one row: whoever else was asked about is not it."""
        self.session.execute(
            update(Doubt)
            .where(
                Doubt.kind == self.kind.value,
                Doubt.provider == self.doubt.provider,
                Doubt.external_id == self.doubt.external_id,
                Doubt.id != self.doubt.id,
                Doubt.state == DoubtState.OPEN.value,
            )
            .values(
                state=DoubtState.REJECTED.value, decided_by=self.person.account_id, decided_at=self.person.at
            )
        )

    def _refuse(self, row_id: int, state: DoubtState) -> None:
        question = Question(
            kind=self.kind,
            provider=self.doubt.provider,
            external_id=self.doubt.external_id,
            name=self.doubt.name,
            url=self.doubt.url,
            candidate_id=row_id,
            reason="a person said that it is another one",
        )
        refuse(self.session, question, state, by=self.person.account_id, now=self.person.at)


_DECISIONS: Mapping[Choice, Callable[[_Case], Decision]] = MappingProxyType(
    {
        Choice.CONFIRM: _Case.confirm,
        Choice.REJECT: _Case.reject,
        Choice.MERGE: _Case.merge,
        Choice.SPLIT: _Case.split,
    }
)
