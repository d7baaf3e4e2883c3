"""The show page: the same bytes for everyone. A fan's own marks come apart, from /_fan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, request

from setlist.domain.ballot_stage import Stage
from setlist.domain.folding import fold
from setlist.domain.showtime import zone_of
from setlist.domain.voting import fan_wishes
from setlist.extensions import db
from setlist.models import Artist, Setlist, Show
from setlist.pages import freshness
from setlist.pages.finding import moved, show_or_404
from setlist.pages.freshness import Freshness
from setlist.pages.listings import headliner, title_of
from setlist.pages.played import Evening, evening, lately
from setlist.pages.sheet import SongRow, marked, song_rows, stage_of
from setlist.web.rendering import private, render, render_fragment, shared
from setlist.web.voters import voter, wishes_of

SHARED_SECONDS = 10

blueprint = Blueprint("shows", __name__)


@dataclass(frozen=True, kw_only=True)
class ShowPage:
    """What everyone sees of a show."""

    show: Show
    stage: Stage
    rows: list[SongRow]
    evening: Evening
    lately: list[Setlist]
    quota: int
    checked: list[Freshness]
    acts_shown: int = 5  # of the bill; the rest can be unfolded

    @property
    def title(self) -> str:
        return title_of(self.show)

    @property
    def headliner(self) -> Artist | None:
        return headliner(self.show)

    @property
    def tagline(self) -> str:
        """The show's own name, where it says more than the title."""
        name = self.show.name
        if fold(name) == fold(self.title):
            return ""
        return name.removeprefix(self.title).lstrip(" :-–—") or name

    @property
    def has_timezone(self) -> bool:
        return self._zone is not None

    @property
    def locks_locally(self) -> datetime | None:
        """When wishes lock, by the clock on the venue's wall."""
        locks_at = self.show.locks_at
        return locks_at.astimezone(self._zone or UTC) if locks_at else None

    @property
    def _zone(self) -> ZoneInfo | None:
        return zone_of(self.show.venue.timezone if self.show.venue else None)


@blueprint.get("/shows/<int:show_id>")
def show(show_id: int) -> Response:
    """With ?fan=1 the fan's own page, for browsers without JavaScript."""
    found = show_or_404(show_id)
    if way := moved(show_id, found.id, "show_id"):
        return way
    if "fan" in request.args:
        return personal_page(found, {})
    page = show_page(found)
    answer = render("shows/show.html", fragments=("sheet",), page=page, rows=page.rows, used=None)
    return shared(answer, seconds=SHARED_SECONDS)


@blueprint.get("/_fan/shows/<int:show_id>")
def marks(show_id: int) -> Response:
    """The rows that this fan wished for, and the wishes left: out of band, into the shared page."""
    found, fan = show_or_404(show_id), voter()
    wished = fan_wishes(db.session(), fan, found.id)
    if not wished:
        return private(_no_marks(stage_of(found, datetime.now(UTC)), fan.quota))
    page = show_page(found, quota=fan.quota)
    rows = [row for row in marked(page.rows, wished, {}) if row.is_wished]
    return private(render_fragment("shows/_marks.html", page=page, rows=rows, used=len(wished)))


def personal_page(found: Show, notices: Mapping[int, str], *, added: object = None) -> Response:
    """`notices`: what is to be said at which song; `added`: what a search for other songs has found."""
    fan = voter()
    page = show_page(found, quota=fan.quota)
    wished = fan_wishes(db.session(), fan, found.id)
    rows = marked(page.rows, wished, notices)
    return private(
        render("shows/show.html", page=page, rows=rows, used=len(wished), is_personal=True, added=added)
    )


def _no_marks(stage: Stage, quota: int) -> Response:
    """Most who open a page have wished for nothing yet: they cost no look at the sheet."""
    if stage is not Stage.OPEN:
        return make_response("")
    return render_fragment("shows/_wishes.html", oob=True, stage=stage, used=0, quota=quota)


def show_page(found: Show, *, quota: int | None = None) -> ShowPage:
    """`quota`: of the fan who asks; without it a guest's, as on the page that everyone shares."""
    now = datetime.now(UTC)
    rows = song_rows(db.session(), found, stage_of(found, now))
    night = evening(db.session(), found, rows)
    stage = stage_of(found, now, is_played=bool(night.acts))
    return ShowPage(
        show=found,
        stage=stage,
        rows=rows,
        evening=night,
        lately=lately(db.session(), found),
        quota=wishes_of(None) if quota is None else quota,
        checked=[] if night.acts else freshness.of_show(db.session(), found, now),
    )
