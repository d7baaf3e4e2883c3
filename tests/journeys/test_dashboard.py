"""The operators' dashboard, from the sign-in to an import that it shows."""

import re

from playwright.sync_api import expect

from tests.journeys.operators import sign_in
from tests.journeys.steps import PLAYED
from tests.journeys.visitors import Visitors

LONGER_THAN_A_POLL = 6_000  # milliseconds


def test_an_operator_signs_in_and_sees_imports_queues_and_that_all_is_well(
    visitors: Visitors, act_url: str, operator: tuple[str, str]
) -> None:
    page = visitors.desk()
    sign_in(page, operator)
    expect(page.get_by_role("heading", name="Nothing is wrong")).to_be_visible()
    came_in = page.locator("#imports tr").filter(has_text=PLAYED).first
    expect(came_in).to_contain_text("done")
    expect(came_in).to_contain_text(re.compile(r"\d shows, \d+ songs"))
    expect(came_in.get_by_role("link", name=PLAYED)).to_have_attribute("href", re.compile(r"/artists/\d+$"))
    queue = page.locator("#queues tr").filter(has_text="artist_import")
    expect(queue.locator("[data-label='Done 24 h']")).to_have_text(re.compile(r"^[1-9]"))
    expect(queue.locator("[data-label='Dead']")).to_have_text("0")
    expect(page.locator("#workers tbody tr")).to_have_count(1)

    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/login"))


def test_a_hidden_tab_asks_for_nothing_until_somebody_looks(
    visitors: Visitors, operator: tuple[str, str]
) -> None:
    page = visitors.desk()
    sign_in(page, operator)
    page.goto("/admin/workers")
    with page.expect_response("**/admin/workers"):
        pass  # it polls
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, arg=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(LONGER_THAN_A_POLL)
    assert asked == []
    with page.expect_response("**/admin/workers"):
        page.evaluate(hide, arg=False)


def test_a_wrong_password_opens_nothing(visitors: Visitors, operator: tuple[str, str]) -> None:
    page = visitors.phone()
    page.goto("/login")
    page.get_by_label("E-mail").fill(operator[0])
    page.get_by_label("Password").fill("not the right password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/login"))
