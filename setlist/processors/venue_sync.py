"""What Ticketmaster knows of some venues: position, time zone, address, what they are called now."""

import logging
from collections import Counter
from datetime import UTC, datetime

from flask import current_app

from config import Settings
from setlist.models import QueueJob
from setlist.pipeline.tally import Tally
from setlist.pipeline.venue_sync import refresh_venue, unchecked
from setlist.processors.running import JobRun, job
from setlist.processors.summaries import Summary, write_summary
from setlist.providers.sources import Providers
from setlist.services.budget import Purpose

log = logging.getLogger(__name__)


@job("venue_sync")
def venue_sync(run: JobRun) -> None:
    """A commit a venue: one that is stopped goes on with those that were not asked for yet."""
    started_at, tally = datetime.now(UTC), Tally()
    calls, skipped = Counter[str](), Counter[str]()
    settings: Settings = current_app.extensions["settings"]
    providers: Providers = current_app.extensions["providers"]
    client = providers.sources(
        purpose=Purpose.SYNC, on_call=lambda provider, _endpoint: calls.update([provider])
    ).ticketmaster
    asked_at = run.session.get_one(QueueJob, run.job_id).created_at
    venues = unchecked(run.session, run.args["venue_ids"], asked_at)
    run.commit()
    for venue in venues:
        if client is None:
            break
        hour, now = settings.default_start_hour, datetime.now(UTC)
        told, why_not = refresh_venue(run.session, client, venue, default_hour=hour, now=now)
        tally.add(told)
        skipped.update([why_not] if why_not else [])
        run.commit()
    note = "Ticketmaster is off" if client is None else f"{len(venues)} venues"
    write_summary(run, Summary(started_at=started_at, calls=calls, tally=tally, skipped=skipped, note=note))
    run.commit()
    log.info("venues: %s, skipped %s", tally.as_json(), dict(skipped))
