"""A fan's account in a browser: from a guest's wish to leaving."""

import re
import time

from passlib.totp import TOTP
from playwright.sync_api import Page, expect

from tests.journeys.product import Product
from tests.journeys.steps import expect_left, expect_wished, number_of_mail, star, unwished
from tests.journeys.visitors import Visitors

FAN = "fan-on-the-way@example.org"
PASSWORD = "four lanterns in the harbour"
LINK = re.compile(r"http://\S+/confirm/\S+")


def test_a_guest_becomes_a_fan_with_an_account_and_leaves(
    show: Page, visitors: Visitors, product: Product
) -> None:
    row = unwished(show)
    star(row).click()
    expect_wished(row, tally=1)
    sign_up(show)
    show.goto(confirmation(product))
    expect(show.get_by_text("Your address is confirmed")).to_be_visible()
    sign_in(show)
    expect(show).not_to_have_url(re.compile("/login"))

    show.get_by_role("link", name="Account").first.click()
    expect(show.get_by_text(FAN)).to_be_visible()
    show.locator("#wishes ~ .listings .listing-link").first.click()
    expect_left(show, "14 of 15 wishes left")
    expect_wished(show.locator(f"#{row.get_attribute('id')}"), tally=1)

    secret = second_factor(show)
    desk = visitors.desk()
    sign_in_with_code(desk, secret)
    desk.get_by_role("listitem").filter(has_text="last seen").get_by_role("button", name="Sign out").click()
    expect(desk.get_by_text("That browser is signed out.")).to_be_visible()
    show.goto("/account")
    expect(show).to_have_url(re.compile("/login"))

    leave(desk)
    expect(desk.get_by_text("Your account is deleted.")).to_be_visible()


def sign_up(page: Page) -> None:
    page.goto("/account")
    page.get_by_role("link", name="I have no account yet").click()
    page.get_by_label("E-mail").fill(FAN)
    page.get_by_label("Password").fill("password1234")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("alert")).to_contain_text("easily guessed")
    expect(page.get_by_label("E-mail")).to_have_value(FAN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill(FAN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_in_with_code(page: Page, secret: str) -> None:
    """With the next one: that of now was used to set it up."""
    page.goto("/account")
    sign_in(page)
    page.get_by_label("Code of six digits").fill(TOTP(key=secret).generate(time=time.time() + 30).token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account")


def confirmation(product: Product) -> str:
    """The link, out of the local outbox."""
    text = product.run("mail", "show", number_of_mail(product, FAN)).replace("\n", " ")
    found = LINK.search(text)
    assert found, text
    return found[0]


def second_factor(page: Page) -> str:
    page.goto("/account")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_alt_text("The key below as a picture for your app")).to_be_visible()
    secret = page.locator(".long-code").inner_text()
    page.get_by_label("Code of six digits").fill(TOTP(key=secret).generate().token)
    page.get_by_role("button", name="Use it from now on").click()
    expect(page.get_by_text("Your second factor is set.")).to_be_visible()
    return secret


def leave(page: Page) -> None:
    page.get_by_role("link", name="Delete it …").click()
    page.get_by_label("Yes, delete my account").check()
    page.get_by_role("button", name="Delete it").click()
