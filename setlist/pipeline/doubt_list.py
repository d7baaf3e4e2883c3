"""The doubts as operators read them: with the row each asks about, what its id means now, and what fits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from setlist.models import Account, Artist, Doubt, ExternalId, Show, Song, Venue
from setlist.models.identity import DoubtKind, DoubtState
from setlist.pipeline.by_hand import name_of
from setlist.pipeline.deciding import EXTERNAL_KINDS, MODELS, Choice, Target
from setlist.pipeline.doubts import CANDIDATE

Asked = tuple[str, str, str]  # kind, provider, external id


@dataclass(frozen=True, kw_only=True)
class Meant:
    """A row of ours, named so that an operator knows it from its namesakes."""

    kind: DoubtKind
    id: int
    name: str
    more: str = ""  # what tells it from others of that name
    artist_id: int | None = None  # whose page shows it, where it has none


@dataclass(frozen=True, kw_only=True)
class DoubtLine:
    doubt: Doubt
    candidate: Meant
    holder: Meant | None  # what the id means now
    decided_by: str  # an account's address; nothing for a command or an import

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be decided about it as it is now."""
        if self.doubt.state == DoubtState.MERGED:
            return ()
        if self.holder is None:
            return (Choice.CONFIRM, Choice.REJECT) if self._is_open else (Choice.CONFIRM,)
        if self.holder.id == self.candidate.id:
            return (Choice.CONFIRM, Choice.SPLIT) if self._is_open else (Choice.SPLIT,)
        if self.candidate.kind is DoubtKind.ARTIST:
            return (Choice.CONFIRM, Choice.REJECT, Choice.MERGE) if self._is_open else (Choice.CONFIRM,)
        return (Choice.MERGE, Choice.REJECT) if self._is_open else (Choice.MERGE,)

    @property
    def _is_open(self) -> bool:
        return self.doubt.state == DoubtState.OPEN


def doubt_lines(
    session: Session, *, kind: str = "", is_open: bool = True, limit: int, offset: int = 0
) -> list[DoubtLine]:
    """The oldest question first; of those that were decided, the latest."""
    statement = select(Doubt).where(_state(is_open=is_open)).limit(limit).offset(offset)
    if kind:
        statement = statement.where(Doubt.kind == kind)
    order = (Doubt.kind, Doubt.id) if is_open else (Doubt.decided_at.desc(), Doubt.id.desc())
    return lines_of(session, session.scalars(statement.order_by(*order)).all())


def open_doubts(session: Session) -> dict[str, int]:
    """How many wait for a person, by kind."""
    counts = select(Doubt.kind, func.count()).where(_state(is_open=True)).group_by(Doubt.kind)
    return {kind: int(times) for kind, times in session.execute(counts.order_by(Doubt.kind))}


def lines_of(session: Session, doubts: Sequence[Doubt]) -> list[DoubtLine]:
    """In a handful of queries, however many there are."""
    held = _holders(session, doubts)
    wanted: dict[DoubtKind, set[int]] = defaultdict(set)
    for doubt in doubts:
        wanted[DoubtKind(doubt.kind)] |= {_candidate_id(doubt), held.get(_asked(doubt), 0)}
    rows = {kind: _meant(session, kind, ids) for kind, ids in wanted.items()}
    people = _addresses(session, {doubt.decided_by for doubt in doubts})
    return [
        DoubtLine(
            doubt=doubt,
            candidate=rows[DoubtKind(doubt.kind)][_candidate_id(doubt)],
            holder=rows[DoubtKind(doubt.kind)].get(held.get(_asked(doubt), 0)),
            decided_by=people.get(doubt.decided_by or 0, ""),
        )
        for doubt in doubts
    ]


def _state(*, is_open: bool) -> ColumnElement[bool]:
    return (Doubt.state == DoubtState.OPEN.value) if is_open else (Doubt.state != DoubtState.OPEN.value)


def _candidate_id(doubt: Doubt) -> int:
    found: int = getattr(doubt, CANDIDATE[DoubtKind(doubt.kind)].key)
    return found


def _asked(doubt: Doubt) -> Asked:
    return EXTERNAL_KINDS[DoubtKind(doubt.kind)], doubt.provider, doubt.external_id


def _holders(session: Session, doubts: Iterable[Doubt]) -> dict[Asked, int]:
    asked = {_asked(doubt) for doubt in doubts}
    key = tuple_(ExternalId.kind, ExternalId.provider, ExternalId.external_id)
    found = session.scalars(select(ExternalId).where(key.in_(list(asked)))) if asked else ()
    return {
        (tied.kind, tied.provider, tied.external_id): target
        for tied in found
        if (target := tied.artist_id or tied.venue_id or tied.show_id or tied.song_id) is not None
    }


def _meant(session: Session, kind: DoubtKind, ids: Iterable[int]) -> dict[int, Meant]:
    model = MODELS[kind]
    rows = session.scalars(select(model).where(model.id.in_(set(ids))))
    found = (cast("Target", row) for row in rows)
    return {row.id: _described(kind, row) for row in found}


def _described(kind: DoubtKind, row: Target) -> Meant:
    more = ", ".join(part for part in _told(row) if part)
    artist_id = row.artist_id if isinstance(row, Song) else None
    return Meant(kind=kind, id=row.id, name=name_of(row), more=more, artist_id=artist_id)


def _told(row: Target) -> tuple[str, str]:
    match row:
        case Artist():
            return row.disambiguation, row.country
        case Venue():
            return row.city, row.country
        case Show():
            return row.venue.name if row.venue else "", str(row.local_date or "")
        case Song():
            return row.artist.name, row.album_title


def _addresses(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {account_id for account_id in ids if account_id is not None}
    if not wanted:
        return {}
    return dict(session.execute(select(Account.id, Account.email).where(Account.id.in_(wanted))).all())
