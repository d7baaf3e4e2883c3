"""What is known of each artist and venue that is kept fresh, and how old it is: one statement for each."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.orm import Session

from setlist.services.freshness import Listing
from setlist.services.freshness_ages import ACTIVE, AWAITED, Kind, Known, ages_of
from setlist.services.freshness_order import Thing

TRENDING = 100  # artists; all for which anybody wished lately are followed

# What is asked for together, by the listing whose mark tells when.
LISTINGS: Mapping[Kind, tuple[Listing, ...]] = {
    Kind.SHOWS: (Listing.DATED, Listing.UNDATED),
    Kind.ACT: (Listing.ATTRACTION,),
    Kind.SETLISTS: (Listing.SETLISTS,),
    Kind.BACKLOG: (Listing.BACKLOG,),
    Kind.IDENTITY: (Listing.IDENTITY,),
    Kind.RECORDINGS: (Listing.RECORDINGS,),
    Kind.PICTURE: (Listing.PICTURE,),
    Kind.ALBUMS: (Listing.ALBUMS,),
}

# Over all artists each part is read once and hashed; over one, each is a look into an index.
_ARTISTS = """
WITH kept AS MATERIALIZED (
    SELECT id, imported_at FROM artists
    WHERE imported_at IS NOT NULL AND mbid IS NOT NULL AND merged_into_id IS NULL {of_artists}
), coming AS (
    SELECT b.artist_id, count(*) AS shows, min(s.locks_at) AS next_at, min(s.created_at) AS since
    FROM shows s JOIN show_artists b ON b.show_id = s.id
    WHERE (s.locks_at > :now OR s.locks_at IS NULL) AND s.status <> 'cancelled' {of_bills}
    GROUP BY b.artist_id
), past AS (
    SELECT b.artist_id, max(s.locks_at) AS last_at
    FROM shows s JOIN show_artists b ON b.show_id = s.id
    WHERE s.locks_at BETWEEN :active AND :now AND s.status NOT IN ('cancelled', 'postponed') {of_bills}
    GROUP BY b.artist_id
), awaited AS (
    SELECT b.artist_id, max(s.locks_at) AS since
    FROM shows s JOIN show_artists b ON b.show_id = s.id
    WHERE s.locks_at BETWEEN :awaited AND :now AND s.status NOT IN ('cancelled', 'postponed') {of_bills}
      AND NOT EXISTS (SELECT FROM setlists l
                      WHERE l.show_id = s.id AND l.artist_id = b.artist_id AND l.kind = 'actual'
                        AND NOT l.is_stub)
    GROUP BY b.artist_id
), risen AS (
    SELECT artist_id FROM trending_artists ORDER BY score DESC, artist_id LIMIT :trending
), tied AS (
    SELECT artist_id, bool_or(provider = 'ticketmaster') AS at_ticketmaster,
           bool_or(provider = 'spotify') AS at_spotify
    FROM external_ids
    WHERE provider IN ('ticketmaster', 'spotify') AND kind = 'artist' {of_ids}
    GROUP BY artist_id
), marks AS (
    SELECT artist_id, {marks},
           bool_or(listing = 'backlog' AND seen ->> 'cursor' IS NOT NULL) AS has_backlog
    FROM sync_marks WHERE true {of_marks}
    GROUP BY artist_id
)
SELECT kept.id, kept.imported_at AS since, coalesce(coming.shows, 0) AS coming, coming.next_at,
       coming.since AS ahead_since, past.last_at, awaited.since AS awaited_since,
       followed.since AS followed_since, risen.artist_id IS NOT NULL AS is_trending,
       coalesce(tied.at_ticketmaster, false) AS at_ticketmaster,
       coalesce(tied.at_spotify, false) AS at_spotify,
       coalesce(marks.has_backlog, false) AS has_backlog, {checked}
