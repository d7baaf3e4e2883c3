"""A fan's account from signing up to signing in with a code, each answer looked at on the way."""

from sqlalchemy.orm import Session

from tests.web.accounts import FAN, PASSWORD, make_account, sign_in
from tests.web.crawl import Crawl
from tests.web.members import code_of, link_of, mails_to, send, set_up_second_factor, sign_up

FORGETFUL = "forgetful@example.org"
OTHER_PASSWORD = "another long and boring one"


def live_with_account(crawl: Crawl, session: Session) -> None:
    client = crawl.client
    _come_in(crawl, session)
    crawl.look_at(send(client, "/account/password", password=PASSWORD, new_password=OTHER_PASSWORD))
    crawl.look_at(send(client, "/account/second-factor", setup="authenticator"))
    key = set_up_second_factor(client, code_of)
    crawl.look_at(send(client, "/account/recovery-codes", generate_new_codes="yes"))
    for path in ("/account", "/account/delete", "/account/verify", "/account/data"):
        crawl.look_at(client.get(path))
    crawl.look_at(client.post("/logout"))
    crawl.look_at(sign_in(client, FAN, OTHER_PASSWORD))
    for path in ("/login/code", "/login/recovery-code"):
        crawl.look_at(send(client, path, code=crawl.hostile[:200]))
    crawl.look_at(send(client, "/login/code", code=code_of(key, seconds=30)))


def _come_in(crawl: Crawl, session: Session) -> None:
    """After asking for each kind of mail."""
    client = crawl.client
    crawl.look_at(send(client, "/register", email=crawl.hostile, password=crawl.hostile[:200]))
    for _ in ("new", "known by now"):
        crawl.look_at(sign_up(client, FAN))
    crawl.look_at(send(client, "/confirm", email=FAN))
    make_account(session, FORGETFUL)
    crawl.look_at(send(client, "/reset", email=FORGETFUL))
    link = link_of(mails_to(session, FORGETFUL)[0], "/reset/")
    crawl.look_at(client.get(link))
    crawl.look_at(send(client, link, password=OTHER_PASSWORD))
    crawl.look_at(client.get(link_of(mails_to(session, FAN)[0], "/confirm/"), follow_redirects=True))
    crawl.look_at(sign_in(client, FAN))
