"""Accounts and roles as Flask-Security needs them: the same tables, so that `models` stays free of Flask."""

from flask import session
from flask_security import RoleMixin, UserMixin, current_user
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

from setlist.models.accounts import ADMIN, Account, Role, account_roles
from setlist.models.base import Base
from setlist.web import passwords

SIGNED_IN = "_user_id"  # what Flask-Login keeps in the session's cookie


class _Signing(DeclarativeBase):
    metadata = Base.metadata


class MemberRole(RoleMixin, _Signing):
    __table__ = Role.__table__


class Member(UserMixin, _Signing):
    __table__ = Account.__table__

    roles: Mapped[list[MemberRole]] = relationship(  # type: ignore[assignment] # a mapped list of its roles
        secondary=account_roles, lazy="selectin", viewonly=True
    )

    def verify_and_update_password(self, password: str) -> bool:
        """Of what is too long to be anybody's password no hash can be made."""
        return len(password) <= passwords.LONGEST and bool(super().verify_and_update_password(password))


def is_signed_in() -> bool:
    """Guests are most of those who wish, and nothing is looked up for them."""
    return SIGNED_IN in session and bool(current_user.is_authenticated)


def is_admin() -> bool:
    return is_signed_in() and bool(current_user.has_role(ADMIN))


def account_id() -> int | None:
    """The account that is signed in."""
    return int(current_user.id) if is_signed_in() else None
