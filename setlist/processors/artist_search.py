"""Asks the providers who a name could mean, for the search page."""

import logging
from datetime import UTC, datetime

from flask import current_app

from setlist.models import ArtistSearch
from setlist.pipeline.search import find_candidates
from setlist.processors.running import JobRun, job
from setlist.providers.sources import Providers
from setlist.services.budget import Purpose

log = logging.getLogger(__name__)

MOST_WAITS = 2  # for a provider's weather; somebody looks at the page


@job("artist_search")
def artist_search(run: JobRun) -> None:
    search = run.session.get_one(ArtistSearch, run.args["search_id"])
    providers: Providers = current_app.extensions["providers"]
    sources = providers.sources(purpose=Purpose.SEARCH)
    find_candidates(run.session, sources, search, now=datetime.now(UTC), give_up=run.put_offs >= MOST_WAITS)
    run.commit()
    log.info("search %s: %d candidates", search.id, len(search.candidates))
