"""Two songs that are one."""

from sqlalchemy import exists, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from setlist.models import BallotSong, Doubt, ExternalId, SetlistSong, Song, SongAlias, SongIsrc
from setlist.pipeline.merging import complete, give_up, hold, move, move_doubts
from setlist.pipeline.merging_wishes import move_wishes

REFERENCES = (
    SongAlias.song_id,
    SongIsrc.song_id,
    SetlistSong.song_id,
    ExternalId.song_id,
    Doubt.song_id,
    BallotSong.song_id,
    Song.merged_into_id,
)
TOLD = ("album_title", "released", "duration_ms")


def merge_songs(session: Session, loser: Song, keeper: Song) -> Song:
    """The keeper has both songs' titles, recordings, plays and wishes.

    The loser's title leads to it for every later import, since the signpost keeps the title.
    """
    loser, keeper = hold(session, loser, keeper)
    _move_titles(session, loser, keeper)
    move(session, SongIsrc.song_id, loser.id, keeper.id, once_by=[SongIsrc.isrc])
    move(session, SetlistSong.song_id, loser.id, keeper.id)
    move(session, ExternalId.song_id, loser.id, keeper.id)
    move_doubts(session, Doubt.song_id, loser.id, keeper.id)
    move_wishes(session, BallotSong.song_id, loser.id, keeper.id)
    complete(keeper, loser, TOLD)
    give_up(session, loser, keeper)
    return keeper


def _move_titles(session: Session, loser: Song, keeper: Song) -> None:
    theirs = aliased(SongAlias)
    pinned_there = exists().where(
        theirs.song_id == loser.id, theirs.is_pinned, theirs.title_folded == SongAlias.title_folded
    )
    session.execute(
        update(SongAlias)
        .where(SongAlias.song_id == keeper.id, pinned_there)
        .values(is_pinned=True)
        .execution_options(synchronize_session=False)
    )
    move(session, SongAlias.song_id, loser.id, keeper.id, once_by=[SongAlias.title_folded])
    if loser.title_folded != keeper.title_folded:
        alias = {"song_id": keeper.id, "title": loser.title, "title_folded": loser.title_folded}
        session.execute(insert(SongAlias).values(alias).on_conflict_do_nothing())
