"""Redis is transport: without it pages and wishes go on, and imports wait."""

from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Page, expect

from setlist.embedded.processes import wait_until
from tests.journeys.product import STOP_SECONDS, Product
from tests.journeys.steps import (
    IMPORT_MILLISECONDS,
    PLAYED,
    expect_left,
    expect_wished,
    open_show,
    star,
    unwished,
)
from tests.journeys.visitors import Visitors


@pytest.fixture
def no_redis(product: Product, act_url: str) -> Iterator[None]:
    with redis.Redis.from_url(product.redis.url) as client:
        client.shutdown(nosave=True)
    assert wait_until(lambda: not product.redis.alive, STOP_SECONDS)
    yield
    if not product.redis.alive:
        product.redis.start()
    product.wait_until_well()


@pytest.mark.usefixtures("no_redis")
def test_without_redis_pages_and_wishes_work_and_what_was_asked_for_is_done_once_it_is_back(
    visitors: Visitors, act_url: str, product: Product
) -> None:
    page = visitors.phone()
    page.goto("/")
    expect(page.get_by_role("heading", name="What should they play?")).to_be_visible()
    _wish(page, act_url)
    page.goto(act_url)
    page.get_by_role("button", name="Look for news").click()
    expect(page.locator("#import_title")).to_have_text(f"{PLAYED} is next in line")

    product.redis.start()
    done = page.locator("#import_title")
    expect(done).to_have_text(f"{PLAYED} is all here", timeout=IMPORT_MILLISECONDS)


def _wish(page: Page, act_url: str) -> None:
    page.goto(act_url)
    open_show(page)
    row = unwished(page)
    star(row).click()
    expect_wished(row, tally=1)
    page.reload()
    expect_wished(row, tally=1)
    expect_left(page, "4 of 5 wishes left")
