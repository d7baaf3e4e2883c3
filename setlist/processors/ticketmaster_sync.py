"""What Ticketmaster lists of an artist, or of many at once: new shows, and what became of others."""

import logging
from collections import Counter
from datetime import UTC, datetime

from flask import current_app

from config import Settings
from setlist.models import SyncJob
from setlist.pipeline.run import ImportRun
from setlist.pipeline.shows_together import acts_of, read_together, write_together
from setlist.pipeline.tally import Tally
from setlist.processors.importing import bring_in
from setlist.processors.running import JobRun, job
from setlist.processors.summaries import Summary, write_summary
from setlist.providers.sources import Providers
from setlist.services.budget import Purpose

log = logging.getLogger(__name__)


@job("ticketmaster_sync")
def ticketmaster_sync(run: JobRun) -> None:
    if "artist_ids" in run.args:
        _together(run)
    else:
        bring_in(run)


def _together(run: JobRun) -> None:
    """One that is stopped and goes on asks and writes anew, which changes nothing of what it wrote."""
    started_at, calls, skipped, tally = datetime.now(UTC), Counter[str](), Counter[str](), Tally()
    settings: Settings = current_app.extensions["settings"]
    providers: Providers = current_app.extensions["providers"]
    sources = providers.sources(
        purpose=Purpose.SYNC, on_call=lambda provider, _endpoint: calls.update([provider])
    )

    def run_of(sync: SyncJob) -> ImportRun:
        return ImportRun(
            session=run.session,
            sources=sources,
            sync=sync,
            now=lambda: datetime.now(UTC),
            default_start_hour=settings.default_start_hour,
        )

    acts = acts_of(run.session, run.args["artist_ids"])
    run.commit()
    pages = read_together(sources.ticketmaster, acts) if sources.ticketmaster is not None else []
    for part in write_together(acts, pages, run_of) if pages else ():
        tally.add(part.tally)
        skipped.update(part.sync.skipped)
        run.commit()
    note = f"{len(acts.artists)} artists" if pages else "Ticketmaster is off, or knows none of them"
    write_summary(run, Summary(started_at=started_at, calls=calls, tally=tally, skipped=skipped, note=note))
    run.commit()
    log.info("shows of %d artists in %d calls", len(acts.artists), calls["ticketmaster"])
