"""Artists by name: those who are here, and searches at the providers for those who are not."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.folding import fold
from setlist.domain.known_artists import artists_by_mbid
from setlist.models import Artist, ArtistSearch

FRESH = timedelta(days=1)
LOST = timedelta(minutes=2)  # whoever was to answer has given up or died
LONGEST_QUERY = 120
MOST_WORDS = 8


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A search at the providers. `is_due`: its answer is missing or too old, so it should be asked now."""

    search: ArtistSearch
    is_due: bool


def clean_query(typed: str) -> str:
    """What somebody typed, on one line, without control signs and of bounded length."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())[:LONGEST_QUERY]


def find_artists(session: Session, query: str, *, limit: int) -> list[Artist]:
    """Artists whose name begins with the query, or has words that begin with its words; nearest first."""
    folded = fold(query)
    if not folded:
        return []
    begins = Artist.name_folded.startswith(folded, autoescape=True)
    nearness = case((Artist.name_folded == folded, 0), (begins, 1), else_=2)
    statement = (
        select(Artist)
        .where(or_(begins, *_has_words(folded)), Artist.merged_into_id.is_(None))
        .order_by(nearness, func.length(Artist.name_folded), Artist.name_folded, Artist.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def stored_search(session: Session, query: str) -> ArtistSearch | None:
    return session.scalar(select(ArtistSearch).where(ArtistSearch.query_folded == fold(query)))


def is_fresh(search: ArtistSearch, now: datetime) -> bool:
    """Whether its candidates may be shown again instead of asking anew."""
    return search.finished_at is not None and search.error is None and now - search.finished_at < FRESH


def is_lost(search: ArtistSearch, now: datetime) -> bool:
    """Whether waiting for its answer is pointless."""
    return search.finished_at is None and now - search.requested_at > LOST


def request_lookup(session: Session, query: str, *, now: datetime) -> Lookup:
    """The search for a name, made or renewed if its answer is missing or too old. Flushes.

    Candidates of an older answer stay until new ones come, so that a choice made meanwhile still holds.
    """
    statement = (
        insert(ArtistSearch)
        .values(query_folded=fold(query), query=query, requested_at=now)
        .on_conflict_do_nothing(index_elements=[ArtistSearch.query_folded])
        .returning(ArtistSearch.id)
    )
    is_new = session.scalar(statement) is not None
    search = session.scalars(
        select(ArtistSearch).where(ArtistSearch.query_folded == fold(query)).with_for_update()
    ).one()
    if is_new or (search.finished_at is None and not is_lost(search, now)):
        return Lookup(search=search, is_due=True)
    if is_fresh(search, now):
        return Lookup(search=search, is_due=False)
    search.query, search.requested_at, search.finished_at, search.error = query, now, None, None
    session.flush()
    return Lookup(search=search, is_due=True)


def candidate_of(search: ArtistSearch | None, mbid: str) -> dict[str, Any] | None:
    candidates = search.candidates if search else []
    return next((found for found in candidates if found.get("mbid") == mbid), None)


def already_here(session: Session, search: ArtistSearch | None) -> dict[str, int]:
    """Which of a search's candidates are artists here by now: their ids by MusicBrainz's."""
    mbids = [str(found["mbid"]) for found in search.candidates] if search else []
    return artists_by_mbid(session, mbids)


def artist_of_candidate(session: Session, candidate: dict[str, Any]) -> Artist:
    """The artist a fan chose, with what the search knew of them if they are new here. Flushes."""
    mbid, name = str(candidate["mbid"]), str(candidate["name"])
    here = artists_by_mbid(session, [mbid])
    if mbid in here:
        return session.get_one(Artist, here[mbid])
    values = {
        "mbid": mbid,
        "name": name,
        "name_folded": fold(name),
        "disambiguation": candidate.get("disambiguation") or "",
        "country": candidate.get("country") or "",
        "kind": candidate.get("kind") or "",
        "begin_year": candidate.get("begin_year"),
        "end_year": candidate.get("end_year"),
    }
    session.execute(insert(Artist).values(values).on_conflict_do_nothing(index_elements=[Artist.mbid]))
    return session.scalars(select(Artist).where(Artist.mbid == mbid)).one()


def _has_words(folded: str) -> list[ColumnElement[bool]]:
    """The condition that the name index answers; none for a query without words, such as "!!!"."""
    words = re.findall(r"\w+", folded)[:MOST_WORDS]
    if not words:
        return []
    prefixes = " & ".join(f"'{word}':*" for word in words)
    # Spelled as in the index, with its constant: a bound 'simple' would keep the planner from it.
    names = func.to_tsvector(text("'simple'"), Artist.name_folded)
    return [names.bool_op("@@")(func.to_tsquery(text("'simple'"), prefixes))]
