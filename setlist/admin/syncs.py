"""What the processors did: the summary that each run ended with, and a day's sums by queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response, abort, request
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import Artist, SyncSummary
from setlist.models.base import Json
from setlist.pipeline.tally import CHANGED, DELETED, DOUBTS, NEW, UNCHANGED
from setlist.queue.names import QUEUES
from setlist.web.rendering import private, render
from setlist.web.typed import row_id

SIZE = 50
DAY = timedelta(days=1)

# A row of sums for each queue that ran; what is in the JSON is added up there.
_SUMS = text("""
SELECT s.queue, count(*) AS runs, coalesce(sum(s.doubts), 0)::bigint AS doubts,
    coalesce(sum((SELECT sum(value::bigint) FROM jsonb_each_text(s.calls))), 0)::bigint AS calls,
    coalesce(sum((SELECT sum((value->>'new')::bigint) FROM jsonb_each(s.rows) WHERE key <> 'doubts')), 0)
        ::bigint AS new,
    coalesce(sum((SELECT sum((value->>'changed')::bigint) FROM jsonb_each(s.rows))), 0)::bigint AS changed,
    coalesce(sum((SELECT sum((value->>'unchanged')::bigint) FROM jsonb_each(s.rows))), 0)::bigint AS unchanged
FROM sync_summaries s
WHERE s.finished_at > :since
GROUP BY s.queue ORDER BY s.queue
""")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One run."""

    summary: SyncSummary
    artist: Artist | None
    ago_seconds: float
    took_seconds: float

    @property
    def rows(self) -> Sequence[str]:
        return [
            _told(table, counts) for table, counts in sorted(self.summary.rows.items()) if table != DOUBTS
        ]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Of one queue, in a day."""

    queue: str
    runs: int
    calls: int
    new: int
    changed: int
    unchanged: int
    doubts: int


def syncs() -> Response:
    """`queue` shows one queue's runs, `before` (a summary's id) older ones."""
    now, queue = datetime.now(UTC), request.args.get("queue", "")
    if queue and queue not in QUEUES:
        abort(404, "There is no such queue.")
    before = request.args.get("before", type=row_id)
    lines = _lines(db.session(), now, _which(queue, before))
    page = render(
        "admin/syncs.html",
        lines=lines[:SIZE],
        older=lines[SIZE - 1].summary.id if len(lines) > SIZE else None,
        sums=_sums(db.session(), now),
        queue=queue,
    )
    return private(page)


def _which(queue: str, before: int | None) -> list[ColumnElement[bool]]:
    chosen = [SyncSummary.queue == queue] if queue else []
    return chosen if before is None else [*chosen, SyncSummary.id < before]


def _lines(session: Session, now: datetime, which: Sequence[ColumnElement[bool]]) -> list[Line]:
    statement = (
        select(SyncSummary, Artist)
        .outerjoin(Artist, Artist.id == SyncSummary.artist_id)
        .where(*which)
        .order_by(SyncSummary.id.desc())
        .limit(SIZE + 1)
    )
    return [
        Line(
            summary=summary,
            artist=artist,
            ago_seconds=(now - summary.finished_at).total_seconds(),
            took_seconds=(summary.finished_at - summary.started_at).total_seconds(),
        )
        for summary, artist in session.execute(statement)
    ]


def _sums(session: Session, now: datetime) -> list[Sums]:
    found = session.execute(_SUMS, {"since": now - DAY}).mappings()
    return [Sums(**row) for row in found]


def _told(table: str, counts: Mapping[str, int] | Json) -> str:
    """songs: 3 new, 1 changed, 240 unchanged"""
    words = [f"{counts[what]:,} {what}" for what in (NEW, CHANGED, UNCHANGED, DELETED) if counts.get(what)]
    return f"{table.replace('_', ' ')}: {', '.join(words)}"
