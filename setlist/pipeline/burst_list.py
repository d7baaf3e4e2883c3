"""Bursts of votes for an admin to read, and the three things that can be decided about one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from setlist.domain.voiding import BATCH, Decider, Quotas, begin, give_back_batch, void_batch
from setlist.models import Account, AuditLog, Show, Song, VoteBurst
from setlist.models.bursts import BurstKind, BurstState

REASONS: Mapping[str, str] = MappingProxyType(
    {
        BurstKind.ADDRESS: "More new guests came from one address within a minute than a hall sends",
        BurstKind.COPIES: "Guests who came within minutes wish for exactly the same songs",
        BurstKind.CLOCKWORK: "Guests came from one address one after the other, at even intervals",
    }
)


class BurstChoice(StrEnum):
    VOID = "void"
    UNVOID = "unvoid"
    DISMISS = "dismiss"


LEADS_TO: Mapping[BurstChoice, BurstState] = MappingProxyType(
    {
        BurstChoice.VOID: BurstState.VOIDED,
        BurstChoice.UNVOID: BurstState.OPEN,
        BurstChoice.DISMISS: BurstState.DISMISSED,
    }
)
MAY: Mapping[str, tuple[BurstChoice, ...]] = MappingProxyType(
    {
        BurstState.OPEN: (BurstChoice.VOID, BurstChoice.DISMISS),
        BurstState.VOIDED: (BurstChoice.UNVOID,),
        BurstState.DISMISSED: (BurstChoice.VOID,),
    }
)


@dataclass(frozen=True, kw_only=True)
class BurstLine:
    burst: VoteBurst
    songs: list[str]  # titles, where all its guests wish for the same
    decided_by: str

    @property
    def reason(self) -> str:
        return REASONS[self.burst.kind]

    @property
    def choices(self) -> tuple[BurstChoice, ...]:
        return MAY[self.burst.state]


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What a decision has done so far: the votes dealt with, and whether some are left."""

    is_new: bool
    votes: int
    has_more: bool


def burst_lines(session: Session, *, state: str, limit: int, offset: int = 0) -> list[BurstLine]:
    """In one state, the latest first."""
    statement = (
        select(VoteBurst, Account.email)
        .outerjoin(Account, Account.id == VoteBurst.decided_by)
        .options(
            joinedload(VoteBurst.show).selectinload(Show.line_up), joinedload(VoteBurst.show, Show.venue)
        )
        .where(VoteBurst.state == state)
        .order_by(VoteBurst.last_at.desc(), VoteBurst.id.desc())
        .limit(limit)
        .offset(offset)
    )
    rows = session.execute(statement).all()
    titles = _titles(session, [burst for burst, _ in rows])
    return [
        BurstLine(
            burst=burst,
            songs=[titles[one] for one in burst.evidence.get("songs", []) if one in titles],
            decided_by=email or "",
        )
        for burst, email in rows
    ]


def open_bursts(session: Session) -> int:
    statement = select(func.count()).where(VoteBurst.state == BurstState.OPEN.value)
    return session.scalar(statement) or 0


def carry_out(
    session: Session, burst_id: int, choice: BurstChoice, decider: Decider, *, quotas: Quotas
) -> Iterator[Carried]:
    """Notes the decision, then deals with the votes; asked again, it goes on with the rest.

    What was done so far is yielded after each step, for the caller to commit: a batch holds its fans' rows,
    and thousands at once would keep them waiting.
    """
    is_new = begin(session, burst_id, LEADS_TO[choice], decider)
    audit = _audit(burst_id, choice, decider)
    session.add(audit)
    yield Carried(is_new=is_new, votes=0, has_more=False)
    batch = _batch_of(session, burst_id, choice, quotas)
    votes, last = 0, BATCH
    while last == BATCH:
        last = batch()
        votes += last
        audit.details = {**audit.details, "votes": votes}
        yield Carried(is_new=is_new, votes=votes, has_more=last == BATCH)


def _audit(burst_id: int, choice: BurstChoice, decider: Decider) -> AuditLog:
    details = {"by": decider.called} if decider.called else {}
    return AuditLog(
        account_id=decider.account_id, action=f"burst_{choice}", target=f"burst {burst_id}", details=details
    )


def _batch_of(session: Session, burst_id: int, choice: BurstChoice, quotas: Quotas) -> Callable[[], int]:
    match choice:
        case BurstChoice.VOID:
            return lambda: void_batch(session, burst_id)
        case BurstChoice.UNVOID:
            return lambda: give_back_batch(session, burst_id, quotas)
    return lambda: 0


def _titles(session: Session, found: list[VoteBurst]) -> dict[int, str]:
    wanted = {one for burst in found for one in burst.evidence.get("songs", [])}
    rows = session.execute(select(Song.id, Song.title).where(Song.id.in_(wanted)))
    return {row.id: row.title for row in rows}
