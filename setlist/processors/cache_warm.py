"""Makes the pages that will be asked for next, before anybody waits for them.

A page is fresh for seconds, and this runs every ten minutes: what it made answers one visitor at once when it
is past its time too (see AHEAD_SECONDS, which is longer than those ten minutes) and is made anew after that
answer. So the first visitor after a quiet hour waits for nothing, and sees figures of some minutes ago once.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Show, TrendingArtist, TrendingShow
from setlist.models.catalogue import ShowStatus
from setlist.processors.running import JobRun, job
from setlist.processors.timing import unless_busy
from setlist.services.warming import MOST, Signs, choose

log = logging.getLogger(__name__)

NEXT_DAYS = timedelta(days=3)
HEAD_START = timedelta(minutes=10)  # near its end, an hour's visitors are those of the next
DAY, WEEK = timedelta(days=1), timedelta(days=7)
HOME = "/"

AskedAt = Callable[[datetime], tuple[str, ...]]


@job("cache_warm")
def cache_warm(run: JobRun) -> None:
    pages = current_app.extensions["page_cache"]
    if not pages.is_on:
        return
    go_on = unless_busy(run)
    if go_on is None:
        return
    chosen = choose(signs(run.session, datetime.now(UTC), pages.asked.at))
    run.commit()
    warmed = 0
    for path in chosen:
        if run.stopping.is_set():
            break  # the next run is minutes away
        warmed += pages.warm(path)
        go_on()
    log.info("%d of %d pages were warmed", warmed, len(chosen))


def signs(session: Session, now: datetime, asked_at: AskedAt) -> Signs:
    coming_hour = now + HEAD_START
    return Signs(
        coming=_coming(session, now),
        rising=[HOME, *_rising(session)],
        yesterday=asked_at(coming_hour - DAY),
        week_ago=asked_at(coming_hour - WEEK),
    )


def _coming(session: Session, now: datetime) -> list[str]:
    """Shows of the next days, the most wished for first."""
    wishes = func.coalesce(func.sum(BallotSong.wishes_accounts + BallotSong.wishes_guests), 0)
    statement = (
        select(Show.id)
        .outerjoin(BallotSong, BallotSong.show_id == Show.id)
        .where(
            Show.locks_at.between(now, now + NEXT_DAYS),
            Show.status.in_((ShowStatus.SCHEDULED, ShowStatus.RESCHEDULED)),
        )
        .group_by(Show.id)
        .order_by(wishes.desc(), Show.locks_at, Show.id)
        .limit(MOST)
    )
    return [f"/shows/{show_id}" for show_id in session.scalars(statement)]


def _rising(session: Session) -> list[str]:
    """Artists and shows in turn: their scores have no common measure."""
    artists = session.scalars(
        select(TrendingArtist.artist_id)
        .order_by(TrendingArtist.score.desc(), TrendingArtist.artist_id)
        .limit(MOST // 2)
    ).all()
    shows = session.scalars(
        select(TrendingShow.show_id)
        .order_by(TrendingShow.score.desc(), TrendingShow.show_id)
        .limit(MOST // 2)
    ).all()
    paths = [(rank, f"/artists/{artist_id}") for rank, artist_id in enumerate(artists)]
    paths += [(rank, f"/shows/{show_id}") for rank, show_id in enumerate(shows)]
    return [path for _, path in sorted(paths, key=lambda ranked: ranked[0])]
