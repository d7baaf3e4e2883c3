"""The same hostile site in a real browser: nothing of it runs, and nothing of it has to be stopped either."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Page
from sqlalchemy.orm import Session

from tests.api.conftest import Serve, serve
from tests.journeys.conftest import browser
from tests.journeys.visitors import Complaints, Visitors
from tests.web.accounts import ADMIN, PASSWORD, make_account
from tests.web.hostile_site import build
from tests.web.hostile_texts import BEGINNINGS, TAIL

__all__ = ["browser", "serve"]

MADE_BY_TEXT = "x-made, [x-made], [onerror], [onload], [onmouseover], script:not([src])"


@pytest.fixture
def visitors(browser: Browser, app: Flask, serve: Serve) -> Iterator[Visitors]:
    arriving = Visitors(browser, f"http://127.0.0.1:{serve(app).port}")
    yield arriving
    arriving.leave()


def watched(page: Page) -> Complaints:
    """A call of made() by a text would be an error of the page, if not a dialog."""
    complaints = Complaints(page)

    def close(dialog: Dialog) -> None:
        complaints.heard.append(f"{page.url}: a dialog")
        dialog.dismiss()

    page.on("dialog", close)
    return complaints


@pytest.mark.parametrize("beginning", ["script", "elsewhere"])
def test_nothing_of_it_runs_and_the_policy_has_nothing_to_refuse(
    visitors: Visitors, session: Session, beginning: str
) -> None:
    site = build(session, BEGINNINGS[beginning] + TAIL)
    make_account(session, ADMIN, "admin")
    page = visitors.desk()
    complaints = watched(page)
    page.goto("/login")
    page.get_by_label("E-mail").fill(ADMIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    for path in (
        "/", f"/artists/{site.artists[0]}", f"/shows/{site.open_show}", f"/shows/{site.shows[-1]}",
        "/search?q=low+tide", f"/venues/{site.venues[0]}", "/imports", "/admin/", "/admin/doubts",
        f"/admin/jobs/{site.jobs[1]}",
    ):  # fmt: skip
        assert page.goto(path).status == 200
        page.wait_for_load_state("networkidle")
        assert page.evaluate("typeof htmx") == "object"
        assert page.locator(MADE_BY_TEXT).count() == 0
    assert complaints.heard == []


def test_what_a_page_lets_run_would_be_heard(visitors: Visitors, session: Session) -> None:
    page = visitors.desk()
    complaints = watched(page)
    page.goto("/")
    page.evaluate(
        "document.body.innerHTML = '<img src=x onerror=made()><a href=javascript:made() id=a>x</a>'"
    )
    page.click("#a")
    page.wait_for_function("document.images[0].complete")
    assert any("Content Security Policy" in words for words in complaints.heard)
