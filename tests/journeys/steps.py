"""What visitors do, on pages with and without JavaScript."""

import re
import time
from collections.abc import Callable

import requests
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

from tests.journeys.product import Product

IMPORT_MILLISECONDS = 90_000
ONCE_MILLISECONDS = 1_000
SECONDS = 30.0  # for an answer without a browser
PLAYED = "Яблуневий Двір"  # a small act, with coming shows, songs and past setlists


def search_from_home(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("searchbox", name="Artist").fill(name)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Search")).to_be_visible()


def candidate(page: Page, words: str) -> Locator:
    return page.locator(".candidate").filter(has_text=words)


def press_import(page: Page, who: Locator) -> None:
    who.get_by_role("button", name=re.compile("^Import")).click()
    page.wait_for_url("**/artists/*")


def open_show(page: Page) -> None:
    """A coming show. Not the first, which might begin while the test runs, and no cancelled one."""
    page.locator("#shows .listing:not(:has(.badge))").nth(1).get_by_role("link").click()
    page.wait_for_url("**/shows/*")


def unwished(page: Page, place: int = 0) -> Locator:
    """The row of a song that nobody wished for yet; it stays that row whatever happens to its tally."""
    return page.locator(f"#{page.locator('.song:has(.tally-none)').nth(place).get_attribute('id')}")


def star(row: Locator) -> Locator:
    return row.get_by_role("button", name=re.compile("^Wish for"))


def expect_wished(row: Locator, *, tally: int) -> None:
    expect(star(row)).to_have_attribute("aria-pressed", "true")
    expect(row.locator(".tally")).to_contain_text(re.compile(rf"^{tally}\b"))


def expect_not_wished(row: Locator, *, tally: int) -> None:
    expect(star(row)).to_have_attribute("aria-pressed", "false")
    expect(row.locator(".tally")).to_contain_text(re.compile(rf"^{tally}\b"))


def expect_left(page: Page, words: str) -> None:
    expect(page.locator("#wishes .wishes-words")).to_have_text(words)


def reload_until(page: Page, shown: Locator, *, within: int = IMPORT_MILLISECONDS) -> None:
    """As somebody without JavaScript does."""
    deadline = time.monotonic() + within / 1000
    while not _is_there(shown):
        assert time.monotonic() < deadline, f"{shown} did not come"
        page.reload()


def bring_in(url: str, name: str) -> str:
    """An act through the plain forms, to the end of its import; the address of its page."""
    visitor = requests.Session()
    found = f"{url}/search/candidates"
    visitor.post(f"{url}/search/lookups", data={"q": name}, timeout=SECONDS)
    html = _wait_for(lambda: visitor.get(found, params={"q": name}, timeout=SECONDS).text, "card candidate")
    first = re.search(r'name="mbid" value="(?P<mbid>[^"]+)"|href="(?P<known>/artists/\d+)"', html)
    assert first is not None
    if first["known"]:  # somebody here plays a song of theirs
        page = f"{url}{first['known']}"
        visitor.post(f"{page}/import", timeout=SECONDS).raise_for_status()
    else:
        page = visitor.post(f"{url}/artists", data={"q": name, "mbid": first["mbid"]}, timeout=SECONDS).url
    _wait_for(lambda: visitor.get(page, timeout=SECONDS).text, "Brought in on")
    return page


def _wait_for(read: Callable[[], str], words: str) -> str:
    deadline = time.monotonic() + IMPORT_MILLISECONDS / 1000
    while words not in (html := read()):
        assert time.monotonic() < deadline, html
    return html


def _is_there(shown: Locator) -> bool:
    try:
        shown.first.wait_for(timeout=ONCE_MILLISECONDS)
    except Late:
        return False
    return True


def number_of_mail(product: Product, address: str) -> str:
    """Of the latest to that address, as the outbox lists it."""
    listed = product.run("mail", "list")
    return next(line.split()[0] for line in listed.splitlines() if address in line)
