"""Whether each tally is what its rows say. It is, since each statement that writes one writes the other."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_NAMED = 100

# One statement, so one snapshot: wishes that come in meanwhile are in both or in neither.
_APART = text("""
SELECT b.show_id, b.song_id, b.wishes_accounts, b.wishes_guests,
       coalesce(v.accounts, 0) AS rows_accounts, coalesce(v.guests, 0) AS rows_guests
FROM ballot_songs b
LEFT JOIN (
    SELECT show_id, song_id,
           count(*) FILTER (WHERE by_account) AS accounts, count(*) FILTER (WHERE NOT by_account) AS guests
    FROM votes WHERE state = 'on' GROUP BY show_id, song_id
) v ON v.show_id = b.show_id AND v.song_id = b.song_id
WHERE (b.wishes_accounts, b.wishes_guests) IS DISTINCT FROM (coalesce(v.accounts, 0), coalesce(v.guests, 0))
ORDER BY b.show_id, b.song_id
LIMIT :most
""")
# The row is locked before its votes are counted, by a statement of its own.
_LOCK = text("SELECT FROM ballot_songs WHERE show_id = :show_id AND song_id = :song_id FOR UPDATE")
_MEND = text("""
UPDATE ballot_songs b SET wishes_accounts = v.accounts, wishes_guests = v.guests
FROM (
    SELECT count(*) FILTER (WHERE by_account) AS accounts, count(*) FILTER (WHERE NOT by_account) AS guests
    FROM votes WHERE state = 'on' AND show_id = :show_id AND song_id = :song_id
) v
WHERE b.show_id = :show_id AND b.song_id = :song_id
""")


class TalliesApartError(Exception):
    """Some tallies are not what the rows say."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    show_id: int
    song_id: int
    tally: tuple[int, int]  # accounts, guests
    rows: tuple[int, int]

    def __str__(self) -> str:
        return f"show {self.show_id}, song {self.song_id}: tally {self.tally}, rows {self.rows}"


def tallies_apart(session: Session) -> list[Apart]:
    """The first MOST_NAMED that differ; none, if nobody wrote to the tables by hand."""
    return [
        Apart(
            show_id=row.show_id,
            song_id=row.song_id,
            tally=(row.wishes_accounts, row.wishes_guests),
            rows=(row.rows_accounts, row.rows_guests),
        )
        for row in session.execute(_APART, {"most": MOST_NAMED})
    ]


def mend_tally(session: Session, apart: Apart) -> None:
    """By the rows, which are the wishes themselves. The caller commits."""
    where = {"show_id": apart.show_id, "song_id": apart.song_id}
    session.execute(_LOCK, where)
    session.execute(_MEND, where)
