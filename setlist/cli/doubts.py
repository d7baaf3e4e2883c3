"""`setlist doubts`: matches that nothing proves, and an operator's word on them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from setlist.app import create_app
from setlist.cli.complaints import ComplaintError
from setlist.cli.tables import table
from setlist.extensions import db
from setlist.models import Doubt
from setlist.models.base import LARGEST_ID, Json
from setlist.models.identity import DoubtKind, DoubtState
from setlist.pipeline.by_hand import CAN_LOSE_AN_ID, merge_by_hand, split_by_hand, split_title
from setlist.pipeline.deciding import Choice, Decision, Person, UnknownRowError, decide
from setlist.pipeline.doubt_list import DoubtLine, Meant, doubt_lines, lines_of
from setlist.pipeline.merging import CannotMergeError
from setlist.pipeline.reading_anew import read_anew
from setlist.pipeline.splitting import CannotSplitError
from setlist.providers.sources import NAMES

HEADS = ("Doubt", "Kind", "Provider", "Id there", "Called there", "May be", "Can be", "Why")
KINDS = click.Choice([kind.value for kind in DoubtKind])
NUMBER = click.IntRange(1, LARGEST_ID)
as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")


@click.group()
def doubts() -> None:
    """Matches that nothing proves: see them and decide. No import undoes what is decided."""


@doubts.command("list")
@click.option("--kind", type=KINDS, default=None, help="Of one kind only.")
@click.option("--decided", is_flag=True, help="Those that were decided, the latest first.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json_option
def listed(kind: str | None, limit: int, *, decided: bool, as_json: bool) -> None:
    """The open ones, or those that were decided."""
    with _opened():
        lines = doubt_lines(db.session(), kind=kind or "", is_open=not decided, limit=limit)
        if as_json:
            click.echo(json.dumps([_as_json(line) for line in lines], indent=2))
        elif lines:
            click.echo(table(HEADS, [_row(line) for line in lines]))
        else:
            click.echo("none was decided" if decided else "none waits for a decision")


@doubts.command()
@click.argument("doubt", type=NUMBER)
@as_json_option
def show(doubt: int, *, as_json: bool) -> None:
    """DOUBT with its evidence."""
    with _opened():
        line = _line(doubt)
        if as_json:
            click.echo(json.dumps(_as_json(line), indent=2))
            return
        for name, value in _as_json(line).items():
            told = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            click.echo(f"{name}: {told if told is not None else '-'}")


@doubts.command()
@click.argument("doubt", type=NUMBER)
def confirm(doubt: int) -> None:
    """The provider's id of DOUBT means the row that was asked about."""
    _decide(doubt, Choice.CONFIRM)


@doubts.command()
@click.argument("doubt", type=NUMBER)
def reject(doubt: int) -> None:
    """It does not, and no import may ask again."""
    _decide(doubt, Choice.REJECT)


@doubts.command()
@click.argument("kind_or_doubt", metavar="DOUBT | KIND LOSER KEEPER")
@click.argument("pair", nargs=-1, type=NUMBER, metavar="")
def merge(kind_or_doubt: str, pair: tuple[int, ...]) -> None:
    """Two rows are one: those of a doubt, or without one, such as `merge song 12 34`, which keeps 34."""
    if kind_or_doubt.isdigit() and not pair:
        _decide(int(kind_or_doubt), Choice.MERGE)
        return
    if len(pair) != 2:
        raise click.UsageError("Give a doubt's number, or a kind and two numbers: merge song 12 34")
    kind = _kind(kind_or_doubt)
    _act(lambda: merge_by_hand(db.session(), kind, (pair[0], pair[1]), _person()))


