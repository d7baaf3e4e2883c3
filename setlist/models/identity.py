"""Which of our rows a provider's id means, how we know, and what no rule may decide."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from setlist.models.base import Base, Created, Json, Key, foreign, one_of


class Matched(StrEnum):
    """How an external id was tied to a row, the surest first."""

    PERSON = "person"
    SAME_ID = "same_id"  # the id is the provider's own name for what we hold
    SHARED_ID = "shared_id"  # both sides name one id of a third party
    PLACE_AND_NAME = "place_and_name"
    NIGHT_AND_VENUE = "night_and_venue"
    TITLE = "title"
    UNIQUE_NAME = "unique_name"  # one act of that name, and nothing that names another id


def _partial(column: str) -> Index:
    return Index(f"ix_external_ids_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))


class ExternalId(Base):
    """A provider's id for exactly one of our rows. `confirmed_by`: a person's word beats every import."""

    __tablename__ = "external_ids"
    __table_args__ = (
        UniqueConstraint("provider", "kind", "external_id"),
        CheckConstraint(
            "num_nonnulls(artist_id, venue_id, show_id, song_id, setlist_id) = 1", name="one_target"
        ),
        *(_partial(column) for column in ("artist_id", "venue_id", "show_id", "song_id", "setlist_id")),
    )

    id: Mapped[Key]
    provider: Mapped[str]
    kind: Mapped[str]
    external_id: Mapped[str]
    artist_id: Mapped[int | None] = foreign("artists.id")
    venue_id: Mapped[int | None] = foreign("venues.id")
    show_id: Mapped[int | None] = foreign("shows.id")
    song_id: Mapped[int | None] = foreign("songs.id")
    setlist_id: Mapped[int | None] = foreign("setlists.id")
    url: Mapped[str | None]
    matched_by: Mapped[str]
    confidence: Mapped[float]
    confirmed_by: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[Created]
    fetched_at: Mapped[datetime | None]


class DoubtKind(StrEnum):
    ARTIST = "artist"
    VENUE = "venue"
    SHOW = "show"
    SONG = "song"


class DoubtState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"  # the id means the candidate
    REJECTED = "rejected"  # it does not
    MERGED = "merged"  # it did, and so the row it was tied to was one with the candidate
    SPLIT = "split"  # it was taken away from the candidate


def _candidate(column: str) -> Index:
    return Index(
        f"uq_doubts_external_id_{column}",
        "provider",
        "external_id",
        column,
        unique=True,
        postgresql_where=text(f"{column} IS NOT NULL"),
    )


class Doubt(Base):
    """May a provider's id mean this row of ours? Nothing proves it, so a person is asked, once.

    The answer stays: what was rejected or split is never tied by an import again. An id that means nothing
    yet, or another row, is what it is until somebody decides.
    """

    __tablename__ = "doubts"
    __table_args__ = (
        one_of("kind", DoubtKind),
        one_of("state", DoubtState),
        CheckConstraint("num_nonnulls(artist_id, venue_id, show_id, song_id) = 1", name="one_candidate"),
        Index("ix_doubts_open", "kind", "id", postgresql_where=text("state = 'open'")),
        *(_candidate(column) for column in ("artist_id", "venue_id", "show_id", "song_id")),
        *(
            Index(f"ix_doubts_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))
            for column in ("artist_id", "venue_id", "show_id", "song_id")
        ),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    provider: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]  # what the provider calls it
    url: Mapped[str | None]
    artist_id: Mapped[int | None] = foreign("artists.id")
    venue_id: Mapped[int | None] = foreign("venues.id")
    show_id: Mapped[int | None] = foreign("shows.id")
    song_id: Mapped[int | None] = foreign("songs.id")
    reason: Mapped[str]  # why no rule decides, in words for an operator
    details: Mapped[Json] = mapped_column(server_default="{}")  # what speaks for and against it
    state: Mapped[str] = mapped_column(server_default=DoubtState.OPEN.value)
    created_at: Mapped[Created]
    seen_at: Mapped[Created]  # when an import last met it
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
