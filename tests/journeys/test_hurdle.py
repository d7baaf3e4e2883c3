"""While a show is strict a guest's browser does its sum and the wish lands by itself."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has no types
from playwright.sync_api import Browser, Page, expect

from setlist.embedded.processes import wait_until
from tests.journeys.product import START_SECONDS, Product, _free_port
from tests.journeys.steps import expect_left, expect_wished, open_show, star, unwished
from tests.journeys.visitors import Complaints, Visitors


@pytest.fixture(scope="module")
def strict(product: Product) -> Iterator[Product]:
    """Another web server over the same rows, on which guests are always asked."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    changed = {"PORT": str(port), "EXTERNAL_URL": url, "VOTE_RATE_FLOOR": "0", "PROOF_BITS": "12"}
    settings = product.settings.model_copy(update={"port": port, "external_url": url})
    made = replace(
        product, url=url, settings=settings, environment={**product.environment, **changed}, programs=[]
    )
    logs = product.logs / "strict"
    logs.mkdir()
    made = replace(made, logs=logs)
    made.start("web")
    assert wait_until(made._is_well, START_SECONDS), made.last_words()
    yield made
    made.programs[0].end()


@pytest.fixture
def guests(browser: Browser, strict: Product) -> Iterator[Visitors]:
    arriving = Visitors(browser, strict.url)
    yield arriving
    arriving.leave()


def test_the_browser_solves_it_and_the_wish_lands(guests: Visitors, act_url: str) -> None:
    page = guests.phone()
    complaints = Complaints(page)
    page.goto(re.sub(r"^https?://[^/]+", "", act_url))
    open_show(page)
    expect_left(page, "5 of 5 wishes left")
    first, second = unwished(page, 0), unwished(page, 1)
    with page.expect_response(re.compile(r"/proof$")) as solved:
        star(first).click()
    assert solved.value.status == 200
    expect_wished(first, tally=1)
    star(second).click()  # with the pass nobody is asked again
    expect_wished(second, tally=1)
    expect_left(page, "3 of 5 wishes left")
    assert complaints.about_anything_but("403") == []


def test_the_hurdle_can_be_read_by_all(guests: Visitors, act_url: str) -> None:
    page = guests.phone(viewport={"width": 320, "height": 700}, color_scheme="dark")
    page.route(re.compile(r"/proof$"), lambda route: route.abort())  # its sum is never taken
    page.goto(re.sub(r"^https?://[^/]+", "", act_url))
    open_show(page)
    star(unwished(page)).click()
    ways = page.locator(".hurdle").get_by_role("link", name="Other ways")
    expect(page.locator(".hurdle")).to_contain_text("That did not work here.")
    _expect_accessible(page)
    page.unroute_all()
    ways.click()
    expect(page.get_by_role("heading", name="One step before your wish")).to_be_visible()
    _expect_accessible(page)


def _expect_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_javascript_the_other_ways_are_offered(guests: Visitors, act_url: str) -> None:
    page = guests.phone(java_script_enabled=False)
    page.goto(re.sub(r"^https?://[^/]+", "", act_url))
    open_show(page)
    star(unwished(page)).click()
    expect(page.get_by_role("heading", name="One step before your wish")).to_be_visible()
    page.get_by_label("E-mail").fill("fan@example.org")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_text("Mail is not set up here")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
