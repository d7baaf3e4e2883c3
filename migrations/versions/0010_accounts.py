"""Sessions of accounts as rows, and an account's second factor."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sessions")),
        sa.UniqueConstraint("key", name=op.f("uq_account_sessions_key")),
    )
    op.create_index(op.f("ix_account_sessions_account_id"), "account_sessions", ["account_id"])
    op.create_index("ix_account_sessions_seen_at", "account_sessions", ["seen_at"])
    op.add_column("accounts", sa.Column("tf_primary_method", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("tf_totp_secret", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("tf_last_counter", sa.BigInteger(), nullable=True))
    op.add_column("accounts", sa.Column("mf_recovery_codes", postgresql.ARRAY(sa.Text()), nullable=True))
    # However it is written it is one address; two who sign up with it at once get one account.
    op.create_index("uq_accounts_email_lower", "accounts", [sa.text("lower(email)")], unique=True)
    # Addresses are confirmed from here on; who has an account already was given it by an operator.
    op.execute("UPDATE accounts SET confirmed_at = created_at WHERE confirmed_at IS NULL")


def downgrade() -> None:
    op.drop_index("uq_accounts_email_lower", "accounts")
    for column in ("mf_recovery_codes", "tf_last_counter", "tf_totp_secret", "tf_primary_method"):
        op.drop_column("accounts", column)
    op.drop_table("account_sessions")
