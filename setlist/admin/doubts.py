"""Matches that nothing proves, and an operator's word on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from flask import Response, abort, request, url_for

from setlist.admin.acting import tell, told
from setlist.extensions import db
from setlist.models.base import LARGEST_ID, Json
from setlist.models.identity import DoubtKind, DoubtState
from setlist.pipeline.by_hand import CAN_LOSE_AN_ID, merge_by_hand, split_by_hand, split_title
from setlist.pipeline.deciding import Choice, Decision, Person, UnknownRowError, decide
from setlist.pipeline.doubt_list import Meant, doubt_lines, open_doubts
from setlist.pipeline.merging import CannotMergeError
from setlist.pipeline.reading_anew import read_anew
from setlist.pipeline.splitting import CannotSplitError
from setlist.providers.errors import LABELS
from setlist.providers.reading import LONGEST_TEXT
from setlist.web.members import account_id
from setlist.web.rendering import private, render, wants_fragment

SIZE = 25
LAST_PAGE = 1_000
OPEN, DECIDED = "open", "decided"
WHICH = ("kind", "state", "page")  # of the list, in its address
BUTTONS = {
    Choice.CONFIRM: "Confirm",
    Choice.REJECT: "Not the same",
    Choice.MERGE: "Merge",
    Choice.SPLIT: "Split",
}
WORDS = {
    DoubtState.CONFIRMED: "the same",
    DoubtState.REJECTED: "not the same",
    DoubtState.MERGED: "merged into one",
    DoubtState.SPLIT: "split off",
}
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`sides`: what it is, what the provider says, what we say; `more`: what belongs to neither."""

    sides: list[tuple[str, str, str]]
    more: list[tuple[str, str]]


def doubts() -> Response:
    """Open ones, or with `state=decided` the others; `kind` chooses one kind, `page` goes on."""
    return private(_page(told()))


def answer(doubt_id: int) -> Response:
    """`choice` is the word; `seen` the state in which whoever decides saw the doubt."""
    choice, seen = _one_of(Choice, "choice"), _one_of(DoubtState, "seen")
    if doubt_id > LARGEST_ID:
        abort(404, "There is no such doubt.")
    return _done(lambda: decide(db.session(), doubt_id, choice, _person(), seen=seen.value))


def merge() -> Response:
    """`loser` is given up for `keeper`: two ids of rows of one `kind`."""
    kind, pair = _one_of(DoubtKind, "kind"), (_number("loser"), _number("keeper"))
    return _done(lambda: merge_by_hand(db.session(), kind, pair, _person()))


def split() -> Response:
    """Takes a `provider`'s id away from what it means, or with kind `song` a `title` from the song `song`."""
    kind = _one_of(DoubtKind, "kind")
    if kind not in CAN_LOSE_AN_ID:
        song_id, title = _number("song"), _typed("title")
        return _done(lambda: split_title(db.session(), song_id, title, _person()))
    tie = _typed("provider"), _typed("external_id")
    return _done(lambda: split_by_hand(db.session(), kind, tie, _person()))


def evidence(details: Json) -> Evidence:
    """Whatever an import noted down, as text."""
    theirs, ours = (_mapping(details.get(side)) for side in ("theirs", "ours"))
    labels = dict.fromkeys([*theirs, *ours])
    sides = [(str(label), _said(theirs.get(label)), _said(ours.get(label))) for label in labels]
    rest = {name: value for name, value in details.items() if name not in {"theirs", "ours"}}
    return Evidence(
        sides=[side for side in sides if any(side[1:])],
        more=[(str(label).replace("_", " "), _said(value)) for label, value in rest.items()],
    )


def page_of(row: Meant) -> str:
    """Where fans see it; a song has no page, its artist has."""
    match row.kind:
        case DoubtKind.ARTIST:
            return url_for("artists.show", artist_id=row.id)
        case DoubtKind.VENUE:
            return url_for("venues.show", venue_id=row.id)
        case DoubtKind.SHOW:
            return url_for("shows.show", show_id=row.id)
    return url_for("artists.show", artist_id=row.artist_id)


def _page(message: str = "") -> Response:
    kind, state = request.args.get("kind", ""), request.args.get("state", OPEN)
    if kind not in {"", *DoubtKind} or state not in {OPEN, DECIDED}:
        abort(404, "There are no such doubts.")
    page = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    lines = doubt_lines(
        db.session(), kind=kind, is_open=state == OPEN, limit=SIZE + 1, offset=(page - 1) * SIZE
    )
    return render(
        "admin/doubts.html",
        fragments=("doubts",),
        lines=lines[:SIZE],
        has_more=len(lines) > SIZE,
        page=page,
        kind=kind,
        state=state,
        counts=open_doubts(db.session()),
        message=message,
        kinds=list(DoubtKind),
        labels=LABELS,
        buttons=BUTTONS,
        words=WORDS,
        evidence=evidence,
        page_of=page_of,
    )


def _done(act: Callable[[], Decision]) -> Response:
    """Commits what was decided; a form goes back to its list, which says it once; htmx gets it renewed."""
    try:
        decision = act()
    except UnknownRowError as error:
        _refuse(404, error)
    except (CannotMergeError, CannotSplitError) as error:
        _refuse(409, error)
    read_anew(db.session(), decision)
    db.session.commit()
    if wants_fragment():
        return private(_page(decision.words))
    which: dict[str, Any] = {name: request.args[name] for name in WHICH if name in request.args}
    return tell(decision.words, url_for("admin.doubts", **which))


def _refuse(status: int, error: Exception) -> NoReturn:
    db.session.rollback()
    abort(status, str(error))


def _person() -> Person:
    return Person(account_id=account_id(), at=datetime.now(UTC))


def _one_of(values: Callable[[str], T], name: str) -> T:
    try:
        return values(request.form.get(name, ""))
    except ValueError:
        abort(422, f"Choose what the {name} is.")


def _typed(name: str) -> str:
    """Without NULs, which PostgreSQL cannot even be asked about, and no longer than an index can hold."""
    typed = request.form.get(name, "").replace("\0", "").strip()
    if len(typed) > LONGEST_TEXT:
        abort(422, f"The {name.replace('_', ' ')} is too long: {LONGEST_TEXT} signs are the most.")
    return typed


def _number(name: str) -> int:
    given = request.form.get(name, type=int)
    if given is None:
        abort(422, f"The {name} is the number at the end of its page's address.")
    return given


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return "" if value is None else str(value)
