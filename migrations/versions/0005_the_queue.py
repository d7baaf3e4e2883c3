"""Crashes counted, dead jobs discarded, what each queue did by the minute, and more of each worker."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = ("queued", "running", "retrying", "done", "dead", "cancelled")
FAILED = "outcome IN ('retrying', 'dead', 'lost')"


def upgrade() -> None:
    op.add_column("queue_jobs", sa.Column("crashes", sa.SmallInteger(), server_default="0", nullable=False))
    _know_states(*STATES, "discarded")
    op.create_index(
        "ix_queue_job_attempts_failed",
        "queue_job_attempts",
        ["finished_at"],
        postgresql_where=sa.text(FAILED),
    )
    op.add_column("workers", sa.Column("worker_group", sa.Text(), server_default="", nullable=False))
    op.add_column("workers", sa.Column("memory_bytes", sa.BigInteger(), nullable=True))
    _minutes()


def downgrade() -> None:
    op.drop_table("queue_minutes")
    op.drop_column("workers", "memory_bytes")
    op.drop_column("workers", "worker_group")
    op.drop_index("ix_queue_job_attempts_failed", "queue_job_attempts")
    op.execute("UPDATE queue_jobs SET state = 'dead' WHERE state = 'discarded'")
    _know_states(*STATES)
    op.drop_column("queue_jobs", "crashes")


def _know_states(*states: str) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("ck_queue_jobs_state_known"), "queue_jobs", type_="check")
    op.create_check_constraint(op.f("ck_queue_jobs_state_known"), "queue_jobs", f"state IN ({listed})")


def _minutes() -> None:
    counts = [sa.Column(name, sa.BigInteger(), nullable=False) for name in ("done", "failed", "lost", "dead")]
    times = [
        sa.Column(name, sa.Float(), nullable=True) for name in ("wait_p50", "wait_p95", "run_p50", "run_p95")
    ]
    op.create_table(
        "queue_minutes",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        *counts,
        *times,
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("oldest_seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "minute", name=op.f("pk_queue_minutes")),
    )
    op.create_index("ix_queue_minutes_minute", "queue_minutes", ["minute"])
