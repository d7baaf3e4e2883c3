"""The outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OF_AN_ACCOUNT = sa.text("account_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("queue_job_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'kept', 'failed')", name=op.f("ck_mails_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mails_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["queue_job_id"], ["queue_jobs.id"], name=op.f("fk_mails_queue_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_created_at", "mails", ["created_at"])
    op.create_index("ix_mails_state_id", "mails", ["state", sa.text("id DESC")])
    op.create_index("ix_mails_account_id", "mails", ["account_id"], postgresql_where=OF_AN_ACCOUNT)
    op.create_index("ix_mails_queue_job_id", "mails", ["queue_job_id"])


def downgrade() -> None:
    op.drop_table("mails")
