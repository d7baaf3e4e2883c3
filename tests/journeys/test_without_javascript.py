"""The same path with plain forms, links and reloads."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.steps import (
    candidate,
    expect_left,
    expect_not_wished,
    expect_wished,
    open_show,
    press_import,
    reload_until,
    search_from_home,
    star,
    unwished,
)
from tests.journeys.visitors import Visitors

NAME = "Naranja de Papel"


def test_everything_from_the_search_to_a_wish_works_without_javascript(visitors: Visitors) -> None:
    page = visitors.phone(java_script_enabled=False)
    search_from_home(page, NAME)
    page.get_by_role("button", name="Look further").click()
    reload_until(page, candidate(page, NAME))
    press_import(page, candidate(page, NAME))
    reload_until(page, page.get_by_text("Brought in on"))

    open_show(page)
    page.wait_for_url("**/shows/*fan=1")
    expect_left(page, "5 of 5 wishes left")
    row = unwished(page, 1)
    _press(page, row)
    expect_wished(row, tally=1)
    page.reload()
    expect_wished(row, tally=1)
    expect_left(page, "4 of 5 wishes left")

    _press(page, row)
    expect_not_wished(row, tally=0)
    expect_left(page, "5 of 5 wishes left")


def test_a_refusal_is_read_at_its_row_without_javascript(visitors: Visitors, act_url: str) -> None:
    page = visitors.desk(java_script_enabled=False)
    page.goto(act_url)
    open_show(page)
    expect_left(page, "5 of 5 wishes left")
    for _ in range(5):
        _press(page, unwished(page))
    refused = unwished(page)
    star(refused).click()
    expect(refused.get_by_role("alert")).to_have_text(re.compile("All your wishes here are given"))
    expect_left(page, "All 5 wishes given")


def _press(page: Page, row: Locator) -> None:
    """A form, answered by 303 back to the row."""
    with page.expect_response(re.compile("/wish$")) as answered:
        star(row).click()
    assert answered.value.status == 303
    page.wait_for_url(f"**/shows/*fan=1#{row.get_attribute('id')}")
