"""Groups of guests' votes that look made, and what an admin decided about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, desc, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Json, Key, foreign, one_of
from setlist.models.catalogue import Show


class BurstKind(StrEnum):
    ADDRESS = "address"  # more new guests from one address in a minute than a hall sends
    COPIES = "copies"  # many guests who came within minutes and wish for exactly the same songs
    CLOCKWORK = "clockwork"  # guests who came one after the other at even intervals


class BurstState(StrEnum):
    OPEN = "open"
    VOIDED = "voided"
    DISMISSED = "dismissed"


class VoteBurst(Base):
    """`fingerprint`: what its votes have in common, hashed with the show. One that grows is found by it."""

    __tablename__ = "vote_bursts"
    __table_args__ = (
        one_of("kind", BurstKind),
        one_of("state", BurstState),
        Index(
            "uq_vote_bursts_open",
            "show_id",
            "kind",
            "fingerprint",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_vote_bursts_show_id", "show_id"),
        Index("ix_vote_bursts_state_last_at", "state", desc("last_at")),
    )

    id: Mapped[Key]
    show_id: Mapped[int] = foreign("shows.id")
    kind: Mapped[str]
    fingerprint: Mapped[bytes]
    fans: Mapped[int]
    votes: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    evidence: Mapped[Json] = mapped_column(server_default="{}")
    state: Mapped[str] = mapped_column(server_default=BurstState.OPEN.value)
    found_at: Mapped[Created]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    show: Mapped[Show] = relationship()


class VoteBurstVote(Base):
    """A vote of a burst. `state_before` is set while its void holds the vote: what the vote goes back to."""

    __tablename__ = "vote_burst_votes"
    __table_args__ = (Index("ix_vote_burst_votes_vote_id", "vote_id"),)

    burst_id: Mapped[int] = foreign("vote_bursts.id", primary_key=True)
    vote_id: Mapped[int] = foreign("votes.id", primary_key=True)
    state_before: Mapped[str | None]
