"""Figures of the queues and their workers, and the history of both by the minute."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Response, abort, current_app, jsonify, request

from config import Settings
from setlist.extensions import db
from setlist.models.base import Json
from setlist.models.queue import QueueMinute
from setlist.queue.history import Sums, counted_until, history, sums
from setlist.queue.names import QUEUES
from setlist.queue.registry import crews, workers
from setlist.queue.stats import CAP, QueueStats, queue_stats

SHORT, LONG = 5, 60  # minutes
LONGEST_HISTORY = 24 * 60
LONGEST_OF_ALL = 3 * 60  # without a queue: as many rows again as there are queues


def stats() -> Response:
    settings: Settings = current_app.extensions["settings"]
    now, session = datetime.now(UTC), db.session()
    lately, hour = sums(session, now, SHORT), sums(session, now, LONG)
    until = counted_until(session)
    return jsonify(
        count_cap=CAP,
        counted_until=until.isoformat() if until else None,
        queues=[
            _described(
                one,
                settings.job_attempts,
                lately.get(one.queue, Sums(minutes=SHORT)),
                hour.get(one.queue, Sums(minutes=LONG)),
            )
            for one in queue_stats(session)
        ],
        workers={
            group: asdict(crew)
            for group, crew in crews(workers(session, now, settings.job_lease_seconds)).items()
        },
    )


def queue_history() -> Response:
    """`queue` chooses one, `minutes` says how far back, 60 without it."""
    queue = request.args.get("queue", "")
    if queue and queue not in QUEUES:
        abort(404, "There is no such queue.")
    now, session = datetime.now(UTC), db.session()
    rows = history(session, now, _minutes(LONGEST_HISTORY if queue else LONGEST_OF_ALL), queue=queue)
    until = counted_until(session)
    return jsonify(
        counted_until=until.isoformat() if until else None, minutes=[_of_minute(row) for row in rows]
    )


def _minutes(longest: int) -> int:
    given = request.args.get("minutes", str(LONG))
    if not (given.isascii() and given.isdecimal() and len(given) < 6 and 1 <= int(given) <= longest):
        abort(400, f"minutes must be a number from 1 to {longest}; of all queues at most {LONGEST_OF_ALL}.")
    return int(given)


def _described(one: QueueStats, job_attempts: int, lately: Sums, hour: Sums) -> Json:
    rule = QUEUES[one.queue]
    return asdict(one) | {
        "paused_since": one.paused_since.isoformat() if one.paused_since else None,
        "at_once": rule.at_once,
        "time_limit_seconds": rule.time_limit,
        "attempts": rule.attempts or job_attempts,
        "keep_days": rule.keep_days,
        "per_minute_5": lately.per_minute,
        "per_minute_60": round(hour.per_minute, 3),
        "failed_60": hour.failed,
        "lost_60": hour.lost,
        "dead_60": hour.dead,
        "wait_p50_ms": _rounded(hour.wait_p50),
        "wait_p95_ms": _rounded(hour.wait_p95),
        "run_p50_ms": _rounded(hour.run_p50),
        "run_p95_ms": _rounded(hour.run_p95),
    }


def _of_minute(row: QueueMinute) -> Json:
    return {
        "queue": row.queue,
        "minute": row.minute.astimezone(UTC).isoformat(),
        "done": row.done,
        "failed": row.failed,
        "lost": row.lost,
        "dead": row.dead,
        "wait_p50_ms": _rounded(row.wait_p50),
        "wait_p95_ms": _rounded(row.wait_p95),
        "run_p50_ms": _rounded(row.run_p50),
        "run_p95_ms": _rounded(row.run_p95),
        "waiting": row.waiting,
        "oldest_seconds": _rounded(row.oldest_seconds),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)
