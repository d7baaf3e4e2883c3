"""The cast: a fan with an account and an operator, who sign in as people do."""

import re
import uuid
from datetime import UTC, datetime
from functools import cache

from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from setlist.models import Account, Role

PASSWORD = "a long and boring password"
FAN = "fan@example.org"
ADMIN = "admin@setlist.local"
FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make_account(
    session: Session, email: str, *roles: str, active: bool = True, confirmed: bool = True
) -> Account:
    account = Account(email=email, password=_hash_of(PASSWORD), active=active, fs_uniquifier=uuid.uuid4().hex)
    account.confirmed_at = datetime.now(UTC) if confirmed else None
    account.roles.extend(Role(name=name) for name in roles)
    session.add(account)
    session.commit()
    return account


@cache
def _hash_of(password: str) -> str:
    return hash_password(password)


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, *, next_page: str | None = None
) -> TestResponse:
    page = client.get("/login", query_string={"next": next_page} if next_page else {})
    found = FORM_TOKEN.search(page.text)
    assert found, page.text
    form = {"email": email, "password": password, "csrf_token": found[1], "next": next_page or ""}
    return client.post("/login", data=form)


def sign_in_as(client: FlaskClient, session: Session, role: str) -> None:
    """anonymous, fan or admin"""
    if role == "fan":
        make_account(session, FAN)
        assert sign_in(client, FAN).status_code == 302
    if role == "admin":
        make_account(session, ADMIN, "admin")
        assert sign_in(client, ADMIN).status_code == 302