@doubts.command()
@click.argument("kind_or_doubt", metavar="DOUBT | KIND PROVIDER ID | song SONG TITLE")
@click.argument("rest", nargs=-1, metavar="")
def split(kind_or_doubt: str, rest: tuple[str, ...]) -> None:
    """An id is taken from what it means (a doubt's, or `venue setlistfm 63d6b`), or a title from a song."""
    if kind_or_doubt.isdigit() and not rest:
        _decide(int(kind_or_doubt), Choice.SPLIT)
        return
    kind = _kind(kind_or_doubt)
    if len(rest) != 2:
        raise click.UsageError("Give two more: split venue setlistfm 63d6b, or split song 12 'A Title'")
    if kind in CAN_LOSE_AN_ID:
        if rest[0] not in NAMES:
            raise click.UsageError(f"A provider is one of {', '.join(NAMES)}.")
        _act(lambda: split_by_hand(db.session(), kind, (rest[0], rest[1]), _person()))
    elif rest[0].isdigit():
        _act(lambda: split_title(db.session(), int(rest[0]), rest[1], _person()))
    else:
        raise click.UsageError("A song is given by its number: split song 12 'A Title'")


def _decide(doubt: int, choice: Choice) -> None:
    """Whoever types a command has seen the doubt as it is."""

    def act() -> Decision:
        found = _line(doubt)
        if found.doubt.state != DoubtState.OPEN and choice not in found.choices:
            raise ComplaintError(f"doubt {doubt} was decided already: {found.doubt.state}")
        return decide(db.session(), doubt, choice, _person(), seen=found.doubt.state)

    _act(act)


def _act(act: Callable[[], Decision]) -> None:
    with _opened():
        decision = act()
        started = read_anew(db.session(), decision)
        db.session.commit()
        click.echo(decision.words)
        for sync in started:
            click.echo(f"{sync.artist.name} is being read anew")


@contextmanager
def _opened() -> Iterator[None]:
    app = create_app()
    with app.app_context():
        try:
            yield
        except (UnknownRowError, CannotMergeError, CannotSplitError) as error:
            raise ComplaintError(str(error)) from error
        except SQLAlchemyError as error:
            raise ComplaintError(f"PostgreSQL does not answer ({type(error).__name__}): start it") from error


def _line(doubt_id: int) -> DoubtLine:
    found = db.session.get(Doubt, doubt_id) if doubt_id <= LARGEST_ID else None
    if found is None:
        raise ComplaintError(f"there is no doubt {doubt_id}: `setlist doubts list` shows those there are")
    [line] = lines_of(db.session(), [found])
    return line


def _kind(given: str) -> DoubtKind:
    try:
        return DoubtKind(given)
    except ValueError as error:
        raise click.UsageError(
            f"{given} is none of {', '.join(DoubtKind)}, and no doubt's number."
        ) from error


def _person() -> Person:
    return Person(account_id=None, at=datetime.now(UTC))


def _row(line: DoubtLine) -> tuple[str, ...]:
    doubt = line.doubt
    can_be = ", ".join(line.choices) if doubt.state == DoubtState.OPEN else doubt.state
    where = (doubt.kind, doubt.provider, doubt.external_id)
    return (str(doubt.id), *where, doubt.name, _named(line.candidate), can_be, doubt.reason)


def _named(row: Meant) -> str:
    more = f", {row.more}" if row.more else ""
    return f"{row.name} ({row.kind} {row.id}{more})"


def _as_json(line: DoubtLine) -> Json:
    doubt = line.doubt
    return {
        "doubt": doubt.id,
        "kind": doubt.kind,
        "state": doubt.state,
        "provider": doubt.provider,
        "external_id": doubt.external_id,
        "name": doubt.name,
        "url": doubt.url,
        "candidate": _named(line.candidate),
        "candidate_id": line.candidate.id,
        "means_now": _named(line.holder) if line.holder else None,
        "reason": doubt.reason,
        "details": doubt.details,
        "choices": [choice.value for choice in line.choices],
        "asked_at": doubt.created_at.isoformat(),
        "decided_at": doubt.decided_at.isoformat() if doubt.decided_at else None,
        "decided_by": line.decided_by or None,
    }
