"""Setlists: what was played, and what we predict will be."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Key, foreign, one_of
from setlist.models.catalogue import Artist, Show, Song


class SetlistKind(StrEnum):
    ACTUAL = "actual"
    PREDICTED = "predicted"


class Setlist(Base):
    """`is_stub`: the provider has a page for the night, but no songs on it yet."""

    __tablename__ = "setlists"
    __table_args__ = (
        one_of("kind", SetlistKind),
        UniqueConstraint("show_id", "artist_id", "kind"),
        Index("ix_setlists_artist_id_kind", "artist_id", "kind"),
    )

    id: Mapped[Key]
    show_id: Mapped[int] = foreign("shows.id")
    artist_id: Mapped[int] = foreign("artists.id")
    kind: Mapped[str]
    provider: Mapped[str]
    version_id: Mapped[str] = mapped_column(server_default="")
    source_url: Mapped[str | None]
    tour: Mapped[str] = mapped_column(server_default="")
    info: Mapped[str] = mapped_column(server_default="")
    is_stub: Mapped[bool]
    is_final: Mapped[bool]
    updated_at: Mapped[datetime | None]
    fetched_at: Mapped[Created]

    show: Mapped[Show] = relationship()
    artist: Mapped[Artist] = relationship()
    songs: Mapped[list["SetlistSong"]] = relationship(
        order_by="SetlistSong.position", back_populates="setlist"
    )


class SetlistSong(Base):
    """One entry. `song_id` is empty for a song nobody knew; `title` is as the provider wrote it."""

    __tablename__ = "setlist_songs"
    __table_args__ = (Index("ix_setlist_songs_song_id", "song_id"),)

    setlist_id: Mapped[int] = foreign("setlists.id", primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    song_id: Mapped[int | None] = mapped_column(ForeignKey("songs.id", ondelete="SET NULL"))
    title: Mapped[str]
    set_index: Mapped[int] = mapped_column(SmallInteger)
    set_name: Mapped[str] = mapped_column(server_default="")
    encore: Mapped[int] = mapped_column(SmallInteger)
    is_tape: Mapped[bool]
    cover_mbid: Mapped[str | None]
    cover_artist: Mapped[str] = mapped_column(server_default="")
    guest: Mapped[str] = mapped_column(server_default="")
    info: Mapped[str] = mapped_column(server_default="")

    setlist: Mapped[Setlist] = relationship(back_populates="songs")
    song: Mapped[Song | None] = relationship()
