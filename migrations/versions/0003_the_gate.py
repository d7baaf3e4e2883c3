"""What the gate must not forget with Redis: calls by the half hour, holds, quotas, breakers; sync marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _usage_by_stretch()
    op.create_table(
        "provider_states",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("next_slot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_because", sa.Text(), server_default="", nullable=False),
        sa.Column("quota_left", sa.BigInteger(), nullable=True),
        sa.Column("quota_resets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breaker_state", sa.Text(), server_default="closed", nullable=False),
        sa.Column("breaker_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("last_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_states")),
    )
    op.create_table(
        "breaker_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("old_state", sa.Text(), nullable=False),
        sa.Column("new_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaker_events")),
    )
    latest = sa.literal_column("at DESC")
    op.create_index("ix_breaker_events_provider_at", "breaker_events", ["provider", latest])
    op.create_index("ix_breaker_events_at", "breaker_events", [latest])
    op.create_table(
        "sync_marks",
        sa.Column("artist_id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("seen", JSON, server_default="{}", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["artists.id"], name=op.f("fk_sync_marks_artist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("artist_id", "provider", "listing", name=op.f("pk_sync_marks")),
    )
    op.add_column("sync_jobs", sa.Column("postponed", JSON, server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("sync_jobs", "postponed")
    op.drop_table("sync_marks")
    op.drop_table("breaker_events")
    op.drop_table("provider_states")
    op.drop_table("provider_usage")
    op.create_table(
        "provider_usage",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("provider", "day", "purpose", name=op.f("pk_provider_usage")),
    )


def _usage_by_stretch() -> None:
    """A whole UTC day is too coarse for quotas that roll; nothing was written to the old table yet."""
    op.drop_table("provider_usage")
    op.create_table(
        "provider_usage",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("throttles", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("provider", "since", "purpose", name=op.f("pk_provider_usage")),
    )
    op.create_index("ix_provider_usage_provider_since", "provider_usage", ["provider", "since"])
