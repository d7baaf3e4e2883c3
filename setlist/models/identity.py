"""Which of our rows a provider's id means, and how we know."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from setlist.models.base import Base, Created, Key, foreign


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
