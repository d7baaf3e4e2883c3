"""A browser and the running product, for all journeys together."""

import shutil
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.operators import EMAIL
from tests.journeys.product import Product, running_product
from tests.journeys.steps import PLAYED, bring_in, expect_left, open_show
from tests.journeys.visitors import MILLISECONDS, Visitors

BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
# No sandbox, since tests may run as root; and nothing that asks the network of itself.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.when != "teardown":
        product, visitors = item.funcargs.get("product"), item.funcargs.get("visitors")
        if isinstance(visitors, Visitors):
            report.sections += visitors.seen()
        if isinstance(product, Product):
            report.sections += product.last_words()
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium is installed: apt install chromium")
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def product(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Asks for the browser first: without one there is no use in starting the rest."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture
def visitors(browser: Browser, product: Product) -> Iterator[Visitors]:
    arriving = Visitors(browser, product.url)
    yield arriving
    arriving.leave()


@pytest.fixture(scope="package")
def act_url(product: Product) -> str:
    """The page of an act that is here already."""
    return bring_in(product.url, PLAYED)


@pytest.fixture(scope="package")
def operator(product: Product) -> tuple[str, str]:
    """The address and the password of somebody who may see /admin."""
    return EMAIL, product.run("admin", "create", EMAIL)


@pytest.fixture
def show(visitors: Visitors, act_url: str) -> Page:
    """The page of a coming show, as somebody new sees it on a phone."""
    page = visitors.phone()
    page.goto(act_url)
    open_show(page)
    expect_left(page, "5 of 5 wishes left")
    return page
