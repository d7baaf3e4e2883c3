"""The show page: the same bytes for everyone. A fan's own marks come apart, from /_fan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, make_response, request

from setlist.domain.showtime import zone_of
from setlist.domain.titles import fold
from setlist.domain.voting import fan_wishes
from setlist.extensions import db
from setlist.models import Artist, Setlist, Show
from setlist.pages.finding import show_or_404
from setlist.pages.listings import headliner, title_of
from setlist.pages.played import Evening, evening, lately
from setlist.pages.sheet import SongRow, Stage, marked, song_rows, stage_of
from setlist.web.identity import fan_key
from setlist.web.rendering import private, render, render_fragment, shared

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
    if "fan" in request.args:
        return personal_page(found, {})
    page = show_page(found)
    answer = render("shows/show.html", fragments=("sheet",), page=page, rows=page.rows, used=None)
    return shared(answer, seconds=SHARED_SECONDS)


@blueprint.get("/_fan/shows/<int:show_id>")
def marks(show_id: int) -> Response:
    """The rows that this fan wished for, and the wishes left: out of band, into the shared page."""
    found = show_or_404(show_id)
    wished = fan_wishes(db.session(), fan_key(), show_id).song_ids
    if not wished:
        return private(_no_marks(stage_of(found, datetime.now(UTC))))
    page = show_page(found)
    rows = [row for row in marked(page.rows, wished, {}) if row.is_wished]
    return private(render_fragment("shows/_marks.html", page=page, rows=rows, used=len(wished)))


def personal_page(found: Show, notices: Mapping[int, str]) -> Response:
    page = show_page(found)
    wished = fan_wishes(db.session(), fan_key(), found.id).song_ids
    rows = marked(page.rows, wished, notices)
    return private(render("shows/show.html", page=page, rows=rows, used=len(wished), is_personal=True))


def _no_marks(stage: Stage) -> Response:
    """Most who open a page have wished for nothing yet: they cost no look at the sheet."""
    if stage is not Stage.OPEN:
        return make_response("")
    return render_fragment("shows/_wishes.html", oob=True, stage=stage, used=0, quota=wishes_each())


def wishes_each() -> int:
    quota: int = current_app.extensions["settings"].guest_wishes
    return quota


def show_page(found: Show) -> ShowPage:
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
        quota=wishes_each(),
    )
