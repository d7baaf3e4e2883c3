"""`setlist queues`: what waits, how fast it goes, and pausing one."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from setlist.cli.batches import ask, in_batches
from setlist.cli.database import BY, audit, opened
from setlist.cli.tables import table
from setlist.models.queue import QueueMinute
from setlist.queue.by_hand import cancel_waiting_batch
from setlist.queue.history import Sums, history, sums
from setlist.queue.names import QUEUES
from setlist.queue.pause import pause as pause_queue
from setlist.queue.pause import paused_queues
from setlist.queue.pause import resume as resume_queue
from setlist.queue.stats import CAP, QueueStats, queue_stats

HOUR = 60  # minutes
UNKNOWN = "–"
HEADS = (
    "Queue", "Group", "Waiting", "Oldest", "Running", "Later", "Dead", "A minute", "Failed", "Wait p50/p95",
    "Run p50/p95", "Paused",
)  # fmt: skip
HISTORY_HEADS = ("Minute, UTC", "Done", "Failed", "Lost", "Dead", "Wait p50/p95", "Run p50/p95", "Waiting")
NAME = click.Choice(list(QUEUES))


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of a table.")
@click.pass_context
def queues(ctx: click.Context, *, as_json: bool) -> None:
    """Each queue's jobs, and its rate, failures and times of the last hour."""
    if ctx.invoked_subcommand is not None:
        return
    with opened() as session:
        hour = sums(session, datetime.now(UTC), HOUR)
        found = [(one, hour.get(one.queue, Sums(minutes=HOUR))) for one in queue_stats(session)]
    if as_json:
        lines = [asdict(one) | {"last_hour": asdict(of_hour)} for one, of_hour in found]
        click.echo(json.dumps(lines, indent=2, default=str))
    else:
        click.echo(table(HEADS, [_row(one, of_hour) for one, of_hour in found]))


@queues.command()
@click.argument("name", type=NAME)
@click.option("--reason", default="", help="Shown to whoever looks at the queue.")
def pause(name: str, reason: str) -> None:
    """NAME's jobs wait until it is resumed; what runs goes on."""
    with opened() as session:
        is_new = name not in paused_queues(session)
        if is_new:
            pause_queue(session, name, reason=reason, by=BY)
            audit(session, "queue_paused", name, reason=reason)
            session.commit()
    click.echo(f"{name}: paused" if is_new else f"{name}: was paused already")


@queues.command()
@click.argument("name", type=NAME)
def resume(name: str) -> None:
    """NAME's jobs run again."""
    with opened() as session:
        was_paused = name in paused_queues(session)
        if was_paused:
            resume_queue(session, name)
            audit(session, "queue_resumed", name)
            session.commit()
    click.echo(f"{name}: goes on" if was_paused else f"{name}: was not paused")


@queues.command()
@click.argument("name", type=NAME)
@click.option("--yes", is_flag=True, help="Do not ask.")
def cancel(name: str, *, yes: bool) -> None:
    """NAME's jobs that wait now do not run; what runs goes on."""
    until = datetime.now(UTC)
    with opened() as session:
        if not yes:
            stats = next(one for one in queue_stats(session) if one.queue == name)
            ask(session, "Cancel", min(stats.waiting + stats.scheduled, CAP), f"waiting jobs of {name}")
        row = audit(session, "jobs_cancelled", name, until=until.isoformat())
        reason = f"cancelled by {BY} with all that waited"
        in_batches(
            session, row, lambda: cancel_waiting_batch(session, name, until=until, reason=reason), "cancelled"
        )


@queues.command("history")
@click.argument("name", type=NAME)
@click.option("--minutes", type=click.IntRange(1, 24 * 60), default=HOUR, show_default=True)
def show_history(name: str, minutes: int) -> None:
    """What NAME did, by the minute; minutes without work have no line."""
    with opened() as session:
        rows = history(session, datetime.now(UTC), minutes, queue=name)
        lines = [_minute(row) for row in rows]
    click.echo(table(HISTORY_HEADS, lines) if lines else f"{name}: nothing in the last {minutes} minutes")


def _row(one: QueueStats, hour: Sums) -> tuple[str, ...]:
    return (
        one.queue,
        one.group,
        _count(one.waiting),
        UNKNOWN if one.oldest_waiting_seconds is None else f"{one.oldest_waiting_seconds:,.0f} s",
        _count(one.running),
        _count(one.scheduled),
        _count(one.dead),
        f"{hour.per_minute:.3g}",
        f"{hour.failed + hour.lost:,}",
        _times(hour.wait_p50, hour.wait_p95),
        _times(hour.run_p50, hour.run_p95),
        _paused(one),
    )


def _minute(row: QueueMinute) -> tuple[str, ...]:
    return (
        f"{row.minute.astimezone(UTC):%d %b %H:%M}",
        *(f"{number:,}" for number in (row.done, row.failed, row.lost, row.dead)),
        _times(row.wait_p50, row.wait_p95),
        _times(row.run_p50, row.run_p95),
        _count(row.waiting),
    )


def _paused(one: QueueStats) -> str:
    if one.paused_since is None:
        return "no"
    reason = f": {one.paused_because}" if one.paused_because else ""
    return f"since {one.paused_since.astimezone(UTC):%d %b %H:%M}{reason}"


def _count(number: int) -> str:
    return f"{number:,}+" if number >= CAP else f"{number:,}"


def _times(p50: float | None, p95: float | None) -> str:
    return UNKNOWN if p50 is None or p95 is None else f"{_time(p50)} / {_time(p95)}"


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 999.5 else f"{milliseconds / 1000:,.1f} s"
