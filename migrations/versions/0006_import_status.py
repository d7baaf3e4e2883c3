"""How long an import may still take, how far off that was, and imports' figures and history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IMPORTS = "kind IN ('import', 'follow_up')"
INDEXES = {"ix_sync_jobs_imports_finished_at": "finished_at DESC", "ix_sync_jobs_imports_id": "id DESC"}
ADDED = ("runs", "work", "left_seconds", "left_at", "estimate_error")


def upgrade() -> None:
    columns = (
        sa.Column("runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("work", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("left_seconds", sa.Float(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimate_error", sa.Float(), nullable=True),
    )
    for column in columns:
        op.add_column("sync_jobs", column)
    op.add_column("sync_progress", sa.Column("left_seconds", sa.Float(), nullable=True))
    for name, order in INDEXES.items():
        op.create_index(name, "sync_jobs", [sa.text(order)], postgresql_where=sa.text(IMPORTS))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "sync_jobs")
    op.drop_column("sync_progress", "left_seconds")
    for name in reversed(ADDED):
        op.drop_column("sync_jobs", name)
