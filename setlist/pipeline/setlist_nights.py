"""Of which show a page of setlist.fm tells: one that is here, or one of its own, and what is asked then."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from setlist.domain.showtime import ShowTime, lock_instant
from setlist.models import ExternalId, Setlist, Show, ShowArtist, Venue
from setlist.models.catalogue import ShowStatus
from setlist.models.identity import DoubtKind, Matched
from setlist.models.played import SetlistKind
from setlist.pipeline.doubts import Question
from setlist.pipeline.identity import Ties, tie
from setlist.pipeline.nights import Nights
from setlist.pipeline.writer import Writer
from setlist.providers.answers import SetlistRecord

PROVIDER = "setlistfm"
OFF = (ShowStatus.CANCELLED, ShowStatus.POSTPONED)


def show_of(run: Writer, record: SetlistRecord, venue: Venue | None, nights: Nights) -> Show:
    """What is called off was not played, as far as anyone knows: a page of it has a night of its own."""
    free = _free_shows(run, venue, nights, record.local_date)
    for show in free:
        if show.status not in OFF:
            return show
    show = _past_show(run, record, venue, nights)
    _ask_about_the_day(run, record, [*free, *_around(run, record, venue, nights)])
    return show


def _around(run: Writer, record: SetlistRecord, venue: Venue | None, nights: Nights) -> list[Show]:
    """Shows that moved away from this day, and those of the day before and after without a setlist."""
    if venue is None:
        return []
    around = nights.moved_from(record.local_date, venue)
    for off in (-1, 1):
        around += _free_shows(run, venue, nights, record.local_date + timedelta(days=off))[:1]
    return list({show.id: show for show in around}.values())


def _ask_about_the_day(run: Writer, record: SetlistRecord, shows: Sequence[Show]) -> None:
    """One of the two may have the day wrong, or was played after all."""
    for show in shows:
        if not _is_listed(run.session, show):
            continue
        day = show.local_date or show.original_date
        question = Question(
            kind=DoubtKind.SHOW,
            provider=PROVIDER,
            external_id=record.id,
            name=record.artist_name,
            url=record.url,
            candidate_id=show.id,
            reason=_why(show, record),
            details={
                "theirs": {"date": str(record.local_date)},
                "ours": {"date": str(day) if day else None, "status": show.status},
            },
        )
        run.ask([question])


def _why(show: Show, record: SetlistRecord) -> str:
    if record.local_date == show.original_date != show.local_date:
        return "a setlist of the day from which this show was moved"
    if record.local_date == show.local_date:
        return f"a setlist of a show that is {show.status}"
    return "a setlist of one day, and a show there without one on the next or the last"


def _is_listed(session: Session, show: Show) -> bool:
    """By another provider: what only setlist.fm knows it knows the day of."""
    other = exists().where(ExternalId.show_id == show.id, ExternalId.provider != PROVIDER)
    return bool(session.scalar(select(other)))


def _free_shows(run: Writer, venue: Venue | None, nights: Nights, day: date) -> list[Show]:
    """The shows of a day that have no setlist of the artist yet: early and late shows take turns."""
    shows = nights.same_night(day, venue, None, [run.artist_id])
    taken = select(Setlist.show_id).where(
        Setlist.show_id.in_([show.id for show in shows]),
        Setlist.artist_id == run.artist_id,
        Setlist.kind == SetlistKind.ACTUAL,
    )
    with_one = set(run.session.scalars(taken)) if shows else set()
    return [show for show in shows if show.id not in with_one]


def _past_show(run: Writer, record: SetlistRecord, venue: Venue | None, nights: Nights) -> Show:
    known_time = ShowTime(local_date=record.local_date, timezone=venue.timezone if venue else None)
    show = Show(
        name=record.tour,
        local_date=record.local_date,
        locks_at=lock_instant(known_time, default_hour=run.default_start_hour),
        venue=venue,
        line_up=[ShowArtist(position=0, artist_id=run.artist_id, billed_as=record.artist_name)],
    )
    run.session.add(show)
    run.session.flush()
    nights.add(show)
    ties = Ties(provider=PROVIDER, kind="show", targets={record.id: show.id}, matched_by=Matched.SAME_ID)
    tie(run.session, ties, now=run.now())
    return show
