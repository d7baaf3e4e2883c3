"""Tallies of a show, and a wish as a target state: PUT is on, DELETE is off."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, abort, jsonify, request, url_for
from sqlalchemy import select

from setlist.domain.ballot_stage import ballot_stage
from setlist.domain.voting import WishAnswer
from setlist.extensions import db
from setlist.models import BallotSong, Show
from setlist.models.base import LARGEST_ID
from setlist.web import page_cache
from setlist.web.limits import limit_votes
from setlist.web.rendering import private, shared
from setlist.web.wishing import NOT_THERE, REFUSALS, SIGNED_OUT, HurdleError, SignedOutError
from setlist.web.wishing import wish as give_wish

SHARED_SECONDS = 2


def tallies(show_id: int) -> Response:
    """[by accounts, by guests] for each song of the ballot; the same for everyone, and cheap to ask for."""
    show = db.session.get(Show, show_id) if show_id <= LARGEST_ID else None
    if show is None:
        abort(404, "We do not know this show.")
    page_cache.moving()
    counts = select(BallotSong.song_id, BallotSong.wishes_accounts, BallotSong.wishes_guests)
    songs = {
        str(song): [accounts, guests]
        for song, accounts, guests in db.session.execute(counts.where(BallotSong.show_id == show.id))
    }
    return shared(
        jsonify(show=show.id, state=ballot_stage(show.status, show.locks_at, datetime.now(UTC)), songs=songs),
        seconds=SHARED_SECONDS,
    )


@limit_votes
def wish(show_id: int, song_id: int) -> Response:
    """`adds=1` with PUT puts a song of the act's catalogue on the ballot with the wish."""
    try:
        answer = give_wish(show_id, song_id, wanted=request.method == "PUT", adds=_adds())
    except SignedOutError:
        abort(401, SIGNED_OUT)
    except HurdleError as first:
        ways = url_for("proofs.ways", show_id=show_id)
        abort(403, f"{first.hurdle.words} Give a proof at {ways} first, or sign in.")
    if not answer.accepted:
        abort(HTTPStatus.NOT_FOUND if answer.outcome in NOT_THERE else HTTPStatus.CONFLICT, _why(answer))
    return private(
        jsonify(
            show=answer.wish.show_id,
            song=answer.wish.song_id,
            outcome=answer.outcome,
            wished=answer.wanted,
            wishes={"accounts": answer.wishes_accounts, "guests": answer.wishes_guests},
            left=answer.left,
            quota=answer.wish.voter.quota,
        )
    )


def _adds() -> bool:
    given = request.args.get("adds")
    if given not in {None, "1"}:
        abort(422, "adds is 1, or is left out.")
    return given == "1"


def _why(answer: WishAnswer) -> str:
    words = REFUSALS[answer.outcome]
    return f"{words} ({answer.outcome})"
