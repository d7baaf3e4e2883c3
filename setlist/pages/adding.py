"""A song that is not on the sheet: found while one types, put there by wishing for it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for

from setlist.domain.ballot_additions import CatalogueSong, catalogue_of, find_songs
from setlist.domain.search import clean_query
from setlist.domain.voting import WishAnswer
from setlist.extensions import db
from setlist.models import BallotSong, Show
from setlist.pages.finding import moved, show_or_404
from setlist.pages.shows import personal_page
from setlist.pages.votes import row_of
from setlist.web.limits import limit_song_lookups, limit_votes
from setlist.web.rendering import go_to, private, render_fragment, wants_fragment
from setlist.web.vote_guard import Hurdle, ask
from setlist.web.voters import forget_account
from setlist.web.wishing import NOT_THERE, REFUSALS, SIGNED_OUT, HurdleError, SignedOutError, wish

blueprint = Blueprint("adding", __name__)


@dataclass(frozen=True, kw_only=True)
class Found:
    song_id: int
    title: str
    by: str  # the act, where it is not the one that heads the bill
    is_on_sheet: bool


@dataclass(frozen=True, kw_only=True)
class Added:
    """What a search for songs shows."""

    show_id: int
    typed: str
    songs: tuple[Found, ...] = ()
    notice: str = ""


@blueprint.get("/shows/<int:show_id>/songs")
@limit_song_lookups
def search(show_id: int) -> Response:
    found = show_or_404(show_id)
    if way := moved(show_id, found.id, "show_id"):
        return way
    return _shown(found, _found(found, clean_query(request.args.get("q", ""))), HTTPStatus.OK)


@blueprint.post("/shows/<int:show_id>/songs")
@limit_votes
def add(show_id: int) -> Response:
    """`song` is the id of one that a search has found; `q` what was typed for it."""
    song = request.form.get("song", type=int)
    if song is None or song < 1:
        abort(422, "Choose a song from those that were found.")
    show, typed = show_or_404(show_id), clean_query(request.form.get("q", ""))
    try:
        answer = wish(show.id, song, wanted=True, adds=True)
    except SignedOutError:
        forget_account()
        return _shown(show, Added(show_id=show.id, typed=typed, notice=SIGNED_OUT), HTTPStatus.UNAUTHORIZED)
    except HurdleError as first:
        return _hurdle(first.hurdle, song)
    if answer.accepted:
        return _added(answer)
    is_there = answer.outcome not in NOT_THERE
    notice = REFUSALS[answer.outcome] if is_there else "They have no such song."
    status = HTTPStatus.CONFLICT if is_there else HTTPStatus.NOT_FOUND
    return _shown(show, Added(show_id=show.id, typed=typed, notice=notice), status)


def _added(answer: WishAnswer) -> Response:
    kept, voter = answer.wish, answer.wish.voter
    if not wants_fragment():
        return go_to(url_for("shows.show", show_id=kept.show_id, fan=1, _anchor=f"song-{kept.song_id}"))
    row = row_of(answer)
    context = {"row": row, "stage": "open", "quota": voter.quota, "used": answer.used}
    return private(render_fragment("shows/_added.html", is_new=answer.is_added, **context))


def _hurdle(found: Hurdle, song_id: int) -> Response:
    """What was asked of a guest at a row is asked where they search."""
    if not wants_fragment():
        return ask(found, song_id)
    response = private(render_fragment("shows/_add_hurdle.html", hurdle=found))
    response.status_code = HTTPStatus.FORBIDDEN
    return response


def _shown(show: Show, added: Added, status: HTTPStatus) -> Response:
    if wants_fragment():
        response = private(render_fragment("shows/_add_found.html", added=added))
    else:
        response = personal_page(show, {}, added=added)
    response.status_code = status
    return response


def _found(show: Show, typed: str) -> Added:
    songs = find_songs(catalogue_of(db.session(), show.id), typed) if typed else []
    here = db.session.query(BallotSong.song_id).filter(BallotSong.show_id == show.id)
    on_sheet = {song_id for (song_id,) in here.filter(BallotSong.song_id.in_([s.song_id for s in songs]))}
    first = show.line_up[0].artist if show.line_up else None
    of_headliner = first.name if first else ""
    return Added(
        show_id=show.id,
        typed=typed,
        songs=tuple(_line(song, of_headliner, is_on_sheet=song.song_id in on_sheet) for song in songs),
    )


def _line(song: CatalogueSong, headliner: str, *, is_on_sheet: bool) -> Found:
    by = "" if song.act == headliner else song.act
    return Found(song_id=song.song_id, title=song.title, by=by, is_on_sheet=is_on_sheet)
