"""The queues: what waits, how fast it goes, and pausing one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from setlist.admin.acting import actor, audit, tell, told
from setlist.admin.charts import TALL, Chart, chart
from setlist.admin.confirming import Asked, asked_until, confirm, in_batches
from setlist.extensions import db
from setlist.queue.by_hand import cancel_waiting_batch
from setlist.queue.groups import GROUPS
from setlist.queue.history import Sums, counted_until, history, last_end, sums
from setlist.queue.names import QUEUES, QueueRule
from setlist.queue.pause import pause, paused_queues, resume
from setlist.queue.stats import CAP, QueueStats, queue_stats
from setlist.web.rendering import private, render

HOUR, DAY = 60, 24 * 60  # minutes
BARS_OF_A_DAY, MINUTES_OF_A_BAR = 96, 15
LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Line:
    """A queue with its figures and the chart of its last hour."""

    stats: QueueStats
    rule: QueueRule
    hour: Sums
    day: Sums
    chart: Chart


def queues() -> Response:
    now = datetime.now(UTC)
    lines = _lines(db.session(), now)
    page = render(
        "admin/queues.html",
        fragments=("queue_table",),
        groups={
            name: (meaning, [line for line in lines if line.rule.group == name])
            for name, meaning in GROUPS.items()
        },
        counted_ago=_counted_ago(db.session(), now),
        cap=CAP,
        tall=TALL,
        message=told(),
    )
    return private(page)


def queue(name: str) -> Response:
    _known(name)
    now, session = datetime.now(UTC), db.session()
    rows = history(session, now, DAY, queue=name)
    page = render(
        "admin/queue.html",
        fragments=("queue_now",),
        line=next(line for line in _lines(session, now) if line.stats.queue == name),
        day_chart=chart(rows, until=last_end(now), bars=BARS_OF_A_DAY, minutes=MINUTES_OF_A_BAR),
        rows=list(reversed(rows))[:HOUR],
        counted_ago=_counted_ago(session, now),
        cap=CAP,
        tall=TALL,
        longest_reason=LONGEST_REASON,
        message=told(),
    )
    return private(page)


def pause_queue(name: str) -> Response:
    """`reason` is shown beside it. A queue that is paused already keeps the first one."""
    _known(name)
    if name in paused_queues(db.session()):
        return tell(f"{name} is paused already.", _page_of(name))
    reason = request.form.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]
    pause(db.session(), name, reason=reason, by=actor())
    audit("queue_paused", name, reason=reason)
    db.session.commit()
    return tell(f"{name} is paused: what runs goes on, what waits stays.", _page_of(name))


def resume_queue(name: str) -> Response:
    _known(name)
    if name not in paused_queues(db.session()):
        return tell(f"{name} is not paused.", _page_of(name))
    resume(db.session(), name)
    audit("queue_resumed", name)
    db.session.commit()
    return tell(f"{name} goes on.", _page_of(name))


def ask_cancel_waiting(name: str) -> Response:
    """How many there are, before they are cancelled."""
    _known(name)
    stats = next(one for one in queue_stats(db.session()) if one.queue == name)
    return confirm(
        Asked(
            question=f"Cancel what waits in {name}?",
            explained="Its jobs that wait or are due later will not run; those that run go on.",
            count=min(stats.waiting + stats.scheduled, CAP),
            cap=CAP,
            button="Cancel them",
            action=url_for("admin.cancel_waiting", name=name),
            back=_page_of(name),
        )
    )


def cancel_waiting(name: str) -> Response:
    """Those that were there when it was asked."""
    _known(name)
    until = asked_until()
    row = audit("jobs_cancelled", name, until=until.isoformat())
    reason = f"cancelled by {actor()} with all that waited"
    words = in_batches(
        row, lambda: cancel_waiting_batch(db.session(), name, until=until, reason=reason), "cancelled"
    )
    return tell(f"{words}.", _page_of(name))


def _lines(session: Session, now: datetime) -> list[Line]:
    hour, day = sums(session, now, HOUR), sums(session, now, DAY)
    rows = history(session, now, HOUR)
    return [
        Line(
            stats=stats,
            rule=QUEUES[stats.queue],
            hour=hour.get(stats.queue, Sums(minutes=HOUR)),
            day=day.get(stats.queue, Sums(minutes=DAY)),
            chart=chart([row for row in rows if row.queue == stats.queue], until=last_end(now), bars=HOUR),
        )
        for stats in queue_stats(session)
    ]


def _counted_ago(session: Session, now: datetime) -> float | None:
    until = counted_until(session)
    return (now - until).total_seconds() if until else None


def _known(name: str) -> None:
    if name not in QUEUES:
        abort(404, "There is no such queue.")


def _page_of(name: str) -> str:
    return url_for("admin.queue", name=name)
