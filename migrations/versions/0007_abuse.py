"""Marks of addresses on votes, and bursts of votes with what was decided about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MARKED = sa.text("address_mark IS NOT NULL")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.add_column("votes", sa.Column("address_mark", sa.LargeBinary(), nullable=True))
    op.create_index("ix_votes_marked", "votes", ["show_id"], postgresql_where=MARKED)
    op.create_table(
        "vote_bursts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("show_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("fans", sa.BigInteger(), nullable=False),
        sa.Column("votes", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('address', 'copies', 'clockwork')", name=op.f("ck_vote_bursts_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'voided', 'dismissed')", name=op.f("ck_vote_bursts_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["show_id"], ["shows.id"], name=op.f("fk_vote_bursts_show_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_vote_bursts_decided_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_bursts")),
    )
    op.create_index(
        "uq_vote_bursts_open",
        "vote_bursts",
        ["show_id", "kind", "fingerprint"],
        unique=True,
        postgresql_where=OPEN,
    )
    op.create_index("ix_vote_bursts_show_id", "vote_bursts", ["show_id"])
    op.create_index("ix_vote_bursts_state_last_at", "vote_bursts", ["state", sa.text("last_at DESC")])
    op.create_index(op.f("ix_vote_bursts_decided_by"), "vote_bursts", ["decided_by"])
    op.create_table(
        "vote_burst_votes",
        sa.Column("burst_id", sa.BigInteger(), nullable=False),
        sa.Column("vote_id", sa.BigInteger(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["burst_id"],
            ["vote_bursts.id"],
            name=op.f("fk_vote_burst_votes_burst_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["votes.id"], name=op.f("fk_vote_burst_votes_vote_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("burst_id", "vote_id", name=op.f("pk_vote_burst_votes")),
    )
    op.create_index("ix_vote_burst_votes_vote_id", "vote_burst_votes", ["vote_id"])


def downgrade() -> None:
    op.drop_table("vote_burst_votes")
    op.drop_table("vote_bursts")
    op.drop_index("ix_votes_marked", "votes")
    op.drop_column("votes", "address_mark")
