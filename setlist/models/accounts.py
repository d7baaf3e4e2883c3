"""Accounts and their roles, in the shape that Flask-Security reads."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Key, foreign

ADMIN = "admin"  # the role of operators

account_roles = Table(
    "account_roles",
    Base.metadata,
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Role(Base):
    __tablename__ = "roles"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(server_default="")


class Account(Base):
    """`fs_uniquifier` is what a session names; a new one signs the account out everywhere.

    `tf_…` and `mf_…`: the second factor under the names that Flask-Security gives it, its secret and the
    codes for a lost telephone encrypted. `tf_last_counter`: the step of time whose code was used last, so
    that no code is good twice.
    """

    __tablename__ = "accounts"
    __table_args__ = (Index("uq_accounts_email_lower", text("lower(email)"), unique=True),)

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))

    roles: Mapped[list[Role]] = relationship(secondary=account_roles)


class AccountSession(Base):
    """A browser in which an account is signed in. Its cookie holds a secret of which `key` is the SHA-256."""

    __tablename__ = "account_sessions"
    __table_args__ = (Index("ix_account_sessions_seen_at", "seen_at"),)

    id: Mapped[Key]
    account_id: Mapped[int] = foreign("accounts.id", index=True)
    key: Mapped[bytes] = mapped_column(unique=True)
    browser: Mapped[str]  # as its owner would call it
    created_at: Mapped[Created]
    seen_at: Mapped[Created]
