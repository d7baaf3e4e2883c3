"""Wishes for two songs, or at two shows, that are one: a fan who gave both keeps one.

Tallies are counted from the votes again, so that the two are never apart.
"""

from sqlalchemy import text
from sqlalchemy.orm import InstrumentedAttribute, Session

from setlist.models import BallotSong

# {key} is what the two have different, {other} what they share.
ADD_TO_BALLOTS = """
INSERT INTO ballot_songs ({key}, {other}, recent_plays, recent_shows, last_played, created_at)
SELECT :new, {other}, recent_plays, recent_shows, last_played, created_at
FROM ballot_songs WHERE {key} = :old
ORDER BY {other}
ON CONFLICT (show_id, song_id) DO UPDATE
    SET recent_plays = greatest(ballot_songs.recent_plays, excluded.recent_plays),
        recent_shows = greatest(ballot_songs.recent_shows, excluded.recent_shows),
        last_played = greatest(ballot_songs.last_played, excluded.last_played)
"""
# Taken out by an admin beats given, and given beats taken back.
JOIN_TWICE_GIVEN = """
WITH twice AS (
    SELECT n.id, o.created_at, o.changed_at,
           CASE WHEN o.rank < n.rank THEN o.state ELSE n.state END AS state,
           CASE WHEN o.rank < n.rank THEN o.by_account ELSE n.by_account END AS by_account
    FROM (SELECT *, array_position(ARRAY['void', 'on', 'off'], state) AS rank FROM votes) n
    JOIN (SELECT *, array_position(ARRAY['void', 'on', 'off'], state) AS rank FROM votes) o
        ON o.{other} = n.{other} AND o.fan_id = n.fan_id
    WHERE n.{key} = :new AND o.{key} = :old
)
UPDATE votes v
SET state = t.state, by_account = t.by_account,
    created_at = least(v.created_at, t.created_at), changed_at = greatest(v.changed_at, t.changed_at)
FROM twice t
WHERE v.id = t.id
"""
DROP_TWICE_GIVEN = """
DELETE FROM votes o USING votes v
WHERE o.{key} = :old AND v.{key} = :new AND v.{other} = o.{other} AND v.fan_id = o.fan_id
"""
MOVE_THE_REST = "UPDATE votes SET {key} = :new WHERE {key} = :old"
LEAVE_BALLOTS = "DELETE FROM ballot_songs WHERE {key} = :old"
COUNT_AGAIN = """
UPDATE ballot_songs b SET wishes_accounts = counted.accounts, wishes_guests = counted.guests
FROM (
    SELECT s.show_id, s.song_id,
           count(v.id) FILTER (WHERE v.by_account) AS accounts,
           count(v.id) FILTER (WHERE NOT v.by_account) AS guests
    FROM ballot_songs s
    LEFT JOIN votes v ON v.show_id = s.show_id AND v.song_id = s.song_id AND v.state = 'on'
    WHERE s.{key} = :new
    GROUP BY s.show_id, s.song_id
) counted
WHERE b.show_id = counted.show_id AND b.song_id = counted.song_id
  AND (b.wishes_accounts, b.wishes_guests) IS DISTINCT FROM (counted.accounts, counted.guests)
"""
STEPS = (ADD_TO_BALLOTS, JOIN_TWICE_GIVEN, DROP_TWICE_GIVEN, MOVE_THE_REST, LEAVE_BALLOTS, COUNT_AGAIN)


def move_wishes(session: Session, column: InstrumentedAttribute[int], old: int, new: int) -> None:
    """From one show to another, or from one song to another, on all ballots.

    No wish is written meanwhile: fans' writes lock rows in another order than these statements.
    """
    if session.query(BallotSong).where(column == old).first() is None:
        return
    session.execute(text("LOCK TABLE votes IN SHARE ROW EXCLUSIVE MODE"))
    key = column.key
    other = {"show_id": "song_id", "song_id": "show_id"}[key]
    for step in STEPS:
        statement = step.replace("{key}", key).replace("{other}", other)
        session.execute(text(statement), {"old": old, "new": new})
