"""A wish as pages and API take it: by whom, for which show and song, written and committed."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from setlist.domain.ballot_additions import add_to_ballot
from setlist.domain.voting import Wish, WishAnswer, WishOutcome, cast_wish, cast_wish_at_once
from setlist.extensions import db
from setlist.models import Show, Song
from setlist.models.base import LARGEST_ID
from setlist.pipeline.merging import kept
from setlist.services.connections import at_once
from setlist.web import page_cache
from setlist.web.address_mark import address_mark
from setlist.web.vote_guard import Hurdle, hurdle
from setlist.web.voters import was_signed_out, writing_voter

NOT_THERE = {WishOutcome.NO_SUCH_SHOW, WishOutcome.NO_SUCH_SONG}
SIGNED_OUT = "You were signed out elsewhere. Sign in again, or wish as a guest from now on."
REFUSALS = {
    WishOutcome.QUOTA: "All your wishes here are given. Take one back to wish for this.",
    WishOutcome.LOCKED: "The show has begun, so wishes are locked.",
    WishOutcome.CANCELLED: "The show is cancelled, so there is nothing to wish for.",
    WishOutcome.VOIDED: "This wish was taken out by an admin and cannot be given again.",
    WishOutcome.NO_SUCH_SONG: "This song is not on the sheet.",
    WishOutcome.NO_SUCH_SHOW: "We do not know this show.",
}


class HurdleError(Exception):
    """A guest has to prove something first, since this show's votes come abnormally fast."""

    def __init__(self, hurdle: Hurdle) -> None:
        super().__init__(hurdle.words)
        self.hurdle = hurdle


class SignedOutError(Exception):
    """The account that this browser wished with was signed out elsewhere: no wish of it becomes a guest's."""


def wish(show_id: int, song_id: int, *, wanted: bool, adds: bool = False) -> WishAnswer:
    """Brings it about and commits. For what was merged into another since it is a wish for that.

    `adds`: a song that is not on the ballot is put there with the wish, and without it is not. Raises
    SignedOutError, HurdleError.
    """
    if was_signed_out():
        raise SignedOutError
    if max(show_id, song_id) > LARGEST_ID:
        show_id, song_id = 0, 0  # no row has these
    if wanted and (found := hurdle(show_id)) is not None:
        raise HurdleError(found)
    asked = _asked(show_id, song_id, wanted=wanted)
    answer = _cast(asked)
    if answer.outcome in NOT_THERE:
        answer = _cast_for_kept(asked)
    if answer.outcome is WishOutcome.NO_SUCH_SONG and adds and wanted:
        answer = _add_and_cast(answer.wish)
    if answer.accepted:
        page_cache.wrote()
    return answer


def _cast(asked: Wish) -> WishAnswer:
    now = datetime.now(UTC)
    if db.session.registry.has():
        db.session.commit()  # what was read of the account
    return at_once(db.engine, lambda connection: cast_wish_at_once(connection, asked, now=now))


def _cast_for_kept(asked: Wish) -> WishAnswer:
    session = db.session()
    show = session.get(Show, asked.show_id)
    merged_into = session.scalar(select(Song.merged_into_id).where(Song.id == asked.song_id))
    show_id = asked.show_id if show is None else kept(session, show).id
    return _cast(_asked(show_id, merged_into or asked.song_id, wanted=asked.wanted))


def _add_and_cast(asked: Wish) -> WishAnswer:
    """Both or neither."""
    session, now = db.session(), datetime.now(UTC)
    is_added = add_to_ballot(session, asked.show_id, asked.song_id, now=now)
    answer = replace(cast_wish(session, asked, now=now), is_added=is_added)
    if answer.accepted:
        session.commit()
    else:
        session.rollback()
    return answer


def _asked(show_id: int, song_id: int, *, wanted: bool) -> Wish:
    voter = writing_voter()
    mark = address_mark(show_id) if voter.account_id is None else None
    return Wish(voter=voter, show_id=show_id, song_id=song_id, wanted=wanted, mark=mark)
