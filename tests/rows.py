"""All that an import writes, as values that do not depend on ids or on the time of writing."""

from sqlalchemy import text
from sqlalchemy.orm import Session

SHOW = (
    "concat_ws('|', s.name, s.local_date, s.starts_at, (SELECT v.name FROM venues v WHERE v.id = s.venue_id))"
)
VIEWS = {
    "artists": "SELECT mbid, name, disambiguation, country, genres, image_url FROM artists",
    "venues": "SELECT name, city, state, country, address, timezone, latitude, longitude FROM venues",
    "shows": "SELECT {show}, s.locks_at, s.status, s.original_date, s.ticket_url FROM shows s",
    "show_artists": """
        SELECT {show}, b.position, b.billed_as, a.mbid
        FROM show_artists b JOIN shows s ON s.id = b.show_id LEFT JOIN artists a ON a.id = b.artist_id""",
    "songs": """
        SELECT a.mbid, g.title, g.title_folded, g.album_title, g.released, g.duration_ms, k.title_folded
        FROM songs g JOIN artists a ON a.id = g.artist_id LEFT JOIN songs k ON k.id = g.merged_into_id""",
    "song_aliases": """
        SELECT g.title_folded, x.title, x.title_folded
        FROM song_aliases x JOIN songs g ON g.id = x.song_id""",
    "setlists": """
        SELECT {show}, a.mbid, l.version_id, l.source_url, l.tour, l.info, l.is_stub
        FROM setlists l JOIN shows s ON s.id = l.show_id JOIN artists a ON a.id = l.artist_id""",
    "setlist_songs": """
        SELECT l.source_url, e.position, e.title, g.title_folded, e.set_index, e.encore, e.is_tape,
               e.cover_mbid, e.guest, e.info
        FROM setlist_songs e JOIN setlists l ON l.id = e.setlist_id LEFT JOIN songs g ON g.id = e.song_id""",
    "ballot_songs": """
        SELECT {show}, g.title_folded, b.recent_plays, b.recent_shows, b.last_played,
               b.wishes_accounts, b.wishes_guests
        FROM ballot_songs b JOIN shows s ON s.id = b.show_id JOIN songs g ON g.id = b.song_id""",
    "external_ids": """
        SELECT x.provider, x.kind, x.external_id, x.matched_by, a.mbid, v.name, g.title_folded,
               l.source_url, CASE WHEN s.id IS NOT NULL THEN {show} END
        FROM external_ids x
        LEFT JOIN artists a ON a.id = x.artist_id LEFT JOIN venues v ON v.id = x.venue_id
        LEFT JOIN shows s ON s.id = x.show_id LEFT JOIN songs g ON g.id = x.song_id
        LEFT JOIN setlists l ON l.id = x.setlist_id""",
}


def imported_rows(session: Session) -> dict[str, list[str]]:
    """The rows of each table that imports write, as sorted text."""
    rows = {}
    for name, view in VIEWS.items():
        found = session.execute(text(view.replace("{show}", SHOW)))
        rows[name] = sorted(repr(tuple(row)) for row in found)
    return rows


def row_counts(session: Session) -> dict[str, int]:
    return {name: len(rows) for name, rows in imported_rows(session).items()}
