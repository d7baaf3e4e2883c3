"""An operator settles doubts that an import left: one act is the artist, another one is not."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.operators import sign_in
from tests.journeys.product import Product
from tests.journeys.steps import bring_in, reload_until
from tests.journeys.visitors import Complaints, Visitors

UNPROVEN = (
    "Tamsin Merriweather",
    "最后的晚风",
)  # at Ticketmaster under their names, with nothing that proves them


def test_a_confirmed_act_brings_its_shows_and_a_rejected_one_stays_away(
    visitors: Visitors, product: Product, operator: tuple[str, str]
) -> None:
    confirmed, rejected = (bring_in(product.url, name) for name in UNPROVEN)
    page = visitors.phone()
    complaints = Complaints(page)
    sign_in(page, operator)
    page.get_by_role("link", name=re.compile(r"^\d+ match")).click()

    _answer(page, confirmed, "Confirm")
    expect(page.get_by_role("status").filter(has_text="It is the same.")).to_be_visible()
    _answer(page, rejected, "Not the same")
    expect(page.get_by_role("status").filter(has_text="It is not the same.")).to_be_visible()

    page.get_by_role("link", name="decided ones").click()
    expect(page.locator(".doubt").filter(has_text=UNPROVEN[1])).to_contain_text("not the same")
    expect(page.locator("body")).to_contain_text(operator[0])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints.heard == []

    page.goto(confirmed)
    reload_until(page, page.locator("#shows .listing").first)
    page.goto(rejected)
    expect(page.locator("#shows .listing")).to_have_count(0)


def _answer(page: Page, address: str, button: str) -> None:
    path = re.sub(r"^.*(?=/artists/)", "", address)
    doubt = page.locator(".doubt").filter(has=page.locator(f"a[href$='{path}']")).first
    doubt.get_by_role("button", name=button).click()
