"""A picture's host may be gone: its poster stands in."""

import re

from playwright.sync_api import Route, expect

from tests.journeys.visitors import Visitors

GONE = "http://127.0.0.1:1/gone.jpg"


def test_where_a_picture_cannot_be_loaded_its_poster_is_shown(visitors: Visitors, act_url: str) -> None:
    page = visitors.desk()

    def without_its_host(route: Route) -> None:
        answer = route.fetch()
        gone = re.sub(r'src="[^"]*"(\s+data-fallback)', rf'src="{GONE}"\1', answer.text())
        assert GONE in gone
        route.fulfill(response=answer, body=gone)

    page.route(act_url, without_its_host)
    page.goto(act_url)
    picture = page.locator("img.picture").first
    expect(picture).to_have_attribute("src", re.compile(r"^/pictures/artists/"))
    page.wait_for_function("document.querySelector('img.picture').naturalWidth > 0")
