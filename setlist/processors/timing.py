"""Heavy processors ask here whether it is their time, and between their steps how fast to go on."""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from config import Settings
from setlist.extensions import db
from setlist.models import QueueJob
from setlist.processors.running import JobRun
from setlist.queue.errors import TryAgainAt
from setlist.services.scheduling import Choice, Work, decide, pace
from setlist.services.timing import TrafficNow, load_now, note, traffic_now, usual_seconds
from setlist.services.traffic_pattern import Pattern

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds: the load, while work goes on


def when_quiet(run: JobRun, *, within: timedelta, seconds: float) -> "Pacer":
    """The pace of a heavy job that may run now; else raises TryAgainAt, and the job waits for its time.

    `within`: how long after it was asked for it is to be done at the latest. `seconds`: how long it takes,
    until runs of its queue tell.
    """
    settings: Settings = current_app.extensions["settings"]
    now, queue = datetime.now(UTC), run.lease.queue
    asked_at = run.session.get_one(QueueJob, run.job_id).created_at
    work = Work(
        name=queue,
        seconds=usual_seconds(run.session, queue, otherwise=seconds),
        deadline=asked_at + within,
        hours=settings.heavy_hours,
    )
    known = traffic_now(run.session, now)
    decision = decide(work, known.pattern, known.load, now)
    note(run.session, queue, decision, known=known, job_id=run.job_id)
    run.commit()
    if decision.choice is Choice.WAIT and decision.until is not None:
        raise TryAgainAt(decision.until, decision.reason)
    return Pacer(run, known.pattern)


def unless_busy(run: JobRun) -> "Pacer | None":
    """For work whose time comes again soon: None where the site is busy, and this time is left out."""
    now, queue = datetime.now(UTC), run.lease.queue
    known = traffic_now(run.session, now)
    decision = pace(known.pattern, known.load, now)
    if decision.choice is Choice.RUN:
        return Pacer(run, known.pattern)
    skipped = replace(decision, choice=Choice.WAIT, reason=decision.reason.replace("slower", "left out"))
    note(run.session, queue, skipped, known=known, job_id=run.job_id)
    run.commit()
    return None


class Pacer:
    """Call it between two steps: it waits for a moment while the site is busy."""

    def __init__(self, run: JobRun, pattern: Pattern) -> None:
        self._run = run
        self._pattern = pattern
        self._choice = Choice.RUN
        self._pause = 0.0
        self._looked_at = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            self._look()
        if self._pause:
            self._run.stopping.wait(self._pause)

    def _look(self) -> None:
        """In a transaction of its own: a decision is told also where the work is rolled back."""
        self._looked_at, now = time.monotonic(), datetime.now(UTC)
        with Session(db.engine) as session:
            known = TrafficNow(load=load_now(session, now), pattern=self._pattern, at=now)
            decision = pace(self._pattern, known.load, now)
            self._pause = decision.pause_seconds
            if decision.choice is not self._choice:
                self._choice = decision.choice
                note(session, self._run.lease.queue, decision, known=known, job_id=self._run.job_id)
                session.commit()
