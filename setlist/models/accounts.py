"""Accounts and their roles, in the shape that Flask-Security reads."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Key

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
    """`fs_uniquifier` is what a session names; a new one signs the account out everywhere."""

    __tablename__ = "accounts"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    roles: Mapped[list[Role]] = relationship(secondary=account_roles)
