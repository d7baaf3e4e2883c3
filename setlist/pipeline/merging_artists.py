"""Two artists that are one: MusicBrainz merged their ids, or a person says so."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from setlist.models import (
    Artist,
    Doubt,
    ExternalId,
    Score,
    Setlist,
    Show,
    ShowArtist,
    Song,
    SyncJob,
    SyncMark,
    SyncSummary,
)
from setlist.models.identity import Matched
from setlist.models.played import SetlistKind
from setlist.pipeline.identity import Ties, tie
from setlist.pipeline.merging import complete, give_up, hold, kept, move, move_doubts
from setlist.pipeline.merging_songs import merge_songs

REFERENCES = (
    Song.artist_id,
    ShowArtist.artist_id,
    Setlist.artist_id,
    Score.artist_id,
    ExternalId.artist_id,
    Doubt.artist_id,
    SyncJob.artist_id,
    SyncSummary.artist_id,
    SyncMark.artist_id,
    Artist.merged_into_id,
)
TOLD = ("sort_name", "disambiguation", "country", "kind", "begin_year", "end_year", "imported_at")
PICTURE = ("image_url", "image_provider", "image_fetched_at")


def merge_artists(session: Session, loser: Artist, keeper: Artist, *, now: datetime) -> Artist:
    """The keeper has both artists' shows, songs, setlists and wishes. What follows is read anew by syncs.

    The loser's MusicBrainz id stays known as one of the keeper's.
    """
    loser, keeper = hold(session, loser, keeper)
    _hand_over_mbid(session, loser, keeper, now)
    _move_songs(session, loser, keeper)
    _set_apart(session, loser.id, keeper.id)
    move(session, Setlist.artist_id, loser.id, keeper.id, once_by=[Setlist.show_id, Setlist.kind])
    move(session, Score.artist_id, loser.id, keeper.id, once_by=[Score.show_id, Score.kind])
    move(session, ShowArtist.artist_id, loser.id, keeper.id, once_by=[ShowArtist.show_id])
    move(session, ExternalId.artist_id, loser.id, keeper.id)
    move_doubts(session, Doubt.artist_id, loser.id, keeper.id)
    for column in (SyncJob.artist_id, SyncSummary.artist_id):
        move(session, column, loser.id, keeper.id)
    # They tell what was read under the other id, and that says nothing of this one's listings.
    session.execute(delete(SyncMark).where(SyncMark.artist_id == loser.id))
    complete(keeper, loser, TOLD)
    if keeper.image_url is None:
        complete(keeper, loser, PICTURE)
    keeper.genres = keeper.genres or loser.genres
    give_up(session, loser, keeper)
    return keeper


def _hand_over_mbid(session: Session, loser: Artist, keeper: Artist, now: datetime) -> None:
    """The keeper's own id stays its first; without one it takes the loser's."""
    old, loser.mbid = loser.mbid, None
    session.flush()
    keeper.mbid = keeper.mbid or old
    if old is not None:
        targets = {old: keeper.id}
        tie(
            session,
            Ties(provider="musicbrainz", kind="artist", targets=targets, matched_by=Matched.SAME_ID),
            now=now,
        )


def _move_songs(session: Session, loser: Artist, keeper: Artist) -> None:
    """Songs of one title become one; of a title that both have, the signpost stays where it is."""
    theirs = dict(session.execute(select(Song.title_folded, Song).where(Song.artist_id == keeper.id)).all())
    for song in session.scalars(select(Song).where(Song.artist_id == loser.id).order_by(Song.id)).all():
        twin = theirs.get(song.title_folded)
        if twin is None:
            song.artist_id = keeper.id
        elif song.merged_into_id is None and kept(session, twin) is not song:
            merge_songs(session, song, twin)
    session.flush()


def _set_apart(session: Session, old: int, new: int) -> None:
    """Two setlists of one night are two performances: the second one gets a show of its own."""
    theirs = aliased(Setlist)
    statement = (
        select(Setlist)
        .join(theirs, (theirs.show_id == Setlist.show_id) & (theirs.kind == Setlist.kind))
        .where(Setlist.artist_id == old, theirs.artist_id == new, Setlist.kind == SetlistKind.ACTUAL.value)
        .order_by(Setlist.id)
    )
    for setlist in session.scalars(statement).all():
        billed = session.get_one(Artist, new)
        setlist.show = _another(setlist.show, billed)
    session.flush()


def _another(show: Show, artist: Artist) -> Show:
    return Show(
        name=show.name,
        venue_id=show.venue_id,
        local_date=show.local_date,
        locks_at=show.locks_at,
        status=show.status,
        line_up=[ShowArtist(position=0, artist_id=artist.id, billed_as=artist.name)],
    )
