"""Phase 5: the songs one can vote for at the coming shows."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session, aliased

from setlist.models import Artist, Show, ShowArtist
from setlist.pipeline.run import ImportRun

RECENT_SETLISTS = 20
SONGS_ON_A_BALLOT = 30

# By the share of the latest setlists a song was in; where history does not fill the ballot, by how many
# recordings the catalogue has of it. Tapes do not count. Wishes are never written here.
FILL = text("""
WITH recent AS (
    SELECT l.id, s.local_date
    FROM setlists l JOIN shows s ON s.id = l.show_id
    WHERE l.artist_id = :artist_id AND l.kind = 'actual' AND NOT l.is_stub
    ORDER BY s.local_date DESC, l.id DESC
    LIMIT :recent
), plays AS (
    SELECT e.song_id, count(DISTINCT e.setlist_id) AS recent_plays
    FROM setlist_songs e JOIN recent r ON r.id = e.setlist_id
    WHERE e.song_id IS NOT NULL AND NOT e.is_tape
    GROUP BY e.song_id
), last_times AS (
    SELECT e.song_id, max(s.local_date) AS last_played
    FROM setlist_songs e JOIN setlists l ON l.id = e.setlist_id JOIN shows s ON s.id = l.show_id
    WHERE l.artist_id = :artist_id AND e.song_id IS NOT NULL AND NOT e.is_tape
    GROUP BY e.song_id
), recordings AS (
    SELECT x.song_id, count(*) AS recordings
    FROM external_ids x JOIN songs g ON g.id = x.song_id
    WHERE g.artist_id = :artist_id AND x.kind = 'recording'
    GROUP BY x.song_id
), candidates AS (
    SELECT g.id, coalesce(p.recent_plays, 0) AS recent_plays, t.last_played,
           row_number() OVER (
               ORDER BY coalesce(p.recent_plays, 0) DESC, t.last_played DESC NULLS LAST,
                        coalesce(r.recordings, 0) DESC, g.title, g.id
           ) AS rank
    FROM songs g
    LEFT JOIN plays p ON p.song_id = g.id
    LEFT JOIN last_times t ON t.song_id = g.id
    LEFT JOIN recordings r ON r.song_id = g.id
    WHERE g.merged_into_id IS NULL AND (g.artist_id = :artist_id OR p.song_id IS NOT NULL)
)
INSERT INTO ballot_songs (show_id, song_id, recent_plays, recent_shows, last_played)
SELECT s.id, c.id, c.recent_plays, (SELECT count(*) FROM recent), c.last_played
FROM candidates c
CROSS JOIN (
    SELECT s.id FROM shows s JOIN show_artists a ON a.show_id = s.id
    WHERE a.artist_id = :artist_id AND s.status <> 'cancelled' AND (s.locks_at IS NULL OR s.locks_at > :now)
) s
LEFT JOIN ballot_songs b ON b.show_id = s.id AND b.song_id = c.id
WHERE c.rank <= :songs OR b.song_id IS NOT NULL
ORDER BY s.id, c.id  -- one order for all writers, so that two cannot deadlock
ON CONFLICT (show_id, song_id) DO UPDATE
    SET recent_plays = excluded.recent_plays, recent_shows = excluded.recent_shows,
        last_played = excluded.last_played
    WHERE (ballot_songs.recent_plays, ballot_songs.recent_shows, ballot_songs.last_played)
        IS DISTINCT FROM (excluded.recent_plays, excluded.recent_shows, excluded.last_played)
""")


def fill_ballots(run: ImportRun) -> Iterator[float]:
    """The artist's own, and those of others here who play at a show that this import may have added."""
    others = _sharing_a_show(run)
    for done, artist_id in enumerate([run.artist_id, *others], 1):
        write_ballots(run.session, artist_id, now=run.now())
        yield done / (len(others) + 1)


def write_ballots(session: Session, artist_id: int, *, now: datetime) -> None:
    """Puts the artist's likeliest songs on the ballot of each coming show; wishes stay as they are."""
    values = {"artist_id": artist_id, "now": now, "recent": RECENT_SETLISTS, "songs": SONGS_ON_A_BALLOT}
    session.execute(FILL, values)


def _sharing_a_show(run: ImportRun) -> list[int]:
    ours, theirs = aliased(ShowArtist), aliased(ShowArtist)
    statement = (
        select(theirs.artist_id)
        .join(ours, ours.show_id == theirs.show_id)
        .join(Show, Show.id == ours.show_id)
        .join(Artist, Artist.id == theirs.artist_id)
        .where(ours.artist_id == run.artist_id, theirs.artist_id != run.artist_id)
        .where(Show.locks_at > run.now(), Artist.imported_at.is_not(None))
        .order_by(theirs.artist_id)
        .distinct()
    )
    return [artist_id for artist_id in run.session.scalars(statement) if artist_id is not None]
