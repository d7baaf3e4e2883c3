"""Artists, venues, shows and songs, as the fans say.

Of each, two rows may turn out to be one. The one given up points at the one kept (`merged_into_id`), so that
old addresses lead on; nothing else refers to it any more.
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Key, foreign, merged_once, one_of


class ShowStatus(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"


class Artist(Base):
    __tablename__ = "artists"
    __table_args__ = (
        Index(
            "ix_artists_name_words",
            func.to_tsvector(text("'simple'"), text("name_folded")),
            postgresql_using="gin",
        ),
        Index("ix_artists_name_prefix", "name_folded", postgresql_ops={"name_folded": "text_pattern_ops"}),
        merged_once("artists"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    )

    id: Mapped[Key]
    mbid: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    name_folded: Mapped[str]
    sort_name: Mapped[str] = mapped_column(server_default="")
    disambiguation: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str] = mapped_column(server_default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("artists.id"))
    begin_year: Mapped[int | None] = mapped_column(SmallInteger)
    end_year: Mapped[int | None] = mapped_column(SmallInteger)
    genres: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    image_url: Mapped[str | None]
    image_provider: Mapped[str | None]
    image_fetched_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    imported_at: Mapped[datetime | None]

    billings: Mapped[list["ShowArtist"]] = relationship(back_populates="artist", viewonly=True)


class Venue(Base):
    __tablename__ = "venues"
    __table_args__ = (
        Index("ix_venues_name_folded_country", "name_folded", "country"),
        Index("ix_venues_city", "city"),
        Index("ix_venues_latitude_longitude", "latitude", "longitude"),
        merged_once("venues"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    name_folded: Mapped[str]
    city: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    timezone: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    url: Mapped[str | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("venues.id"))
    checked_at: Mapped[datetime | None]  # when a provider was last asked about it
    created_at: Mapped[Created]


class VenueAlias(Base):
    """Another name that a provider or a person has for a venue: a sponsor's, an older one, a translation."""

    __tablename__ = "venue_aliases"
    __table_args__ = (
        UniqueConstraint("venue_id", "name_folded"),
        Index("ix_venue_aliases_name_folded", "name_folded"),
    )

    id: Mapped[Key]
    venue_id: Mapped[int] = foreign("venues.id")
    name: Mapped[str]
    name_folded: Mapped[str]
    provider: Mapped[str | None]  # None: a person's


class Show(Base):
    """One performance at one venue on one local day. No `local_date`: still to be announced."""

    __tablename__ = "shows"
    __table_args__ = (
        one_of("status", ShowStatus),
        Index("ix_shows_local_date_id", "local_date", "id"),
        Index("ix_shows_locks_at", "locks_at"),
        Index("ix_shows_venue_id_local_date", "venue_id", "local_date"),
        merged_once("shows"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    )

    id: Mapped[Key]
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venues.id"))
    name: Mapped[str] = mapped_column(server_default="")
    local_date: Mapped[date | None]
    local_time: Mapped[time | None]
    starts_at: Mapped[datetime | None]
    locks_at: Mapped[datetime | None]
    original_date: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default=ShowStatus.SCHEDULED.value)
    ticket_url: Mapped[str | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("shows.id"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]

    venue: Mapped[Venue | None] = relationship()
    line_up: Mapped[list["ShowArtist"]] = relationship(
        back_populates="show", order_by="ShowArtist.position", cascade="all, delete-orphan"
    )


class ShowArtist(Base):
    """A place in the line-up. `artist_id` is empty for an act that was never imported."""

    __tablename__ = "show_artists"
    __table_args__ = (
        UniqueConstraint("show_id", "artist_id"),
        Index("ix_show_artists_artist_id_show_id", "artist_id", "show_id"),
    )

    show_id: Mapped[int] = foreign("shows.id", primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    artist_id: Mapped[int | None] = foreign("artists.id")
    billed_as: Mapped[str]

    show: Mapped[Show] = relationship(back_populates="line_up")
    artist: Mapped[Artist | None] = relationship(back_populates="billings")


class Song(Base):
    """A song of an artist; its recordings and titles are aliases. A merged song points at the one kept."""

    __tablename__ = "songs"
    __table_args__ = (
        UniqueConstraint("artist_id", "title_folded"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        merged_once("songs"),
    )

    id: Mapped[Key]
    artist_id: Mapped[int] = foreign("artists.id")
    title: Mapped[str]
    title_folded: Mapped[str]
    album_title: Mapped[str] = mapped_column(server_default="")
    released: Mapped[str] = mapped_column(server_default="")
    duration_ms: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("songs.id"))
    created_at: Mapped[Created]

    artist: Mapped[Artist] = relationship()


class SongAlias(Base):
    """A spelling of a song's title. `is_pinned`: a person said so, and no import's rule is asked."""

    __tablename__ = "song_aliases"
    __table_args__ = (
        UniqueConstraint("song_id", "title_folded"),
        Index("ix_song_aliases_title_folded", "title_folded"),
    )

    id: Mapped[Key]
    song_id: Mapped[int] = foreign("songs.id")
    title: Mapped[str]
    title_folded: Mapped[str]
    is_pinned: Mapped[bool] = mapped_column(server_default=text("false"))


class SongIsrc(Base):
    """A recording of a song by the code that its publisher gave it, with how long it lasts."""

    __tablename__ = "song_isrcs"
    __table_args__ = (Index("ix_song_isrcs_song_id", "song_id"),)

    isrc: Mapped[str] = mapped_column(primary_key=True)
    song_id: Mapped[int] = foreign("songs.id", primary_key=True)
    duration_ms: Mapped[int | None]
