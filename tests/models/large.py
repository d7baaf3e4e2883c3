"""A large catalogue in seconds: enough rows that a plan which reads whole tables shows itself.

Half of what happens lies ahead, and artist 1 and venue 1 are busier than the others. Figures are
remainders of row numbers, so each run builds the same rows.
"""

import re

from sqlalchemy import Connection, text

MANY = {
    "artists": 20_000,
    "venues": 6_000,
    "shows": 60_000,
    "songs": 200_000,
    "ballot": 4,  # songs on a sheet, each wished for once
    "fans": 20_000,
    "accounts": 6_000,
    "jobs": 200_000,
    "imports": 50_000,
    "mails": 40_000,
}

# In the order of their foreign keys.
ROWS = (
    """
    INSERT INTO artists (mbid, name, name_folded, imported_at)
    SELECT md5('artist' || n), name, lower(name), now()
    FROM (SELECT n, initcap(substr(md5('a' || n), 1, 5) || ' ' || substr(md5('b' || n), 1, 6)) AS name
          FROM generate_series(1, :artists) n) AS named""",
    """
    INSERT INTO venues (name, name_folded, city, country, timezone)
    SELECT 'Hall ' || n, 'hall ' || n, 'City ' || n % 900, 'FR', 'Europe/Paris'
    FROM generate_series(1, :venues) n""",
    # Two of a hundred are still without a date, one venue of six thousand has a hundredth of all shows.
    """
    INSERT INTO shows (venue_id, name, local_date, starts_at, locks_at, status)
    SELECT CASE WHEN n % 100 = 1 THEN 1 ELSE 1 + n % :venues END, 'Show ' || n, at::date, at, at,
           CASE WHEN n % 40 = 0 THEN 'cancelled' ELSE 'scheduled' END
    FROM (SELECT n, CASE WHEN n % 50 > 0
                         THEN now() + make_interval(hours => (n * 7919) % 17000 - 8500) END AS at
          FROM generate_series(1, :shows) n) AS dated""",
    """
    INSERT INTO show_artists (show_id, position, artist_id, billed_as)
    SELECT n, place, CASE WHEN n % 200 = 1 AND place = 0 THEN 1 ELSE 1 + (n + place * 7) % :artists END, 'Act'
    FROM generate_series(1, :shows) n, generate_series(0, 1) place
    WHERE place = 0 OR n % 2 = 0""",
    """
    INSERT INTO songs (artist_id, title, title_folded)
    SELECT CASE WHEN n % 1000 = 1 THEN 1 ELSE 1 + n % :artists END, 'Song ' || n, 'song ' || n
    FROM generate_series(1, :songs) n""",
    """
    INSERT INTO song_aliases (song_id, title, title_folded)
    SELECT n * 10, 'Alias ' || n, 'alias ' || n FROM generate_series(1, :songs / 10) n""",
    """
    INSERT INTO setlists (show_id, artist_id, kind, provider, is_stub, is_final)
    SELECT show_id, artist_id, 'actual', 'setlistfm', show_id % 21 = 0, true
    FROM show_artists JOIN shows ON shows.id = show_id WHERE locks_at < now() AND position = 0""",
    """
    INSERT INTO setlist_songs (setlist_id, position, song_id, title, set_index, encore, is_tape)
    SELECT id, place, 1 + (artist_id - 1 + :artists * place) % :songs, 'Song', 0, 0, false
    FROM setlists, generate_series(0, 4) place""",
    """
    INSERT INTO ballot_songs (show_id, song_id, wishes_guests, recent_plays, recent_shows)
    SELECT id, 1 + (id * 31 + place * 97) % :songs, place, place, 10
    FROM shows, generate_series(1, :ballot) place WHERE id % 2 = 0""",
    """
    INSERT INTO accounts (email, password, active, fs_uniquifier)
    SELECT 'fan' || n || '@example.org', 'x', true, 'u' || n FROM generate_series(1, :accounts) n""",
    """
    INSERT INTO fans (key, account_id)
    SELECT md5('fan' || n)::uuid, CASE WHEN n <= :accounts THEN n END FROM generate_series(1, :fans) n""",
    """
    INSERT INTO votes (show_id, song_id, fan_id, state, by_account, changed_at)
    SELECT show_id, song_id, 1 + (show_id * 13 + wish * 7) % :fans, 'on', false,
           now() - (wish * 40 + show_id % 1009) * interval '1 minute'
    FROM (SELECT show_id, song_id, row_number() OVER (PARTITION BY show_id) AS wish
          FROM ballot_songs) AS wished""",
    """
    INSERT INTO external_ids (provider, kind, external_id, artist_id, matched_by, confidence)
    SELECT 'spotify', 'artist', md5('s' || n), n, 'unique_name', 1 FROM generate_series(1, :artists) n""",
    """
    INSERT INTO external_ids (provider, kind, external_id, artist_id, matched_by, confidence)
    SELECT 'ticketmaster', 'artist', md5('t' || n), n, 'same_id', 1 FROM generate_series(1, :artists) n""",
    """
    INSERT INTO sync_marks (artist_id, provider, listing, checked_at)
    SELECT n, 'x', listing, now() - (n * 7919 % 20000) * interval '1 minute'
    FROM generate_series(1, :artists) n,
         unnest(ARRAY['dated', 'attraction', 'setlists', 'identity', 'recordings', 'picture']) listing""",
    """
    INSERT INTO external_ids (provider, kind, external_id, show_id, matched_by, confidence)
    SELECT 'ticketmaster', 'event', 'Z' || n, n, 'same_id', 1 FROM generate_series(1, :shows) n""",
    # Of a thousand: nine hundred and seventy done, ten dead, nineteen waiting, one running.
    """
    INSERT INTO queue_jobs (queue, args, state, max_attempts, run_at, sent_at, lease_owner, lease_until,
                            dedup_key, attempts, finished_at)
    SELECT (ARRAY['artist_import', 'artist_search', 'trending_calc'])[1 + n % 3], '{}', state, 5,
           now() - make_interval(secs => :jobs - n + 5),
           CASE WHEN n % 2 = 0 THEN now() - make_interval(secs => :jobs - n + 4) END,
           CASE WHEN state = 'running' THEN 'worker' END,
           CASE WHEN state = 'running' THEN now() + make_interval(secs => n % 20 - 2) END,
           'key ' || n, 1,
           CASE WHEN state IN ('done', 'dead') THEN now() - make_interval(secs => :jobs - n) END
    FROM (SELECT n, CASE WHEN n % 1000 < 970 THEN 'done' WHEN n % 1000 < 980 THEN 'dead'
                         WHEN n % 1000 < 999 THEN 'queued' ELSE 'running' END AS state
          FROM generate_series(1, :jobs) n) AS made""",
    """
    INSERT INTO queue_job_attempts (job_id, fence, worker, outcome, started_at, finished_at)
    SELECT id, 1, 'worker', CASE WHEN state = 'running' THEN NULL ELSE state END, run_at, finished_at
    FROM queue_jobs WHERE state <> 'queued' AND id % 2 = 0""",
    # A month of busy minutes, up to a quarter of an hour ago.
    """
    INSERT INTO queue_minutes (queue, minute, done, failed, lost, dead, waiting)
    SELECT queue, date_trunc('minute', now()) - make_interval(mins => 15 + n), 9, 0, 0, 0, 0
    FROM generate_series(0, 43200) n, unnest(ARRAY['artist_import', 'cleanup', 'cache_warm']) queue""",
    """
    INSERT INTO sync_jobs (kind, artist_id, queue_job_id, state, percent, started_at, finished_at)
    SELECT 'import', 1 + n % :artists, n * (:jobs / :imports), state, 50, at,
           CASE WHEN state <> 'running' THEN at END
    FROM (SELECT n, now() - make_interval(mins => :imports - n) AS at,
                 CASE WHEN n % 1000 = 0 THEN 'running' WHEN n % 100 = 1 THEN 'failed' ELSE 'done' END AS state
          FROM generate_series(1, :imports) n) AS made""",
    # A month of mails, of which some failed and few wait.
    """
    INSERT INTO mails (account_id, queue_job_id, kind, recipient, subject, body, state, created_at)
    SELECT CASE WHEN n % 2 = 0 THEN 1 + n % :accounts END, n, 'pass_link', 'fan@example.org', 'Hello', '',
           CASE WHEN n % 1000 = 0 THEN 'waiting' WHEN n % 100 = 1 THEN 'failed' ELSE 'sent' END,
           now() - make_interval(mins => :mails - n)
    FROM generate_series(1, :mails) n""",
    """
    INSERT INTO sync_progress (sync_job_id, state, phase, percent, counts)
    SELECT n, 'running', 'shows', 50, '{}' FROM generate_series(1, :imports) n""",
    """
    INSERT INTO artist_searches (query_folded, query, finished_at)
    SELECT 'search ' || n, 'Search ' || n, now() FROM generate_series(1, 20000) n""",
    # Two months of the timetable.
    """
    INSERT INTO cron_logs (name, due_at, started_at, finished_at, outcome)
    SELECT 'trending', at, at, at, 'done'
    FROM (SELECT now() - make_interval(mins => n * 3) AS at FROM generate_series(1, 28800) n) AS due""",
    """
    INSERT INTO cron_metrics (cron_log_id, metric, value)
    SELECT id, 'seconds', 1 FROM cron_logs""",
    """
    INSERT INTO workers (id, host, pid, threads, version, heartbeat_at, stopped_at)
    SELECT 'worker ' || n, 'host', n, 4, '1', at, CASE WHEN n > 3 THEN at END
    FROM (SELECT n, now() - make_interval(mins => n) AS at FROM generate_series(0, 8000) n) AS beaten""",
    """
    INSERT INTO audit_log (action, at) SELECT 'looked', now() - make_interval(mins => n)
    FROM generate_series(1, 20000) n""",
    "REFRESH MATERIALIZED VIEW trending_shows",
    "REFRESH MATERIALIZED VIEW trending_artists",
)


def build(connection: Connection) -> None:
    """Commits, and leaves the tables as autovacuum would: the planner knows them."""
    for statement in ROWS:
        prepared = text(re.sub(r"(?<!:):([a-z]+)", lambda name: str(MANY[name[1]]), statement))
        connection.execute(prepared)
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM (ANALYZE)"))
