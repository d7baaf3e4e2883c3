"""`setlist imports`: how past and present imports went, and what an operator does about one."""

import json
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from setlist.cli.complaints import ComplaintError
from setlist.cli.database import opened
from setlist.cli.synced import why
from setlist.cli.tables import table
from setlist.models.base import LARGEST_ID, Json
from setlist.models.sync import SyncState
from setlist.pipeline.import_history import Kept, history, import_of
from setlist.pipeline.scope import PHASES
from setlist.pipeline.steering import (
    Action,
    Done,
    UnknownImportError,
    WrongStateError,
    is_being_cancelled,
    steer,
)
from setlist.web.progress import pace_of
from setlist.web.waiting import wait_of

UNKNOWN = "–"
HEADS = ("Import", "Artist", "State", "Done", "Took", "Left", "Runs", "Calls", "Error")
NUMBER = click.IntRange(1, LARGEST_ID)
STATES = click.Choice([state.value for state in SyncState])
as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")


@click.group()
def imports() -> None:
    """Imports: see them, cancel one, try it again or let it go on from where it stopped."""


@imports.command("list")
@click.option("--state", type=STATES, default=None, help="Those in one state only.")
@click.option("--before", type=NUMBER, default=None, help="Those with a smaller number: the next page.")
@click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True)
@as_json_option
def listed(state: str | None, before: int | None, limit: int, *, as_json: bool) -> None:
    """The newest first."""
    with opened() as session:
        found = history(session, state=SyncState(state) if state else None, before=before, limit=limit)
        lines = [_described(kept) for kept in found.entries]
    if as_json:
        click.echo(json.dumps(lines, indent=2))
    elif lines:
        click.echo(table(HEADS, [_row(line) for line in lines]))
        if found.older is not None:
            click.echo(f"older ones: setlist imports list --before {found.older}")
    else:
        click.echo("none so far" if state is None else f"none is {state}")


@imports.command()
@click.argument("number", metavar="IMPORT", type=NUMBER)
@as_json_option
def show(number: int, *, as_json: bool) -> None:
    """All that is known of IMPORT."""
    with opened() as session:
        kept = import_of(session, number)
        if kept is None:
            raise ComplaintError(f"There is no import {number}: `setlist imports list` shows those there are")
        line = _described(kept)
    if as_json:
        click.echo(json.dumps(line, indent=2))
        return
    for name, value in line.items():
        told = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        click.echo(f"{name}: {told if told is not None else UNKNOWN}")


@imports.command()
@click.argument("number", metavar="IMPORT", type=NUMBER)
def cancel(number: int) -> None:
    """IMPORT stops: at once where it waits, at its next checkpoint where it runs."""
    _act(Action.CANCEL, number)


@imports.command()
@click.argument("number", metavar="IMPORT", type=NUMBER)
def retry(number: int) -> None:
    """A new import of the artist whose IMPORT failed or was cancelled."""
    _act(Action.RETRY, number)


@imports.command()
@click.argument("number", metavar="IMPORT", type=NUMBER)
def resume(number: int) -> None:
    """IMPORT, which failed or was cancelled, goes on from its checkpoint."""
    _act(Action.RESUME, number)


def _act(action: Action, number: int) -> None:
    with opened() as session:
        done = _steered(session, action, number)
        session.commit()
        click.echo(f"{done.words} (import {done.sync.id})")


def _steered(session: Session, action: Action, number: int) -> Done:
    try:
        return steer(session, action, number, account_id=None)
    except (UnknownImportError, WrongStateError) as error:
        raise ComplaintError(str(error)) from error


def _described(kept: Kept) -> Json:
    sync, job, now = kept.sync, kept.job, datetime.now(UTC)
    wait, pace = wait_of(job, now), pace_of(sync, now)
    stops = is_being_cancelled(sync, job.state if job else None)
    return {
        "import": sync.id,
        "kind": sync.kind,
        "artist": sync.artist.name,
        "state": "being cancelled" if stops else sync.state,
        "phase": sync.phase,
        "percent": sync.percent,
        "seconds": pace.elapsed_seconds if sync.started_at else None,
        "left_seconds": None if wait or sync.finished_at else pace.left_seconds,
        "estimate_error": sync.estimate_error,
        "phase_seconds": {name: sync.phase_seconds[name] for name in PHASES if name in sync.phase_seconds},
        "calls": sync.calls,
        "counts": sync.counts,
        "skipped": sync.skipped,
        "runs": sync.runs,
        "job": sync.queue_job_id,
        "attempt": job.attempts if job else None,
        "waits_until": wait.until.isoformat() if wait else None,
        "error": why(sync) or (job.error if wait and job else None),
        "created_at": sync.created_at.isoformat(),
        "finished_at": sync.finished_at.isoformat() if sync.finished_at else None,
    }


def _row(line: Json) -> tuple[str, ...]:
    took, left = line["seconds"], line["left_seconds"]
    return (
        str(line["import"]),
        line["artist"],
        line["state"],
        f"{line['percent']:.0f} %",
        UNKNOWN if took is None else f"{took:.1f} s",
        UNKNOWN if left is None else f"{left:.0f} s",
        str(line["runs"]),
        f"{sum(line['calls'].values()):,}",
        line["error"] or "",
    )
