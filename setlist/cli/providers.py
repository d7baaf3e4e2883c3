"""`setlist providers`: how each outside source stands, and its breaker in an operator's hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy.exc import SQLAlchemyError

from setlist.app import create_app
from setlist.cli.complaints import ComplaintError
from setlist.cli.tables import table
from setlist.extensions import db
from setlist.models import AuditLog
from setlist.providers.sources import NAMES, Providers
from setlist.providers.standing import Standing, standings

BY = "command line"
HEADS = ("Provider", "Mode", "Left today", "Pace", "Breaker", "Calls today", "Last error")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of a table.")
@click.pass_context
def providers(ctx: click.Context, *, as_json: bool) -> None:
    """Each provider's mode, budget, pace, breaker, last error and calls of today."""
    if ctx.invoked_subcommand is not None:
        return
    with _opened() as found:
        all_of_them = standings(found, db.session())
    if as_json:
        click.echo(json.dumps([standing.as_json() for standing in all_of_them], indent=2))
    else:
        click.echo(table(HEADS, [_row(standing) for standing in all_of_them]))


@providers.command()
@click.argument("name", type=click.Choice(NAMES))
def reset(name: str) -> None:
    """Close NAME's breaker: calls go through again."""
    with _opened() as found:
        found.gates[name].breaker.reset(by=BY)
        _audit("breaker_reset", name)
    click.echo(f"{name}: the breaker is closed")


@providers.command("open")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--minutes", type=click.FloatRange(min=0.1), help="For so long; without it until `reset`.")
def force_open(name: str, minutes: float | None) -> None:
    """Open NAME's breaker: no call goes through, and none is tried."""
    until = datetime.now(UTC) + timedelta(minutes=minutes) if minutes else None
    with _opened() as found:
        found.gates[name].breaker.force_open(by=BY, until=until)
        _audit("breaker_opened", name)
    ending = f"until {until:%H:%M} UTC" if until else f"until `setlist providers reset {name}`"
    click.echo(f"{name}: the breaker is open {ending}")


@contextmanager
def _opened() -> Iterator[Providers]:
    app = create_app()
    found: Providers = app.extensions["providers"]
    with app.app_context():
        try:
            yield found
        except SQLAlchemyError as error:
            raise ComplaintError(f"PostgreSQL does not answer ({type(error).__name__}): start it") from error
        finally:
            found.close()


def _audit(action: str, name: str) -> None:
    db.session.add(AuditLog(action=action, target=name, details={"by": BY}))
    db.session.commit()


def _row(standing: Standing) -> tuple[str, ...]:
    return (
        standing.label,
        _mode(standing),
        _left(standing),
        f"{standing.per_second:g}/s" if standing.per_second else "no limit",
        _breaker(standing),
        _calls(standing),
        _last_error(standing),
    )


def _mode(standing: Standing) -> str:
    account = f", {standing.account}" if standing.account else ""
    missing = f" (set {standing.missing})" if standing.missing else ""
    return f"{standing.mode}{account}{missing}"


def _left(standing: Standing) -> str:
    if standing.held_until is not None:
        return f"none until {standing.held_until:%d %b %H:%M} UTC"
    if standing.left is None:
        return "no limit"
    return f"{standing.left:,} of {standing.per_day:,} ({standing.left_for_syncs:,} for syncs)"


def _breaker(standing: Standing) -> str:
    breaker = standing.breaker
    if breaker.state == "closed":
        return f"closed, {breaker.points}/{breaker.points_max}" if breaker.points else "closed"
    until = f" until {breaker.until:%H:%M:%S} UTC" if breaker.until else ""
    return f"{breaker.state}{until}{' (forced)' if breaker.forced else ''}"


def _calls(standing: Standing) -> str:
    by_purpose = ", ".join(f"{purpose} {tally.calls:,}" for purpose, tally in standing.today.items())
    return f"{standing.calls_today:,} ({by_purpose})" if by_purpose else "0"


def _last_error(standing: Standing) -> str:
    if standing.last_error_at is None:
        return "none"
    return f"{standing.last_error_at:%d %b %H:%M} {standing.last_error}"
