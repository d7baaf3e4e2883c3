"""`setlist cache`: what the cache did today, and forgetting what it holds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click

from setlist.app import create_app
from setlist.cli.complaints import ComplaintError
from setlist.cli.tables import table
from setlist.services.cache import Cache, NamespaceStats
from setlist.services.cache_stats import DAYS_KEPT
from setlist.services.redis_client import PATIENT_SECONDS

HEADS = ("Namespace", "Hits", "Misses", "Stale", "Hit share", "Mean age", "Warmed", "Warmed used")
UNKNOWN = "–"
REDIS_AWAY = "Redis does not answer, and only it knows: start it, or correct REDIS_URL"


@click.group()
def cache() -> None:
    """What the cache did, by namespace, and forgetting what it holds."""


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of a table.")
def stats(*, as_json: bool) -> None:
    """Hits, misses, stale answers, their age and warming: all processes, today in UTC."""
    with _opened() as found:
        namespaces = _known(found.stats())
    if as_json:
        click.echo(json.dumps([namespace.as_json() for namespace in namespaces], indent=2))
    elif namespaces:
        click.echo(table(HEADS, [_row(namespace) for namespace in namespaces]))
    else:
        click.echo("Nothing was asked of the cache today.")


@cache.command()
@click.argument("namespace")
def clear(namespace: str) -> None:
    """Forget all that NAMESPACE holds, in all processes."""
    with _opened() as found:
        names = _names(found)
        if namespace not in names:
            raise ComplaintError(f"no namespace {namespace!r} was used lately; there are: {', '.join(names)}")
        if found.clear(namespace) is None:
            raise ComplaintError(REDIS_AWAY)
    click.echo(f"{namespace}: forgotten")


@contextmanager
def _opened() -> Iterator[Cache]:
    found: Cache = create_app(redis_seconds=PATIENT_SECONDS).extensions["cache"]
    try:
        yield found
    finally:
        found.close()


def _names(found: Cache) -> list[str]:
    today = datetime.now(UTC).date()
    days = [_known(found.stats(today - timedelta(days=ago))) for ago in range(DAYS_KEPT)]
    return sorted({namespace.name for day in days for namespace in day})


def _known(found: tuple[NamespaceStats, ...] | None) -> tuple[NamespaceStats, ...]:
    if found is None:
        raise ComplaintError(REDIS_AWAY)
    return found


def _row(namespace: NamespaceStats) -> tuple[str, ...]:
    age = namespace.mean_age_seconds
    return (
        namespace.name,
        f"{namespace.hits:,}",
        f"{namespace.misses:,}",
        f"{namespace.stale:,}",
        _share(namespace.hit_share),
        UNKNOWN if age is None else f"{age:,.1f} s",
        f"{namespace.warmed:,}",
        _share(namespace.warmed_used_share),
    )


def _share(share: float | None) -> str:
    return UNKNOWN if share is None else f"{share:.0%}"
