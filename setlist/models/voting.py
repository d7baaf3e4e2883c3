"""Fans, ballots, wishes and scores."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Json, Key, foreign, one_of
from setlist.models.catalogue import Show, Song


class VoteState(StrEnum):
    ON = "on"
    OFF = "off"  # taken back by the fan
    VOID = "void"  # taken out by an admin; the fan cannot cast it again


class Fan(Base):
    """A visitor who voted. `key` is what the signed cookie names; a guest has no account."""

    __tablename__ = "fans"

    id: Mapped[Key]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="SET NULL"), unique=True
    )
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]


class BallotSong(Base):
    """A song one can wish for at a show, with its tally and why it is on the ballot."""

    __tablename__ = "ballot_songs"
    __table_args__ = (
        CheckConstraint("wishes_accounts >= 0 AND wishes_guests >= 0", name="tally_not_negative"),
        Index("ix_ballot_songs_song_id", "song_id"),
    )

    show_id: Mapped[int] = foreign("shows.id", primary_key=True)
    song_id: Mapped[int] = foreign("songs.id", primary_key=True)
    wishes_accounts: Mapped[int] = mapped_column(server_default="0")
    wishes_guests: Mapped[int] = mapped_column(server_default="0")
    recent_plays: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    recent_shows: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    last_played: Mapped[date | None]
    created_at: Mapped[Created]

    show: Mapped[Show] = relationship()
    song: Mapped[Song] = relationship()

    @property
    def wishes(self) -> int:
        return self.wishes_accounts + self.wishes_guests


class Vote(Base):
    """One fan's wish for one song at one show: a target state, taken back by state and never deleted."""

    __tablename__ = "votes"
    __table_args__ = (
        one_of("state", VoteState),
        UniqueConstraint("show_id", "song_id", "fan_id"),
        ForeignKeyConstraint(["show_id", "song_id"], ["ballot_songs.show_id", "ballot_songs.song_id"]),
        Index("ix_votes_fan_id_show_id", "fan_id", "show_id"),
        Index("ix_votes_changed_at", "changed_at"),
        Index("ix_votes_marked", "show_id", postgresql_where=text("address_mark IS NOT NULL")),
    )

    id: Mapped[Key]
    show_id: Mapped[int]
    song_id: Mapped[int]
    fan_id: Mapped[int] = mapped_column(ForeignKey("fans.id"))
    state: Mapped[str]
    by_account: Mapped[bool]
    address_mark: Mapped[bytes | None]  # of this show only, and for a while only: setlist/web/address_mark.py
    created_at: Mapped[Created]
    changed_at: Mapped[Created]


class Score(Base):
    """How wishes or a prediction did against what was played."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("show_id", "artist_id", "kind"),
        Index("ix_scores_artist_id", "artist_id"),
    )

    id: Mapped[Key]
    show_id: Mapped[int] = foreign("shows.id")
    artist_id: Mapped[int] = foreign("artists.id")
    kind: Mapped[str]
    hits: Mapped[int]
    total: Mapped[int]
    details: Mapped[Json]
    computed_at: Mapped[datetime]