FROM kept
LEFT JOIN coming ON coming.artist_id = kept.id
LEFT JOIN past ON past.artist_id = kept.id
LEFT JOIN awaited ON awaited.artist_id = kept.id
LEFT JOIN trending_artists followed ON followed.artist_id = kept.id
LEFT JOIN risen ON risen.artist_id = kept.id
LEFT JOIN tied ON tied.artist_id = kept.id
LEFT JOIN marks ON marks.artist_id = kept.id
"""
_VENUES = text("""
SELECT v.id, v.created_at AS since, count(s.id) AS coming, min(s.created_at) AS ahead_since,
       coalesce(v.checked_at, CASE WHEN v.timezone IS NOT NULL AND v.latitude IS NOT NULL
                                   THEN v.created_at END) AS checked_at
FROM venues v
LEFT JOIN shows s ON s.venue_id = v.id AND s.locks_at > :now AND s.status <> 'cancelled'
WHERE v.merged_into_id IS NULL
  AND EXISTS (SELECT FROM external_ids x
              WHERE x.venue_id = v.id AND x.provider = 'ticketmaster' AND x.kind = 'venue')
GROUP BY v.id
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An artist or a venue: what is known of it, and when each kind was checked. None: never."""

    id: int
    known: Known
    checked: Mapping[Kind, datetime | None]

    def things(self, now: datetime, offered: Collection[Kind] = tuple(Kind)) -> Iterator[Thing]:
        """Its kinds that are `offered`, each as old as it is."""
        checked = {kind: at for kind, at in self.checked.items() if kind in offered}
        for kind, age in ages_of(self.known, checked, now):
            yield Thing(kind=kind, id=self.id, age=age, coming=self.known.coming)


def artists(session: Session, now: datetime) -> Iterator[Subject]:
    """All that were imported."""
    for row in session.execute(_OF_ALL, _times(now)).mappings():
        yield _artist(row)


def artist(session: Session, artist_id: int, now: datetime) -> Subject | None:
    found = session.execute(_OF_ONE, {**_times(now), "artist": artist_id}).mappings().first()
    return _artist(found) if found is not None else None


def venues(session: Session, now: datetime) -> Iterator[Subject]:
    """Those that Ticketmaster knows. A listing that named where it is has told all that there is to ask."""
    for row in session.execute(_VENUES, {"now": now}).mappings():
        known = Known(since=row["since"], coming=row["coming"], ahead_since=row["ahead_since"])
        yield Subject(id=row["id"], known=known, checked={Kind.VENUES: row["checked_at"]})


def _written(*, of_one: bool) -> TextClause:
    narrowed = {"artists": "id", "bills": "b.artist_id", "ids": "artist_id"}
    written = _ARTISTS
    for part, column in {**narrowed, "marks": "artist_id"}.items():
        written = written.replace(f"{{of_{part}}}", f"AND {column} = :artist" if of_one else "")
    checked = [listings[0].value for listings in LISTINGS.values()]
    pivot = [f"max(checked_at) FILTER (WHERE listing = '{name}') AS {name}" for name in checked]
    written = written.replace("{marks}", ", ".join(pivot))
    return text(written.replace("{checked}", ", ".join(f"marks.{name}" for name in checked)))


_OF_ALL, _OF_ONE = _written(of_one=False), _written(of_one=True)


def _times(now: datetime) -> dict[str, object]:
    return {
        "now": now,
        "active": now - ACTIVE,
        "awaited": now - AWAITED,
        "trending": TRENDING,
    }


def _artist(row: RowMapping) -> Subject:
    known = Known(
        since=row["since"],
        coming=row["coming"],
        next_show_at=row["next_at"],
        ahead_since=row["ahead_since"],
        last_show_at=row["last_at"],
        awaited_since=row["awaited_since"],
        followed_since=row["followed_since"],
        is_trending=row["is_trending"],
        is_listed=row["at_ticketmaster"],
    )
    has = {
        Kind.SHOWS: row["at_ticketmaster"],
        Kind.BACKLOG: row["has_backlog"],
        Kind.PICTURE: row["at_spotify"],
        Kind.ALBUMS: row["at_spotify"],
    }
    checked = {kind: row[listings[0].value] for kind, listings in LISTINGS.items() if has.get(kind, True)}
    return Subject(id=row["id"], known=known, checked=checked)
