"""Matches that nothing proves: written down for a person, asked once, and what was decided obeyed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from setlist.models import Doubt
from setlist.models.base import Json
from setlist.models.identity import DoubtKind, DoubtState

CANDIDATE: dict[DoubtKind, InstrumentedAttribute[int | None]] = {
    DoubtKind.ARTIST: Doubt.artist_id,
    DoubtKind.VENUE: Doubt.venue_id,
    DoubtKind.SHOW: Doubt.show_id,
    DoubtKind.SONG: Doubt.song_id,
}
THE_SAME = (DoubtState.CONFIRMED, DoubtState.MERGED)
NOT_THE_SAME = (DoubtState.REJECTED, DoubtState.SPLIT)


@dataclass(frozen=True, kw_only=True)
class Question:
    """May this id of a provider mean the row `candidate_id`? `name` is what the provider calls it."""

    kind: DoubtKind
    provider: str
    external_id: str
    name: str
    candidate_id: int
    reason: str
    details: Json = field(default_factory=dict)
    url: str | None = None


def ask(session: Session, questions: Sequence[Question], *, now: datetime) -> int:
    """Writes down those never asked before and returns how many; the others were seen again, no more.

    What a person decided stays decided.
    """
    return sum(_ask(session, question, now) for question in questions)


def refused(
    session: Session, kind: DoubtKind, provider: str, external_ids: Iterable[str]
) -> set[tuple[str, int]]:
    """Pairs of external id and row of which a person said that they are not the same."""
    return _pairs(session, kind, provider, external_ids, NOT_THE_SAME)


def agreed(
    session: Session, kind: DoubtKind, provider: str, external_ids: Iterable[str]
) -> set[tuple[str, int]]:
    """Pairs of external id and row of which a person said that they are the same."""
    return _pairs(session, kind, provider, external_ids, THE_SAME)


def asked(
    session: Session, kind: DoubtKind, provider: str, external_ids: Iterable[str]
) -> set[tuple[str, int]]:
    """Pairs of external id and row about which nobody has decided yet."""
    return _pairs(session, kind, provider, external_ids, (DoubtState.OPEN,))


def answered(
    session: Session, kind: DoubtKind, provider: str, targets: Mapping[str, int], *, now: datetime
) -> None:
    """What an import could prove meanwhile is no question any more. `decided_by`: nobody."""
    candidate = CANDIDATE[kind]
    if not targets:
        return
    session.execute(
        update(Doubt)
        .where(
            Doubt.provider == provider,
            Doubt.state == DoubtState.OPEN.value,
            tuple_(Doubt.external_id, candidate).in_(list(targets.items())),
        )
        .values(state=DoubtState.CONFIRMED.value, decided_at=now)
    )


def refuse(session: Session, question: Question, state: DoubtState, *, by: int | None, now: datetime) -> None:
    """A person's no, also where nobody had asked: rejected, or split off what it was tied to."""
    ask(session, [question], now=now)
    candidate = CANDIDATE[question.kind]
    session.execute(
        update(Doubt)
        .where(
            Doubt.provider == question.provider,
            Doubt.external_id == question.external_id,
            candidate == question.candidate_id,
        )
        .values(state=state.value, decided_by=by, decided_at=now)
    )


def _pairs(
    session: Session,
    kind: DoubtKind,
    provider: str,
    external_ids: Iterable[str],
    states: tuple[DoubtState, ...],
) -> set[tuple[str, int]]:
    wanted, candidate = set(external_ids), CANDIDATE[kind]
    if not wanted:
        return set()
    statement = select(Doubt.external_id, candidate).where(
        Doubt.provider == provider,
        Doubt.external_id.in_(wanted),
        candidate.is_not(None),
        Doubt.state.in_(states),
    )
    return {(external_id, row_id) for external_id, row_id in session.execute(statement) if row_id is not None}


def _ask(session: Session, question: Question, now: datetime) -> bool:
    candidate = CANDIDATE[question.kind]
    statement = insert(Doubt).values(
        {
            "kind": question.kind.value,
            "provider": question.provider,
            "external_id": question.external_id,
            "name": question.name,
            "url": question.url,
            candidate.key: question.candidate_id,
            "reason": question.reason,
            "details": question.details,
            "created_at": now,
            "seen_at": now,
        }
    )
    # An updated row carries the number of its updater.
    is_new: ColumnElement[bool] = literal_column("(xmax = 0)")
    asked = statement.on_conflict_do_update(
        index_elements=[Doubt.provider, Doubt.external_id, candidate],
        index_where=candidate.is_not(None),
        set_={"seen_at": now},
    ).returning(is_new)
    return bool(session.scalar(asked))
