"""Two shows that are one."""

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from setlist.models import BallotSong, Doubt, ExternalId, Score, Setlist, Show, ShowArtist, VoteBurst
from setlist.models.identity import Matched
from setlist.models.played import SetlistKind
from setlist.pipeline.identity import CONFIDENCE
from setlist.pipeline.merging import CannotMergeError, complete, give_up, hold, move, move_doubts
from setlist.pipeline.merging_wishes import move_wishes

REFERENCES = (
    ShowArtist.show_id,
    Setlist.show_id,
    Score.show_id,
    ExternalId.show_id,
    Doubt.show_id,
    BallotSong.show_id,
    VoteBurst.show_id,
    Show.merged_into_id,
)
WHEN_AND_WHERE = ("venue_id", "local_date", "local_time", "starts_at", "locks_at", "original_date")
TOLD = (*WHEN_AND_WHERE, "name", "ticket_url")


def merge_shows(session: Session, loser: Show, keeper: Show) -> Show:
    """The keeper has both shows' acts, listings, setlists and wishes.

    The loser happens nowhere and never from now on, so that no list shows it.
    Raises CannotMergeError where both have a setlist of one act: who played twice gave two shows.
    """
    loser, keeper = hold(session, loser, keeper)
    _refuse_two_performances(session, loser, keeper)
    _join_bills(session, loser.id, keeper.id)
    move(session, Setlist.show_id, loser.id, keeper.id, once_by=[Setlist.artist_id, Setlist.kind])
    move(session, Score.show_id, loser.id, keeper.id, once_by=[Score.artist_id, Score.kind])
    _step_back(session, loser.id, keeper.id)
    move(session, ExternalId.show_id, loser.id, keeper.id)
    move_doubts(session, Doubt.show_id, loser.id, keeper.id)
    move_wishes(session, BallotSong.show_id, loser.id, keeper.id)
    move(session, VoteBurst.show_id, loser.id, keeper.id)
    complete(keeper, loser, TOLD)
    for name in WHEN_AND_WHERE:
        setattr(loser, name, None)
    give_up(session, loser, keeper)
    return keeper


def _refuse_two_performances(session: Session, loser: Show, keeper: Show) -> None:
    theirs = aliased(Setlist)
    both = exists().where(
        theirs.show_id == loser.id,
        Setlist.show_id == keeper.id,
        theirs.artist_id == Setlist.artist_id,
        theirs.kind == SetlistKind.ACTUAL.value,
        Setlist.kind == SetlistKind.ACTUAL.value,
    )
    if session.scalar(select(both)):
        raise CannotMergeError("Both shows have a setlist of the same artist, so they were two performances.")


def _join_bills(session: Session, old: int, new: int) -> None:
    """Acts of the one given up follow those of the kept one."""
    theirs = aliased(ShowArtist)
    on_both = exists().where(
        theirs.show_id == new,
        or_(
            theirs.artist_id == ShowArtist.artist_id,
            func.lower(theirs.billed_as) == func.lower(ShowArtist.billed_as),
        ),
    )
    session.execute(
        delete(ShowArtist)
        .where(ShowArtist.show_id == old, on_both)
        .execution_options(synchronize_session=False)
    )
    last = select(func.coalesce(func.max(ShowArtist.position) + 1, 0)).where(ShowArtist.show_id == new)
    first = session.scalar(last) or 0
    session.execute(
        update(ShowArtist)
        .where(ShowArtist.show_id == old)
        .values(show_id=new, position=ShowArtist.position + first)
        .execution_options(synchronize_session=False)
    )


def _step_back(session: Session, old: int, new: int) -> None:
    """One listing of a provider describes a show: the kept one's, where it has one."""
    theirs = aliased(ExternalId)
    described = exists().where(
        theirs.show_id == new,
        theirs.provider == ExternalId.provider,
        theirs.matched_by == Matched.SAME_ID.value,
    )
    session.execute(
        update(ExternalId)
        .where(ExternalId.show_id == old, ExternalId.matched_by == Matched.SAME_ID.value, described)
        .values(matched_by=Matched.NIGHT_AND_VENUE.value, confidence=CONFIDENCE[Matched.NIGHT_AND_VENUE])
        .execution_options(synchronize_session=False)
    )
