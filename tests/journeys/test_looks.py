"""Every page, on a desk and on small phones, by day and in the dark."""

from collections.abc import Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has no types
from playwright.sync_api import Browser, Page, StorageState, expect

from setlist.sandbox.catalogue.names import BENCHMARK_NAME
from tests.journeys.operators import sign_in
from tests.journeys.product import Product
from tests.journeys.steps import candidate, number_of_mail, open_show, search_from_home
from tests.journeys.visitors import Complaints, Visitors

NAMES = (
    "home", "search", "imports", "artist", "venue", "coming show", "past show", "nowhere", "sign in",
    "dashboard", "queues", "a queue", "jobs", "workers", "figures of imports", "outbox", "a mail",
    "sign up", "account", "second factor", "leaving",
)  # fmt: skip
OPERATORS = {
    "dashboard": "/admin/",
    "queues": "/admin/queues",
    "a queue": "/admin/queues/artist_import",
    "jobs": "/admin/jobs",
    "workers": "/admin/workers",
    "figures of imports": "/admin/imports",
    "outbox": "/admin/outbox",
    "a mail": "/admin/outbox/{mail}",
    "account": "/account",
    "second factor": "/account/second-factor",
    "leaving": "/account/delete",
}
STRANGERS = {
    "sign in": "/login",
    "sign up": "/register",
}
WIDTHS = (1280, 320, 390)
EXPECTED = {"nowhere": ("404",)}
TOO_BAD = {"serious", "critical"}
SIDEWAYS = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest.fixture(scope="package")
def addresses(browser: Browser, product: Product, act_url: str) -> Mapping[str, str]:
    """Of a page of each kind, found by walking there."""
    visitors = Visitors(browser, product.url)
    page = visitors.desk()
    search_from_home(page, BENCHMARK_NAME)
    expect(candidate(page, BENCHMARK_NAME).first).to_be_visible()
    found = {"home": "/", "search": page.url, "imports": "/imports", "artist": act_url, "nowhere": "/nowhere"}
    page.goto(act_url)
    open_show(page)
    found["coming show"] = page.url
    page.locator(".hero-where").get_by_role("link").click()
    page.wait_for_url("**/venues/*")
    found["venue"] = page.url
    page.goto(act_url)
    page.locator("#past .listing-link").first.click()
    page.wait_for_url("**/shows/*")
    found["past show"] = page.url
    visitors.leave()
    address = f"{'a' * 60}@{'long-' * 12}.example.org"
    product.run("mail", "test", address)
    mail = number_of_mail(product, "a" * 30)  # lists cut it short
    return {**found, **STRANGERS, **OPERATORS, "a mail": OPERATORS["a mail"].format(mail=mail)}


@pytest.fixture(scope="module")
def signed_in(browser: Browser, product: Product, operator: tuple[str, str]) -> StorageState:
    """An operator's cookies: to sign in for each page would be too often for the limit on guessing."""
    visitors = Visitors(browser, product.url)
    page = visitors.desk()
    sign_in(page, operator)
    state = page.context.storage_state()
    visitors.leave()
    return state


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_is_accessible_and_gives_the_browser_nothing_to_complain_about(
    name: str, addresses: Mapping[str, str], visitors: Visitors, signed_in: StorageState
) -> None:
    cookies = signed_in if name in OPERATORS else None
    page = visitors.desk(reduced_motion="reduce", color_scheme="light", storage_state=cookies)
    complaints = Complaints(page)
    page.goto(addresses[name], wait_until="networkidle")
    assert _violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(SIDEWAYS) == 0, f"{name} scrolls sideways at {width} px"
    page.emulate_media(color_scheme="dark")
    assert _violations(page) == []
    assert complaints.about_anything_but(*EXPECTED.get(name, ())) == []


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['target'] for node in one['nodes']][:5]}"
        for one in found
        if one["impact"] in TOO_BAD
    ]
