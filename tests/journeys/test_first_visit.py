"""From nothing to a wish, on a phone."""

import re

from playwright.sync_api import Page, expect

from setlist.sandbox.catalogue.names import BENCHMARK_NAME
from tests.journeys.steps import (
    IMPORT_MILLISECONDS,
    candidate,
    expect_left,
    expect_not_wished,
    expect_wished,
    open_show,
    press_import,
    search_from_home,
    star,
    unwished,
)
from tests.journeys.visitors import Visitors


def test_a_fan_finds_an_act_watches_it_come_in_and_wishes_for_a_song(visitors: Visitors) -> None:
    page = visitors.phone()
    search_from_home(page, BENCHMARK_NAME)
    _choose_among_namesakes(page)
    _watch_it_come_in(page)

    open_show(page)
    row = unwished(page, 2)
    expect_left(page, "5 of 5 wishes left")
    expect_not_wished(row, tally=0)
    star(row).click()
    expect_wished(row, tally=1)
    expect_left(page, "4 of 5 wishes left")

    page.reload()
    expect_wished(row, tally=1)
    expect_left(page, "4 of 5 wishes left")

    star(row).click()
    expect_not_wished(row, tally=0)
    expect_left(page, "5 of 5 wishes left")
    page.reload()
    expect_left(page, "5 of 5 wishes left")
    expect_not_wished(row, tally=0)


def _choose_among_namesakes(page: Page) -> None:
    right, other = candidate(page, "known for long shows"), candidate(page, "Scottish folk duo")
    for who in (right, other):
        expect(who).to_contain_text(BENCHMARK_NAME)
    # The other one may be here already, as a guest of an act that another journey brought in.
    offered = other.get_by_role("button", name="Import").or_(other.get_by_role("link", name="Open"))
    expect(offered).to_be_visible()
    press_import(page, right)


def _watch_it_come_in(page: Page) -> None:
    expect(page.get_by_role("heading", name=BENCHMARK_NAME, exact=True)).to_be_visible()
    expect(page.locator("#import_progress").get_by_role("progressbar")).to_be_visible()
    expect(page.locator("main:has(#import_bar) #shows .listing").first).to_be_visible()
    title = page.locator("#import_title")
    expect(title).to_have_text(f"{BENCHMARK_NAME} is all here", timeout=IMPORT_MILLISECONDS)
    for words in ("found them", "shows", "songs", "past setlists", "ready"):
        expect(page.locator(".step-done").filter(has_text=words)).to_be_visible()
    expect(page.locator("#import_progress")).not_to_have_attribute("hx-get", re.compile("."))
    expect(page.locator("#songs .ranked li").first).to_be_visible()
    expect(page.locator("#past .listing").first).to_be_visible()
