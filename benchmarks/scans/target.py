"""What is scanned: the product over one of everything that it shows, and an operator's cookie."""

import re
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.processes import product
from benchmarks.votes import serving
from setlist.extensions import db
from setlist.sandbox.options import SandboxOptions
from tests.web.accounts import ADMIN, FORM_TOKEN, PASSWORD, make_account
from tests.web.hostile_site import Site, build

BROKEN = re.compile(r"^5\d\d ")


@dataclass(frozen=True, kw_only=True)
class Target:
    url: str
    cookie: str
    site: Site
    folder: Path

    def answers(self) -> list[str]:
        """A line each: status, method, path."""
        return (self.folder / "answers").read_text().splitlines()


class Watch:
    """What the product answered since this was made."""

    def __init__(self, target: Target) -> None:
        self._target, self._before = target, len(target.answers())

    @property
    def statuses(self) -> Counter[str]:
        return Counter(line[:3] for line in self._lines())

    def broken(self) -> list[str]:
        return sorted({line for line in self._lines() if BROKEN.match(line)})

    def _lines(self) -> list[str]:
        return self._target.answers()[self._before :]


@contextmanager
def running_target() -> Iterator[Target]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "answers").touch()
        options, key = SandboxOptions(artists=20, latency_ms=0), secrets.token_urlsafe(32)
        with product(folder, options, secret_key=key) as (app, _sandbox, environment):
            with app.app_context():
                site = build(db.session(), "Paper Lanterns")
                make_account(db.session(), ADMIN, "admin")
            environment |= {"SCAN_ANSWERS": str(folder / "answers"), "PAGE_CACHE_SECONDS": "0"}
            with serving("benchmarks.scans.observed:app", environment) as port:
                url = f"http://127.0.0.1:{port}"
                yield Target(url=url, cookie=_sign_in(url), site=site, folder=folder)


def _sign_in(url: str) -> str:
    with requests.Session() as browser:
        token = FORM_TOKEN.search(browser.get(f"{url}/login", timeout=30).text)
        form = {"email": ADMIN, "password": PASSWORD, "csrf_token": token[1] if token else ""}
        browser.post(f"{url}/login", data=form, timeout=30)
        if browser.get(f"{url}/admin/", timeout=30, allow_redirects=False).status_code != requests.codes.ok:
            raise SystemExit("the operator could not sign in, so no scanner would see the pages of operators")
        return f"session={browser.cookies['session']}"
