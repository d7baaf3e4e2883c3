"""What people do with accounts: forms with their tokens, the links of their mails, codes of their apps."""

import re
import time
from typing import Any

from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from setlist.models import Mail
from tests.web.accounts import FORM_TOKEN, PASSWORD

LINK = re.compile(r"https?://\S+")
KEY = re.compile(r'<code class="long-code">([A-Z2-7-]+)</code>')
RECOVERY_CODE = re.compile(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>")
SETUP_ACTION = re.compile(r'action="(/account/second-factor/[^"]+)"')


def send(client: FlaskClient, path: str, *, to: str | None = None, **form: str) -> TestResponse:
    """The form of the page `path`, with its token, to where it leads."""
    page = client.get(path)
    token = FORM_TOKEN.search(page.text)
    assert token, page.text
    return client.post(to or path, data={"csrf_token": token[1], **form})


def rows_of(session: Session, table: type) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(table)) or 0


def code_of(key: str, *, seconds: int = 0) -> str:
    """What the app shows now, or some seconds from now."""
    return str(TOTP(key=key).generate(time=time.time() + seconds).token)


def sign_up(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    return send(client, "/register", email=email, password=password)


def mails_to(session: Session, recipient: str) -> list[Mail]:
    session.expire_all()
    return list(session.scalars(select(Mail).where(Mail.recipient == recipient).order_by(Mail.id)))


def link_of(mail: Mail, part: str) -> str:
    """The path of the link in the mail that has this part."""
    links = [found for found in LINK.findall(mail.body) if part in found]
    assert len(links) == 1, mail.body
    assert links[0].startswith("http://"), links
    return "/" + links[0].split("/", 3)[3]


def set_up_second_factor(client: FlaskClient, code_of: Any) -> str:
    """The key that the app on the telephone has from then on."""
    path = "/account/second-factor"
    page = send(client, path, setup="authenticator")
    assert page.status_code == 200, page.text
    key, action, token = KEY.search(page.text), SETUP_ACTION.search(page.text), FORM_TOKEN.search(page.text)
    assert key
    assert action
    assert token
    answer = client.post(action[1], data={"csrf_token": token[1], "code": code_of(key[1])})
    assert answer.status_code == 302, answer.text
    return key[1]
