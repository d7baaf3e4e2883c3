"""What was taken for one and is two: an id is taken away from a row, or a title from a song.

A venue, a show or a song gets a row of its own for it. What the other row keeps is all that did not come by
that id. All of it flushes; the caller commits, and sees to it that no import ties the two again.
"""

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from setlist.domain.folding import fold
from setlist.models import (
    BallotSong,
    ExternalId,
    Setlist,
    SetlistSong,
    Show,
    ShowArtist,
    Song,
    SongAlias,
    Venue,
    Vote,
)
from setlist.pipeline.identity import lock_catalogue
from setlist.pipeline.merging import kept

PLACE = ("name", "name_folded", "city", "state", "country", "timezone")
NIGHT = (
    "name", "venue_id", "local_date", "local_time", "starts_at", "locks_at", "original_date", "status",
    "ticket_url",
)  # fmt: skip


class CannotSplitError(Exception):
    """Why nothing can be taken apart, in words for an operator."""


def split_artist(session: Session, tied: ExternalId) -> None:
    """The id means nobody. Coming shows that the artist was put on by it alone say who is billed, no more."""
    artist_id, provider = tied.artist_id, tied.provider
    session.delete(tied)
    session.flush()
    left = select(ExternalId.id).where(ExternalId.artist_id == artist_id, ExternalId.provider == provider)
    if artist_id is None or session.scalar(left.limit(1)) is not None:
        return
    shows = _brought_by(provider, artist_id)
    on_ballot = BallotSong.song_id.in_(select(Song.id).where(Song.artist_id == artist_id))
    wished = exists().where(Vote.show_id == BallotSong.show_id, Vote.song_id == BallotSong.song_id)
    session.execute(delete(BallotSong).where(BallotSong.show_id.in_(shows), on_ballot, ~wished))
    session.execute(
        update(ShowArtist)
        .where(ShowArtist.artist_id == artist_id, ShowArtist.show_id.in_(shows))
        .values(artist_id=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def split_venue(session: Session, tied: ExternalId, name: str) -> Venue:
    """A venue of its own, with the shows that only this provider lists."""
    lock_catalogue(session)
    old = session.get_one(Venue, tied.venue_id)
    venue = Venue(**{field: getattr(old, field) for field in PLACE})
    venue.name, venue.name_folded = name or old.name, fold(name or old.name)
    session.add(venue)
    session.flush()
    tied.venue_id = venue.id
    session.flush()
    others = aliased(ExternalId)
    same_provider = exists().where(others.venue_id == old.id, others.provider == tied.provider)
    listed_elsewhere = exists().where(others.show_id == Show.id, others.provider != tied.provider)
    listed = exists().where(others.show_id == Show.id, others.provider == tied.provider)
    session.execute(
        update(Show)
        .where(Show.venue_id == old.id, listed, ~listed_elsewhere, ~same_provider)
        .values(venue_id=venue.id)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return venue


def split_show(session: Session, tied: ExternalId) -> Show:
    """A show of its own with the same bill; wishes stay where they were given."""
    lock_catalogue(session)
    old = session.get_one(Show, tied.show_id)
    show = Show(**{field: getattr(old, field) for field in NIGHT})
    show.line_up = [
        ShowArtist(position=place.position, artist_id=place.artist_id, billed_as=place.billed_as)
        for place in old.line_up
    ]
    session.add(show)
    session.flush()
    tied.show_id = show.id
    played = select(ExternalId.setlist_id).where(
        ExternalId.provider == tied.provider,
        ExternalId.kind == "setlist",
        ExternalId.external_id == tied.external_id,
    )
    for setlist in session.scalars(select(Setlist).where(Setlist.id.in_(played), Setlist.show_id == old.id)):
        setlist.show = show
    session.flush()
    return show


def split_song(session: Session, song: Song, title: str) -> Song:
    """A title becomes a song of its own: its plays go along, and every import obeys. Wishes stay."""
    lock_catalogue(session)
    song, title = kept(session, song), " ".join(title.split())
    key = fold(title)
    if not key:
        raise CannotSplitError("A title is needed.")
    if key in _own_keys(song):
        raise CannotSplitError("That is the song's own title. Split off the other one.")
    own = _song_of(session, song, title, key)
    session.execute(delete(SongAlias).where(SongAlias.song_id == song.id, SongAlias.title_folded == key))
    alias = {"song_id": own.id, "title": title, "title_folded": key, "is_pinned": True}
    pinned = insert(SongAlias).values(alias)
    session.execute(
        pinned.on_conflict_do_update(
            index_elements=[SongAlias.song_id, SongAlias.title_folded], set_={"is_pinned": True}
        )
    )
    played = session.scalars(select(SetlistSong.title).where(SetlistSong.song_id == song.id).distinct())
    spelled = [spelling for spelling in played if fold(spelling) == key]
    session.execute(
        update(SetlistSong)
        .where(SetlistSong.song_id == song.id, SetlistSong.title.in_(spelled))
        .values(song_id=own.id)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return own


def split_recording(session: Session, tied: ExternalId, title: str) -> None:
    """To the song of its title, new or known. With the same title there can be no other: it means none."""
    song, key = session.get_one(Song, tied.song_id), fold(title)
    if key in {"", *_own_keys(song)}:
        session.delete(tied)
        session.flush()
        return
    same_title = select(Song).where(
        Song.artist_id == song.artist_id, Song.title_folded == key, Song.merged_into_id.is_(None)
    )
    own = session.scalar(same_title) or split_song(session, song, title)
    tied.song_id = own.id


def _own_keys(song: Song) -> set[str]:
    """Of its title: as it is compared with other titles, and as it is written."""
    return {song.title_folded, fold(song.title)}


def _song_of(session: Session, song: Song, title: str, key: str) -> Song:
    """The song of that title: a new one, or the one that had been merged away."""
    same_title = select(Song).where(Song.artist_id == song.artist_id, Song.title_folded == key)
    found = session.scalar(same_title)
    if found is not None and found.merged_into_id is None:
        raise CannotSplitError("That title is a song of its own already.")
    if found is None:
        found = Song(artist_id=song.artist_id, title=title, title_folded=key)
        session.add(found)
    found.merged_into_id = None
    session.flush()
    return found


def _brought_by(provider: str, artist_id: int) -> Select[int]:
    """Coming shows that nobody but this provider knows of, and at which nothing was played yet."""
    other = exists().where(ExternalId.show_id == Show.id, ExternalId.provider != provider)
    ours = exists().where(ExternalId.show_id == Show.id, ExternalId.provider == provider)
    played = exists().where(Setlist.show_id == Show.id, Setlist.artist_id == artist_id)
    return select(Show.id).where(ours, ~other, ~played)
