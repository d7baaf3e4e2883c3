"""Deletes what nobody will look at again, and what a provider's terms do not let us keep."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import current_app

from config import Settings
from setlist.pipeline import cleanup as old
from setlist.pipeline import retention
from setlist.pipeline.retention import Retention
from setlist.pipeline.tally import Tally
from setlist.processors.running import JobRun, job
from setlist.processors.summaries import Summary, write_summary
from setlist.processors.timing import Pacer, when_quiet

log = logging.getLogger(__name__)

WITHIN = timedelta(hours=22)  # it is asked for once a day
SECONDS = 60.0  # it takes about, until runs tell


@job("cleanup")
def cleanup(run: JobRun) -> None:
    """In batches, each its own transaction: one that is stopped goes on with what is left."""
    pace = when_quiet(run, within=WITHIN, seconds=SECONDS)
    started_at, tally = datetime.now(UTC), Tally()
    for name in old.OLD:
        tally.deleted(name, _all(run, pace, partial(old.delete_old, run.session, name), old.BATCH))
    for name, age in _retention().ages().items():
        drop = partial(retention.drop_kept_too_long, run.session, name, age)
        tally.deleted(name, _all(run, pace, drop, retention.BATCH))
    write_summary(run, Summary(started_at=started_at, tally=tally))
    run.commit()
    log.info("cleaned up: %s", tally.as_json())


def _all(run: JobRun, pace: Pacer, batch: Callable[[], int], size: int) -> int:
    done = 0
    while True:
        found = batch()
        run.commit()
        done += found
        if found < size:
            return done
        pace()


def _retention() -> Retention:
    settings: Settings = current_app.extensions["settings"]
    return Retention(
        spotify_pictures=timedelta(days=settings.keep_spotify_days),
        ticketmaster_pictures=timedelta(days=settings.keep_ticketmaster_pictures_days),
        ticketmaster_events=timedelta(days=settings.keep_ticketmaster_days),
        address_marks=timedelta(days=settings.keep_address_marks_days),
        unconfirmed_accounts=timedelta(days=settings.keep_unconfirmed_days),
        mails=timedelta(days=settings.keep_mails_days),
    )
