from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.cli import admin as command
from setlist.models import Account, AuditLog
from tests.web.accounts import FAN, make_account, sign_in
from tests.web.conftest import client

__all__ = ["client"]

NEW = "operator@example.org"
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on the tests' database instead of the one of the settings."""
    monkeypatch.setattr(command, "create_app", lambda: app)
    return lambda *words: CliRunner().invoke(command.admin, words)


def _said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_a_new_operator_signs_in_with_the_printed_password(run: Run, client: FlaskClient) -> None:
    password = _said(run("create", NEW))
    assert len(password) >= 20
    assert sign_in(client, NEW, password).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_the_password_is_kept_as_an_argon2_hash_alone(run: Run, session: Session) -> None:
    password = _said(run("create", NEW))
    account = session.scalars(select(Account)).one()
    assert account.password.startswith("$argon2id$")
    kept = " ".join(f"{row.target} {row.details}" for row in session.scalars(select(AuditLog)))
    assert password not in kept


def test_a_fans_account_becomes_an_operators(run: Run, session: Session) -> None:
    make_account(session, FAN)
    _said(run("create", FAN.upper()))
    session.expire_all()
    account = session.scalars(select(Account)).one()
    assert [role.name for role in account.roles] == ["admin"]


def test_a_new_password_signs_the_old_one_out_everywhere(run: Run, client: FlaskClient) -> None:
    first = _said(run("create", NEW))
    sign_in(client, NEW, first)
    second = _said(run("password", NEW))
    assert second != first
    assert client.get("/admin/").status_code == 303
    assert sign_in(client, NEW, first).status_code == 422
    assert sign_in(client, NEW, second).status_code == 302


def test_what_was_done_is_written_down(run: Run, session: Session) -> None:
    _said(run("create", NEW))
    _said(run("password", NEW))
    rows = session.scalars(select(AuditLog).order_by(AuditLog.id)).all()
    assert [row.action for row in rows] == ["admin_created", "password_renewed"]
    assert {row.details["by"] for row in rows} == {"command line"}


@pytest.mark.parametrize("bad", ["operator", "a b@example.org", "@example.org", "a@", ""])
def test_what_is_no_address_is_refused(run: Run, session: Session, bad: str) -> None:
    result = run("create", bad)
    assert result.exit_code == 2
    assert "is not an e-mail address" in result.output
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_password_for_nobody_is_a_plain_sentence(run: Run) -> None:
    result = run("password", "nobody@example.org")
    assert result.exit_code == 1
    assert result.output == "Error: nobody is called nobody@example.org\n"


class TestTheFirstAdmin:
    def test_is_made_once(self, app: Flask, client: FlaskClient) -> None:
        password = command.ensure_admin(app)
        assert password is not None
        assert sign_in(client, command.FIRST_ADMIN, password).status_code == 302
        assert command.ensure_admin(app) is None
        assert client.get("/admin/").status_code == 200

    def test_is_not_needed_where_there_is_another(self, run: Run, app: Flask, session: Session) -> None:
        _said(run("create", NEW))
        assert command.ensure_admin(app) is None
        assert session.scalar(select(func.count()).select_from(Account)) == 1

    def test_is_needed_where_there_are_only_fans(self, app: Flask, session: Session) -> None:
        make_account(session, FAN)
        assert command.ensure_admin(app) is not None


def test_the_operators_are_listed_and_one_can_stop_being_one(run: Run, client: FlaskClient) -> None:
    assert _said(run("list")) == ""
    password = _said(run("create", NEW))
    assert "not signed in" in _said(run("list"))
    sign_in(client, NEW, password)
    assert f"{NEW}  password only  last seen" in _said(run("list"))
    _said(run("revoke", NEW.upper()))
    assert client.get("/admin/").status_code == 403
    assert _said(run("list")) == ""
    refused = run("revoke", NEW)
    assert (refused.exit_code, "is no operator" in refused.output) == (1, True)
