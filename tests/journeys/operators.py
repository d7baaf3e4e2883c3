"""Operators sign in as people do."""

import re

from playwright.sync_api import Page, expect

EMAIL = "operator@example.org"


def sign_in(page: Page, operator: tuple[str, str]) -> None:
    """Asks for the dashboard, and comes there by way of the sign-in page."""
    email, password = operator
    page.goto("/admin/")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
