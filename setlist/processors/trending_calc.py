"""Refreshes what is rising."""

import logging
import time

from sqlalchemy import text

from setlist.processors.running import JobRun, job

log = logging.getLogger(__name__)


@job("trending_calc")
def trending_calc(run: JobRun) -> None:
    started = time.monotonic()
    # It reads a month of votes: longer than a page's query may take.
    run.session.execute(text("SET LOCAL statement_timeout = '120s'"))
    run.session.execute(text("SELECT refresh_trending_data()"))
    run.commit()
    log.info("what is rising was refreshed in %.2f s", time.monotonic() - started)
