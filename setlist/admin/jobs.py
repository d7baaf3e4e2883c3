"""Jobs: lists of them, one with its attempts, and what an operator does about it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from setlist.admin.acting import actor, audit, tell, told
from setlist.admin.confirming import Asked, asked_until, confirm, in_batches
from setlist.extensions import db
from setlist.models import QueueJob, SyncJob
from setlist.models.base import Json
from setlist.models.queue import ACTIVE, JobState, QueueJobAttempt
from setlist.queue import by_hand
from setlist.queue.by_hand import MAY_BE_RETRIED, DeadOnes, StandsInTheWay, attempts_of
from setlist.queue.cancel import cancel
from setlist.queue.finding import STATES, Place, Wanted, find_job, find_jobs
from setlist.queue.names import QUEUES
from setlist.queue.stats import CAP
from setlist.web.rendering import go_to, private, render, wants_fragment

MOST_ATTEMPTS = 50
LONGEST_WORDS = 200
WHICH = ("queue", "state", "words", "after")  # of the list, in its address


@dataclass(frozen=True, kw_only=True)
class AttemptLine:
    attempt: QueueJobAttempt
    took_seconds: float | None


def jobs() -> Response:
    """`queue`, `state` and `words` choose, `after` goes on; `id` leads to one job."""
    if request.args.get("id", "").strip():
        return go_to(_page_of(_found(request.args.get("id", type=int) or 0).id))
    wanted = _wanted()
    found = find_jobs(db.session(), wanted)
    page = render(
        "admin/jobs.html",
        fragments=("jobs_table",),
        jobs=found.jobs,
        next=found.next,
        wanted=wanted,
        which=_which(),
        queues=list(QUEUES),
        states=STATES,
        may_be_retried=MAY_BE_RETRIED,
        written=written,
        at=datetime.now(UTC),
        message=told(),
    )
    return private(page)


def job(job_id: int) -> Response:
    """One that is over does not change any more: whoever polls it gets its page anew, once."""
    found = _found(job_id)
    attempts = attempts_of(db.session(), found.id, limit=MOST_ATTEMPTS)
    page = render(
        "admin/job.html",
        fragments=("job_now",),
        job=found,
        args=written(found.args, indent=2),
        sync=_sync_of(found),
        attempts=[AttemptLine(attempt=attempt, took_seconds=_took(attempt)) for attempt in attempts],
        is_active=found.state in ACTIVE,
        may_be_retried=found.state in MAY_BE_RETRIED,
        at=datetime.now(UTC),
        message=told(),
    )
    if wants_fragment() and found.state not in ACTIVE:
        page.headers["HX-Refresh"] = "true"
    return private(page)


def cancel_job(job_id: int) -> Response:
    running = _found(job_id).state == JobState.RUNNING
    done = cancel(db.session(), job_id, reason=f"cancelled by {actor()}")
    ending = "it stops at its next checkpoint" if running else "it will not run"
    return _done(job_id, "job_cancelled", f"is cancelled: {ending}", changed=done)


def retry_job(job_id: int) -> Response:
    _found(job_id)
    try:
        done = by_hand.retry(db.session(), job_id)
    except StandsInTheWay as refusal:
        db.session.rollback()
        abort(409, f"Job {refusal.job_id} does the same and waits or runs already, so this one stays.")
    return _done(job_id, "job_retried", "begins anew", changed=done)


def discard_job(job_id: int) -> Response:
    _found(job_id)
    return _done(job_id, "job_discarded", "is discarded", changed=by_hand.discard(db.session(), job_id))


def ask_discard_dead() -> Response:
    """How many of the dead are meant by `queue` and `words`, before they are discarded."""
    wanted = _wanted()
    which = DeadOnes(until=datetime.now(UTC), queue=wanted.queue, words=wanted.words)
    of_queue = f" of {wanted.queue}" if wanted.queue else ""
    words = f" with “{wanted.words}”" if wanted.words else ""
    chosen: dict[str, Any] = {"queue": wanted.queue or None, "words": wanted.words or None}
    return confirm(
        Asked(
            question=f"Discard the dead jobs{of_queue}{words}?",
            explained="They leave the list of dead ones, and are deleted when their queue’s time is over.",
            count=by_hand.count_dead(db.session(), which, cap=CAP),
            cap=CAP,
            button="Discard them",
            action=url_for("admin.discard_dead", **chosen),
            back=url_for("admin.jobs", state=JobState.DEAD, **chosen),
        )
    )


def discard_dead() -> Response:
    """Those that were dead when it was asked."""
    wanted = _wanted()
    which = DeadOnes(until=asked_until(), queue=wanted.queue, words=wanted.words)
    row = audit(
        "jobs_discarded", which.queue or "all queues", words=which.words, until=which.until.isoformat()
    )
    words = in_batches(row, lambda: by_hand.discard_batch(db.session(), which), "discarded")
    return tell(f"{words}.", url_for("admin.jobs", state=JobState.DEAD, queue=wanted.queue or None))


def written(args: Json, indent: int | None = None) -> str:
    return json.dumps(args, indent=indent, ensure_ascii=False, sort_keys=True)


def _done(job_id: int, action: str, words: str, *, changed: bool) -> Response:
    """Commits; back to the list that it was asked from, or to the job. Twice is no mistake."""
    if changed:
        audit(action, f"job {job_id}")
        db.session.commit()
    else:
        db.session.rollback()
        words = f"is {_found(job_id).state}, so nothing was done"
    which = _which()
    back = url_for("admin.jobs", **which) if "list" in request.args else _page_of(job_id)
    return tell(f"Job {job_id} {words}.", back)


def _found(job_id: int) -> QueueJob:
    found = find_job(db.session(), job_id)
    if found is None:
        abort(404, "There is no such job. Those that are over are deleted after a while.")
    return found


def _wanted() -> Wanted:
    """From the address. 404 where no list can be meant."""
    queue, state = request.args.get("queue", ""), request.args.get("state", "")
    if (queue and queue not in QUEUES) or (state and state not in STATES):
        abort(404, "There are no such jobs.")
    words = request.args.get("words", "").replace("\0", "").strip()[:LONGEST_WORDS]
    return Wanted(queue=queue, state=state, words=words, after=_place(request.args.get("after", "")))


def _place(written: str) -> Place | None:
    try:
        return Place.read(written) if written else None
    except ValueError:
        abort(404, "There is no such page of the list.")


def _which() -> dict[str, Any]:
    return {name: request.args[name] for name in WHICH if request.args.get(name)}


def _sync_of(found: QueueJob) -> SyncJob | None:
    statement = select(SyncJob).options(joinedload(SyncJob.artist)).where(SyncJob.queue_job_id == found.id)
    return db.session.scalars(statement.order_by(SyncJob.id.desc()).limit(1)).first()


def _took(attempt: QueueJobAttempt) -> float | None:
    ended = attempt.finished_at
    return (ended - attempt.started_at).total_seconds() if ended else None


def _page_of(job_id: int) -> str:
    return url_for("admin.job", job_id=job_id)
