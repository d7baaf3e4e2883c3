"""Which artist is meant: by MusicBrainz's id at once, by a name only after somebody chose."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from setlist.cli.complaints import ComplaintError
from setlist.cli.tables import table
from setlist.domain import search as searching
from setlist.domain.known_artists import artists_by_mbid
from setlist.models import Artist
from setlist.pipeline.search import find_candidates
from setlist.providers.errors import ProviderError
from setlist.providers.reading import mbid as as_mbid
from setlist.providers.sources import Sources

HEADS = ("", "Name", "Who", "Country", "Years", "MusicBrainz id")
SHORTEST_NAME = 2


def chosen_artist(session: Session, sources: Sources, said: str) -> Artist:
    """The artist's row, made if they are new here. Flushes."""
    mbid = as_mbid(said)
    if mbid:
        return artist_of(session, sources, mbid)
    return searching.artist_of_candidate(session, _chosen(_candidates(session, sources, said), said))


def artist_of(session: Session, sources: Sources, mbid: str) -> Artist:
    here = artists_by_mbid(session, [mbid])
    if mbid in here:
        return session.get_one(Artist, here[mbid])
    try:
        record = sources.musicbrainz.artist(mbid)
    except ProviderError as error:
        raise ComplaintError(str(error)) from error
    here = artists_by_mbid(session, [record.mbid])
    if record.mbid in here:
        return session.get_one(Artist, here[record.mbid])
    return searching.artist_of_candidate(session, asdict(record))


def can_ask() -> bool:
    return sys.stdin.isatty()


def _candidates(session: Session, sources: Sources, said: str) -> list[dict[str, Any]]:
    """As the search page finds them, and remembered for it."""
    name, now = searching.clean_query(said), datetime.now(UTC)
    if len(name) < SHORTEST_NAME:
        raise ComplaintError(f"{said!r} is no name: give at least {SHORTEST_NAME} letters")
    lookup = searching.request_lookup(session, name, now=now)
    if lookup.is_due:
        find_candidates(session, sources, lookup.search, now=now, give_up=True)
    session.commit()
    if lookup.search.error:
        raise ComplaintError(lookup.search.error)
    if not lookup.search.candidates:
        raise ComplaintError(f"MusicBrainz knows nobody called {name}")
    return lookup.search.candidates


def _chosen(candidates: list[dict[str, Any]], said: str) -> dict[str, Any]:
    """The first hit is never taken by itself: namesakes often come before whoever is meant."""
    click.echo(table(HEADS, [_row(place, hit) for place, hit in enumerate(candidates, 1)]), err=True)
    if not can_ask():
        raise ComplaintError(
            f"{said} may be any of these: run `setlist import MBID` with the id of the one that is meant"
        )
    number = click.prompt("Which one", type=click.IntRange(1, len(candidates)), err=True)
    return candidates[number - 1]


def _row(place: int, hit: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(place),
        str(hit["name"]),
        str(hit.get("disambiguation") or hit.get("kind") or ""),
        str(hit.get("country") or hit.get("area") or ""),
        _years(hit.get("begin_year"), hit.get("end_year")),
        str(hit["mbid"]),
    )


def _years(begin: int | None, end: int | None) -> str:
    if begin is None and end is None:
        return ""
    return f"{begin or '?'}–{end or ''}"
