"""Refreshes what is rising."""

import logging
import time
from datetime import UTC, datetime

from sqlalchemy import text

from setlist.processors.running import JobRun, job
from setlist.processors.summaries import Summary, write_summary

log = logging.getLogger(__name__)


@job("trending_calc")
def trending_calc(run: JobRun) -> None:
    started_at, started = datetime.now(UTC), time.monotonic()
    # It reads a month of votes: longer than a page's query may take.
    run.session.execute(text("SET LOCAL statement_timeout = '120s'"))
    run.session.execute(text("SELECT refresh_trending_data()"))
    write_summary(run, Summary(started_at=started_at))
    run.commit()
    log.info("what is rising was refreshed in %.2f s", time.monotonic() - started)
