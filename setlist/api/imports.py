"""Running imports, and the progress of one as an event stream."""

import re
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Response, abort, current_app, jsonify, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import ServiceUnavailable

from setlist.api.events import ImportEvents
from setlist.api.streams import RETRY_SECONDS, slots
from setlist.extensions import db
from setlist.models import QueueJob, SyncJob
from setlist.models.base import Json
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.import_figures import MOST, import_figures, usual_error
from setlist.pipeline.scope import PHASES
from setlist.pipeline.steering import is_being_cancelled
from setlist.web.progress import pace_of
from setlist.web.waiting import wait_of

MOST_LISTED = 100
ID = re.compile(r"[0-9]{1,18}")  # what a bigint surely holds


def active() -> Response:
    statement = (
        select(SyncJob, QueueJob)
        .outerjoin(QueueJob, QueueJob.id == SyncJob.queue_job_id)
        .options(joinedload(SyncJob.artist))
        .where(
            # A follow-up that waits for its provider is no import that anybody could watch.
            (SyncJob.state == SyncState.RUNNING)
            | ((SyncJob.state == SyncState.QUEUED) & (SyncJob.kind == SyncKind.IMPORT))
        )
        .order_by(SyncJob.id.desc())
        .limit(MOST_LISTED)
    )
    session, now = db.session(), datetime.now(UTC)
    found = session.execute(statement).all()
    errors = {kind: usual_error(session, kind) for kind in {sync.kind for sync, _ in found}}
    return jsonify(
        [_described(sync, job, now) | {"estimate_error": errors[sync.kind]} for sync, job in found]
    )


def statistics() -> Response:
    """Read from the latest imports of each window, so that asking often costs little."""
    session, now = db.session(), datetime.now(UTC)
    windows = import_figures(session, now, tuple(PHASES))
    return jsonify(
        count_cap=MOST,
        windows=[asdict(one) | {"failure_rate": one.failure_rate} for one in windows],
        usual_error=usual_error(session),
    )


def progress() -> Response:
    sync_id = _number("id", request.args.get("id"))
    after = _number("after", request.headers.get("Last-Event-ID") or request.args.get("after") or "0")
    if db.session.get(SyncJob, sync_id) is None:
        abort(404, "There is no such import.")
    slot = slots().take()
    if slot is None:
        raise ServiceUnavailable(
            "All event streams are taken. Come again shortly.", retry_after=RETRY_SECONDS
        )
    events = ImportEvents(
        engine=db.engine, redis=current_app.extensions.get("redis"), sync_id=sync_id, after=after
    )
    response = Response(events.stream(), content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would otherwise collect events before it sends them
    response.call_on_close(slot.give_back)
    return response


def _number(name: str, given: str | None) -> int:
    if given is None or not ID.fullmatch(given):
        abort(400, f"{name} must be a whole number.")
    return int(given)


def _described(sync: SyncJob, job: QueueJob | None, now: datetime) -> Json:
    wait = wait_of(job, now)
    paced = asdict(pace_of(sync, now))
    return {
        "id": sync.id,
        "kind": sync.kind,
        "artist": {"id": sync.artist_id, "name": sync.artist.name},
        "state": sync.state,
        "phase": sync.phase,
        "percent": sync.percent,
        "counts": sync.counts,
        "phase_seconds": sync.phase_seconds,
        "calls": sync.calls,
        "runs": sync.runs,
        "attempt": job.attempts if job is not None else None,
        "is_being_cancelled": is_being_cancelled(sync, job.state if job is not None else None),
        "waits_until": wait.until.isoformat() if wait is not None else None,
        "why": wait.why if wait is not None else "",
        "created_at": sync.created_at.isoformat(),
        "started_at": sync.started_at.isoformat() if sync.started_at else None,
        "progress_url": url_for("api.progress", id=sync.id),
        **(paced | {"left_seconds": None} if wait is not None else paced),  # nobody knows how a wait ends
    }
