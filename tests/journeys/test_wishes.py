"""Wishes in a browser: once each, a few at a show, and whose they are."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import expect_left, expect_not_wished, expect_wished, star, unwished
from tests.journeys.visitors import Visitors

TOO_MANY = "All your wishes here are given. Take one back to wish for this."


def test_a_double_click_is_one_wish_and_stays_one(show: Page) -> None:
    row = unwished(show)
    star(row).dblclick()
    expect_wished(row, tally=1)
    show.wait_for_load_state("networkidle")
    show.reload()
    expect_wished(row, tally=1)
    expect_left(show, "4 of 5 wishes left")


def test_a_double_click_as_slow_as_a_hand_does_not_take_the_wish_back(show: Page) -> None:
    row = unwished(show)
    star(row).click()
    expect_wished(row, tally=1)  # the answer is there: the second click meets the new star
    show.mouse.down(click_count=2)
    show.mouse.up(click_count=2)
    show.wait_for_load_state("networkidle")
    expect_wished(row, tally=1)


def test_one_wish_too_many_is_refused_at_its_row(show: Page) -> None:
    first, *others, refused = [unwished(show, place) for place in range(6)]
    for row in (first, *others):
        star(row).click()
        expect_wished(row, tally=1)
    expect_left(show, "All 5 wishes given")

    star(refused).click()
    expect(refused.get_by_role("alert")).to_have_text(TOO_MANY)
    expect_not_wished(refused, tally=0)

    star(first).click()
    expect_left(show, "1 of 5 wishes left")
    star(refused).click()
    expect_wished(refused, tally=1)
    expect(refused.get_by_text(TOO_MANY)).to_have_count(0)


def test_others_see_the_tally_and_not_whose_wish_it_is(show: Page, visitors: Visitors) -> None:
    row = unwished(show)
    star(row).click()
    expect_wished(row, tally=1)

    other = visitors.desk()
    other.goto(show.url)
    expect_left(other, "5 of 5 wishes left")
    same = other.locator(f"#{row.get_attribute('id')}")
    expect_not_wished(same, tally=1)
    star(same).click()
    expect_wished(same, tally=2)


def test_a_wish_that_does_not_get_through_says_so_at_its_row(show: Page) -> None:
    row = unwished(show)
    show.context.set_offline(True)
    star(row).click()
    expect(row.get_by_role("alert")).to_have_text(re.compile("did not reach us"))
    expect_not_wished(row, tally=0)

    show.context.set_offline(False)
    star(row).click()
    expect_wished(row, tally=1)
    expect(row.get_by_text("did not reach us")).to_have_count(0)
