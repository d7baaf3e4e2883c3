"""`setlist admin`: the operators' accounts. A password is made here and printed once; nobody chooses one."""

import re
import secrets
from datetime import UTC, datetime

import click
from flask import Flask
from flask_security import hash_password
from sqlalchemy import Select, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from setlist.app import create_app
from setlist.extensions import db
from setlist.models import Account, AccountSession, AuditLog, Role
from setlist.models.accounts import ADMIN, account_roles
from setlist.web.sessions import end_all_sessions

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


@admin.command("list")
def list_admins() -> None:
    """The operators: their addresses, whether they have a second factor, and when they were last seen."""
    app = create_app()
    with app.app_context():
        for account, seen_at in db.session.execute(_admins()):
            factor = "second factor" if account.tf_primary_method else "password only"
            seen = f"last seen {seen_at:%Y-%m-%d %H:%M} UTC" if seen_at else "not signed in"
            click.echo(f"{account.email}  {factor}  {seen}")


@admin.command()
@click.argument("email")
def revoke(email: str) -> None:
    """Make EMAIL an ordinary account again, at once. Its wishes and its password stay."""
    app = create_app()
    with app.app_context():
        account = _find(email)
        if account is None or _role() not in account.roles:
            raise click.ClickException(f"{email} is no operator; setlist admin list shows who is")
        account.roles.remove(_role())
        details = {"by": "command line"}
        db.session.add(AuditLog(account_id=account.id, action="admin_revoked", details=details))
        db.session.commit()
    click.echo(f"{email} is no operator any more")


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
    account.confirmed_at = account.confirmed_at or datetime.now(UTC)  # by whoever sits at the terminal
    db.session.flush()
    end_all_sessions(account.id)
    db.session.add(AuditLog(account_id=account.id, action=action, details={"by": "command line"}))
    db.session.commit()
    return fresh


def _admins() -> Select[Account, datetime | None]:
    seen = select(func.max(AccountSession.seen_at)).where(AccountSession.account_id == Account.id)
    named = Account.roles.any(Role.name == ADMIN)
    return select(Account, seen.scalar_subquery()).where(named).order_by(Account.email)


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
