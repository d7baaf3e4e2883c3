"""The dashboard's tables: queues, what runs, processes, providers."""

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from setlist.admin.figures import brief, count, size, span
from setlist.cli.lookout import Sight
from setlist.queue.names import QUEUES
from setlist.queue.registry import WorkerState
from setlist.queue.stats import CAP, QueueStats

MOST_RUNNING = 12
WIDE = 125  # columns
STATES = {WorkerState.OK: "green", WorkerState.SILENT: "bold red", WorkerState.STOPPED: "dim"}


def queues(sight: Sight, width: int) -> Table:
    """On a narrow terminal without what can be spared."""
    wide = width >= WIDE
    table = _table("Queue", *(["Group"] if wide else []), "Waiting", "Oldest", *(["Later"] if wide else []))
    for name in ("Running", "Retrying", "Dead", "Done/s", "Wait p95", "Run p95", "Failed 1 h"):
        table.add_column(name, justify="right", no_wrap=True)
    for queue in sight.queues:
        hour = sight.hour.get(queue.queue)
        table.add_row(
            Text(f"{queue.queue} (paused)", style="yellow") if queue.paused else queue.queue,
            *([QUEUES[queue.queue].group] if wide else []),
            *_counts(queue, wide=wide),
            f"{sight.per_second[queue.queue]:.1f}",
            brief(hour.wait_p95 if hour else None),
            brief(hour.run_p95 if hour else None),
            _alarming(hour.failed + hour.lost if hour else 0),
        )
    return table


def running(sight: Sight) -> RenderableType:
    jobs = [(line, job) for line in sight.workers for job in line.jobs]
    if not jobs:
        return Text("Nothing runs.", style="dim")
    table = _table("Job", "Queue", "Of", "Progress", "Since", "Worker")
    for line, one in jobs[:MOST_RUNNING]:
        sync = one.sync
        table.add_row(
            str(one.job.id),
            one.job.queue,
            Text(sync.artist.name, overflow="ellipsis") if sync else "–",
            ProgressBar(total=100, completed=sync.percent, width=24) if sync else Text("–"),
            span(one.for_seconds),
            str(line.worker.pid),
        )
    if len(jobs) > MOST_RUNNING:
        table.caption = f"and {len(jobs) - MOST_RUNNING} more"
    return table


def processes(sight: Sight) -> Table:
    table = _table("Group", "Host", "Process", "State", "Threads", "Busy", "Memory", "Up", "Beat")
    for line in sight.workers:
        worker = line.worker
        table.add_row(
            worker.worker_group,
            worker.host,
            str(worker.pid),
            Text(line.state, style=STATES[line.state]),
            str(worker.threads),
            str(len(line.jobs)),
            size(worker.memory_bytes),
            span(line.up_seconds),
            f"{span(line.silent_seconds)} ago",
        )
    return table


def sources(sight: Sight) -> Table:
    table = _table("Provider", "Mode", "Left today", "Calls today", "Breaker", "Held until", "Last error")
    for one in sight.providers:
        closed = one.breaker.state == "closed"
        table.add_row(
            one.label,
            one.mode,
            "–" if one.left is None else f"{one.left:,}",
            f"{one.calls_today:,}",
            Text(one.breaker.state, style="green" if closed else "bold red"),
            f"{one.held_until:%d %b %H:%M} UTC" if one.held_until else "–",
            Text(one.last_error or "–", overflow="ellipsis", no_wrap=True),
        )
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
    for head in heads:
        text = head in {"Queue", "Group", "Of", "Progress", "Host", "State", "Provider", "Mode", "Last error"}
        table.add_column(head, justify="left" if text else "right", no_wrap=True)
    return table


def _counts(queue: QueueStats, *, wide: bool) -> list[RenderableType]:
    return [
        count(queue.waiting, CAP),
        span(queue.oldest_waiting_seconds),
        *([count(queue.scheduled, CAP)] if wide else []),
        count(queue.running, CAP),
        count(queue.retrying, CAP),
        _alarming(queue.dead),
    ]


def _alarming(number: int) -> Text:
    return Text(count(number, CAP), style="bold red" if number else "")
