"""What the syncs need: rows that are one, doubts, ISRCs, venue names, summaries, timing, ages of things."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
MERGED = ("artists", "shows", "venues")
# {since}: the first of the wishes. What is known of an artist counts as late for their sake only from then.
TRENDING_ARTISTS = """
CREATE MATERIALIZED VIEW trending_artists AS
WITH fan_wishes AS (
    SELECT songs.artist_id, v.fan_id, count(*) AS wishes, min(v.changed_at) AS first_at,
           max(v.changed_at) AS last_at
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
       sum(wishes)::bigint AS wishes{since}
FROM fan_wishes
GROUP BY artist_id
"""


def upgrade() -> None:
    _merged()
    _songs()
    _doubts()
    _summaries()
    _timing()
    _ages()


def downgrade() -> None:
    _trending(since="")
    op.drop_table("freshness_counts")
    for table in ("timing_decisions", "sync_summaries", "doubts", "song_isrcs", "venue_aliases"):
        op.drop_table(table)
    op.drop_column("sync_jobs", "rows")
    op.drop_column("song_aliases", "is_pinned")
    op.drop_index("ix_venues_latitude_longitude", "venues")
    op.drop_index("ix_venues_city", "venues")
    op.drop_column("venues", "checked_at")
    op.drop_column("artists", "image_fetched_at")
    for table in MERGED:
        op.drop_column(table, "merged_into_id")


def _merged() -> None:
    for table in MERGED:
        op.add_column(table, sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
        op.create_index(
            f"ix_{table}_merged_into_id",
            table,
            ["merged_into_id"],
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        name = op.f(f"fk_{table}_merged_into_id")
        op.create_foreign_key(name, table, table, ["merged_into_id"], ["id"])
        itself = op.f(f"ck_{table}_not_merged_into_itself")
        op.create_check_constraint(itself, table, "merged_into_id <> id")
    op.create_index("ix_venues_city", "venues", ["city"])
    op.create_index("ix_venues_latitude_longitude", "venues", ["latitude", "longitude"])
    op.create_table(
        "venue_aliases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_venue_aliases_venue_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_aliases")),
        sa.UniqueConstraint("venue_id", "name_folded", name=op.f("uq_venue_aliases_venue_id_name_folded")),
    )
    op.create_index("ix_venue_aliases_name_folded", "venue_aliases", ["name_folded"])
    op.add_column("artists", sa.Column("image_fetched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("venues", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))


def _songs() -> None:
    op.create_table(
        "song_isrcs",
        sa.Column("isrc", sa.Text(), nullable=False),
        sa.Column("song_id", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["song_id"], ["songs.id"], name=op.f("fk_song_isrcs_song_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("isrc", "song_id", name=op.f("pk_song_isrcs")),
    )
    op.create_index("ix_song_isrcs_song_id", "song_isrcs", ["song_id"])
    op.add_column(
        "song_aliases", sa.Column("is_pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def _doubts() -> None:
    op.create_table(
        "doubts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("artist_id", sa.BigInteger(), nullable=True),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("show_id", sa.BigInteger(), nullable=True),
        sa.Column("song_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSON, server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('artist', 'venue', 'show', 'song')", name=op.f("ck_doubts_kind_known")),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'rejected', 'merged', 'split')",
            name=op.f("ck_doubts_state_known"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(artist_id, venue_id, show_id, song_id) = 1", name=op.f("ck_doubts_one_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["artists.id"], name=op.f("fk_doubts_artist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_doubts_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["show_id"], ["shows.id"], name=op.f("fk_doubts_show_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["song_id"], ["songs.id"], name=op.f("fk_doubts_song_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_doubts_venue_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubts")),
    )
    op.create_index(
        "ix_doubts_artist_id", "doubts", ["artist_id"], postgresql_where=sa.text("artist_id IS NOT NULL")
    )
    op.create_index(op.f("ix_doubts_decided_by"), "doubts", ["decided_by"])
    op.create_index("ix_doubts_open", "doubts", ["kind", "id"], postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        "ix_doubts_show_id", "doubts", ["show_id"], postgresql_where=sa.text("show_id IS NOT NULL")
    )
    op.create_index(
        "ix_doubts_song_id", "doubts", ["song_id"], postgresql_where=sa.text("song_id IS NOT NULL")
    )
    op.create_index(
        "ix_doubts_venue_id", "doubts", ["venue_id"], postgresql_where=sa.text("venue_id IS NOT NULL")
    )
    op.create_index(
        "uq_doubts_external_id_artist_id",
        "doubts",
        ["provider", "external_id", "artist_id"],
        unique=True,
        postgresql_where=sa.text("artist_id IS NOT NULL"),
    )
    op.create_index(
        "uq_doubts_external_id_show_id",
        "doubts",
        ["provider", "external_id", "show_id"],
        unique=True,
        postgresql_where=sa.text("show_id IS NOT NULL"),
    )
    op.create_index(
        "uq_doubts_external_id_song_id",
        "doubts",
        ["provider", "external_id", "song_id"],
        unique=True,
        postgresql_where=sa.text("song_id IS NOT NULL"),
    )
    op.create_index(
        "uq_doubts_external_id_venue_id",
        "doubts",
        ["provider", "external_id", "venue_id"],
        unique=True,
        postgresql_where=sa.text("venue_id IS NOT NULL"),
    )


def _summaries() -> None:
    op.create_table(
        "sync_summaries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("queue_job_id", sa.BigInteger(), nullable=False),
        sa.Column("sync_job_id", sa.BigInteger(), nullable=True),
        sa.Column("artist_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("calls", JSON, server_default="{}", nullable=False),
        sa.Column("rows", JSON, server_default="{}", nullable=False),
        sa.Column("skipped", JSON, server_default="{}", nullable=False),
        sa.Column("doubts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["artists.id"], name=op.f("fk_sync_summaries_artist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sync_job_id"], ["sync_jobs.id"], name=op.f("fk_sync_summaries_sync_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_summaries")),
        sa.UniqueConstraint("queue_job_id", name=op.f("uq_sync_summaries_queue_job_id")),
    )
    op.create_index(
        "ix_sync_summaries_artist_id",
        "sync_summaries",
        ["artist_id"],
        postgresql_where=sa.text("artist_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sync_summaries_finished_at", "sync_summaries", [sa.literal_column("finished_at DESC")]
    )
    op.create_index(
        "ix_sync_summaries_queue_finished_at",
        "sync_summaries",
        ["queue", sa.literal_column("finished_at DESC")],
    )
    op.create_index("ix_sync_summaries_sync_job_id", "sync_summaries", ["sync_job_id"])
    op.add_column("sync_jobs", sa.Column("rows", JSON, server_default="{}", nullable=False))


def _timing() -> None:
    op.create_table(
        "timing_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requests_per_minute", sa.Double(), nullable=True),
        sa.Column("usual_per_minute", sa.Double(), nullable=True),
        sa.Column("queue_job_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timing_decisions")),
    )
    op.create_index("ix_timing_decisions_at", "timing_decisions", [sa.literal_column("at DESC")])
    op.create_index("ix_timing_decisions_work_at", "timing_decisions", ["work", sa.literal_column("at DESC")])


def _ages() -> None:
    op.create_table(
        "freshness_counts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("things", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("stale", sa.BigInteger(), nullable=False),
        sa.Column("oldest", sa.Double(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_freshness_counts")),
    )
    _trending(since=", min(first_at) AS since")


def _trending(*, since: str) -> None:
    op.execute("DROP MATERIALIZED VIEW trending_artists")
    op.execute(TRENDING_ARTISTS.replace("{since}", since))
    op.execute("CREATE UNIQUE INDEX uq_trending_artists_artist_id ON trending_artists (artist_id)")
    op.execute("CREATE INDEX ix_trending_artists_score ON trending_artists (score DESC, artist_id)")
