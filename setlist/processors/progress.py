"""Progress of imports, written with the rows it tells of and announced after the commit."""

import logging
from datetime import UTC, datetime

import redis
from flask import current_app
from sqlalchemy.orm import Session

from setlist.models import SyncJob, SyncProgress
from setlist.models.sync import progress_channel

log = logging.getLogger(__name__)


def record(session: Session, sync: SyncJob) -> int:
    """Adds an event in the caller's transaction; returns its id."""
    event = SyncProgress(
        sync_job_id=sync.id,
        at=datetime.now(UTC),  # the transaction may have begun long before, and waited for a page
        state=sync.state,
        phase=sync.phase,
        percent=sync.percent,
        counts=sync.counts,
        left_seconds=sync.left_seconds,
    )
    session.add(event)
    session.flush()
    return event.id


def announce(sync_id: int, event_id: int) -> None:
    """Wakes the event streams. Without Redis they find the row at their next look."""
    try:
        current_app.extensions["redis"].publish(progress_channel(sync_id), str(event_id))
    except redis.RedisError as error:
        log.warning("event streams are not woken, Redis does not answer: %s", error)
