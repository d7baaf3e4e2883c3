"""log_cron_run(), refresh_trending_data() and the materialised views behind "what is rising"."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A fan counts once for each show, by the latest wish, and loses half the weight every three days.
TRENDING_SHOWS = """
CREATE MATERIALIZED VIEW trending_shows AS
WITH fan_wishes AS (
    SELECT v.show_id, v.fan_id, count(*) AS wishes, max(v.changed_at) AS last_at
    FROM votes v
    JOIN shows s ON s.id = v.show_id
    WHERE v.state = 'on'
      AND v.changed_at > now() - interval '30 days'
      AND s.locks_at > now()
      AND s.status <> 'cancelled'
    GROUP BY v.show_id, v.fan_id
)
SELECT show_id,
       sum(power(0.5, extract(epoch FROM now() - last_at) / 259200.0))::float8 AS score,
       count(*) AS fans,
       sum(wishes)::bigint AS wishes
FROM fan_wishes
GROUP BY show_id
"""
TRENDING_ARTISTS = """
CREATE MATERIALIZED VIEW trending_artists AS
WITH fan_wishes AS (
    SELECT songs.artist_id, v.fan_id, count(*) AS wishes, max(v.changed_at) AS last_at
    FROM votes v
    JOIN shows s ON s.id = v.show_id
    JOIN songs ON songs.id = v.song_id
    WHERE v.state = 'on'
      AND v.changed_at > now() - interval '30 days'
      AND s.locks_at > now()
      AND s.status <> 'cancelled'
    GROUP BY songs.artist_id, v.fan_id
)
SELECT artist_id,
       sum(power(0.5, extract(epoch FROM now() - last_at) / 259200.0))::float8 AS score,
       count(*) AS fans,
       sum(wishes)::bigint AS wishes
FROM fan_wishes
GROUP BY artist_id
"""
REFRESH = """
CREATE FUNCTION refresh_trending_data() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY trending_shows;
    REFRESH MATERIALIZED VIEW CONCURRENTLY trending_artists;
END
$$
"""
# A run is written twice, when it starts and when it ends, under the same (name, due_at).
LOG_CRON_RUN = """
CREATE FUNCTION log_cron_run(
    p_name text,
    p_due_at timestamptz,
    p_started_at timestamptz,
    p_finished_at timestamptz,
    p_outcome text,
    p_message text DEFAULT '',
    p_metrics jsonb DEFAULT '{}'
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    run_id bigint;
BEGIN
    INSERT INTO cron_logs AS run (name, due_at, started_at, finished_at, outcome, message)
    VALUES (p_name, p_due_at, p_started_at, p_finished_at, p_outcome, p_message)
    ON CONFLICT (name, due_at) DO UPDATE
        SET finished_at = excluded.finished_at, outcome = excluded.outcome, message = excluded.message
    RETURNING run.id INTO run_id;
    INSERT INTO cron_metrics (cron_log_id, metric, value)
    SELECT run_id, key, value::numeric FROM jsonb_each_text(p_metrics)
    ON CONFLICT (cron_log_id, metric) DO UPDATE SET value = excluded.value;
    RETURN run_id;
END
$$
"""


def upgrade() -> None:
    for statement in (
        TRENDING_SHOWS,
        "CREATE UNIQUE INDEX uq_trending_shows_show_id ON trending_shows (show_id)",
        "CREATE INDEX ix_trending_shows_score ON trending_shows (score DESC, show_id)",
        TRENDING_ARTISTS,
        "CREATE UNIQUE INDEX uq_trending_artists_artist_id ON trending_artists (artist_id)",
        "CREATE INDEX ix_trending_artists_score ON trending_artists (score DESC, artist_id)",
        REFRESH,
        LOG_CRON_RUN,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION log_cron_run")
    op.execute("DROP FUNCTION refresh_trending_data")
    op.execute("DROP MATERIALIZED VIEW trending_artists")
    op.execute("DROP MATERIALIZED VIEW trending_shows")
