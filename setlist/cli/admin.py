"""`setlist admin`: the operators' accounts. A password is made here and printed once; nobody chooses one."""

import re
import secrets

import click
from flask import Flask
from flask_security import hash_password
from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from setlist.app import create_app
from setlist.extensions import db
from setlist.models import Account, AuditLog, Role
from setlist.models.accounts import account_roles
from setlist.web.members import ADMIN

FIRST_ADMIN = "admin@setlist.local"
PASSWORD_BYTES = 16  # 22 characters
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


@click.group()
def admin() -> None:
    """The operators' accounts."""


@admin.command()
@click.argument("email")
def create(email: str) -> None:
    """Make EMAIL an operator and print the password."""
    app = create_app()
    with app.app_context():
        password = _create(_checked(email))
    click.echo(password)


@admin.command()
@click.argument("email")
def password(email: str) -> None:
    """Give EMAIL a new password, print it, and sign the account out everywhere."""
    app = create_app()
    with app.app_context():
        account = _find(email)
        if account is None:
            raise click.ClickException(f"nobody is called {email}")
        fresh = _renew(account)
    click.echo(fresh)


def ensure_admin(app: Flask) -> str | None:
    """The password of a first admin, made if there is no admin yet; None if there is one."""
    with app.app_context():
        has_admin = exists().where(account_roles.c.role_id == Role.id, Role.name == ADMIN)
        if db.session.scalar(select(has_admin)):
            return None
        return _create(FIRST_ADMIN)


def _create(email: str) -> str:
    """An account that is there already becomes an operator too, with a new password."""
    account = _find(email)
    if account is None:
        account = Account(email=email, password="", active=True, fs_uniquifier=secrets.token_hex(16))
        db.session.add(account)
    role = _role()
    if role not in account.roles:
        account.roles.append(role)
    return _renew(account, action="admin_created")


def _renew(account: Account, *, action: str = "password_renewed") -> str:
    fresh = secrets.token_urlsafe(PASSWORD_BYTES)
    account.password = hash_password(fresh)
    account.fs_uniquifier = secrets.token_hex(16)  # whoever was signed in with the old one is out
    db.session.flush()
    db.session.add(AuditLog(account_id=account.id, action=action, details={"by": "command line"}))
    db.session.commit()
    return fresh


def _role() -> Role:
    named = insert(Role).values(name=ADMIN, description="Sees and does everything under /admin")
    db.session.execute(named.on_conflict_do_nothing(index_elements=[Role.name]))
    return db.session.scalars(select(Role).where(Role.name == ADMIN)).one()


def _find(email: str) -> Account | None:
    return db.session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))


def _checked(email: str) -> str:
    """It is a name to sign in with: no mail has to reach it, so admin@setlist.local is fine."""
    if not ADDRESS.fullmatch(email):
        raise click.BadParameter(f"{email} is not an e-mail address")
    return email
