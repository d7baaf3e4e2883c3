"""`setlist bursts`: votes that look made, and an operator's word on them."""

import json
from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy.orm import Session

from config import Settings
from setlist.cli.complaints import ComplaintError
from setlist.cli.database import BY, opened
from setlist.cli.tables import table
from setlist.domain.voiding import BurstStateError, Decider, Quotas, UnknownBurstError
from setlist.models.base import LARGEST_ID, Json
from setlist.models.bursts import BurstState
from setlist.pipeline.burst_list import BurstChoice, BurstLine, burst_lines, carry_out

HEADS = ("Burst", "Show", "Why", "Guests", "Votes", "From, UTC", "To, UTC")
BURST = click.argument("burst", type=click.IntRange(1, LARGEST_ID))
DONE = {BurstChoice.VOID: "voided", BurstChoice.UNVOID: "given back"}


@click.group()
def bursts() -> None:
    """Guests' votes that look made. Nothing is void before somebody says so."""


@bursts.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in BurstState]),
    default=BurstState.OPEN.value,
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
def listed(state: str, limit: int, *, as_json: bool) -> None:
    """Those in one state, the latest first."""
    with opened() as session:
        lines = burst_lines(session, state=state, limit=limit)
        if as_json:
            click.echo(json.dumps([_as_json(line) for line in lines], indent=2))
        else:
            click.echo(table(HEADS, [_row(line) for line in lines]) if lines else "There are none.")


@bursts.command()
@BURST
def void(burst: int) -> None:
    """The votes of BURST count no more, also after the show's lock."""
    _decide(burst, BurstChoice.VOID)


@bursts.command()
@BURST
def unvoid(burst: int) -> None:
    """The votes of BURST are what they were before."""
    _decide(burst, BurstChoice.UNVOID)


@bursts.command()
@BURST
def dismiss(burst: int) -> None:
    """BURST is real: its votes stay, and it is not found again."""
    _decide(burst, BurstChoice.DISMISS)


def _decide(burst: int, choice: BurstChoice) -> None:
    with opened() as session:
        votes = _carry_out(session, burst, choice)
    said = f"{votes:,} votes {DONE[choice]}" if choice in DONE else "its votes stay"
    click.echo(f"burst {burst}: {said}")


def _carry_out(session: Session, burst: int, choice: BurstChoice) -> int:
    settings: Settings = current_app.extensions["settings"]
    steps = carry_out(
        session,
        burst,
        choice,
        Decider(account_id=None, at=datetime.now(UTC), called=BY),
        quotas=Quotas(guests=settings.guest_wishes, accounts=settings.account_wishes),
    )
    votes = 0
    try:
        for done in steps:
            session.commit()
            votes = done.votes
    except (UnknownBurstError, BurstStateError) as error:
        raise ComplaintError(str(error)) from error
    return votes


def _row(line: BurstLine) -> tuple[str, ...]:
    burst = line.burst
    moments = (f"{at:%d %b %H:%M:%S}" for at in (burst.first_at, burst.last_at))
    return (str(burst.id), str(burst.show_id), burst.kind, f"{burst.fans:,}", f"{burst.votes:,}", *moments)


def _as_json(line: BurstLine) -> Json:
    burst = line.burst
    return {
        "burst": burst.id,
        "show": burst.show_id,
        "kind": burst.kind,
        "reason": line.reason,
        "state": burst.state,
        "fans": burst.fans,
        "votes": burst.votes,
        "first_at": burst.first_at.isoformat(),
        "last_at": burst.last_at.isoformat(),
        "evidence": burst.evidence,
        "choices": [choice.value for choice in line.choices],
        "decided_at": burst.decided_at.isoformat() if burst.decided_at else None,
        "decided_by": line.decided_by or None,
    }
