"""What an answer is: a whole page, or the piece that htmx asked for."""

from werkzeug.test import TestResponse


def as_htmx(target: str = "") -> dict[str, str]:
    return {"HX-Request": "true"} | ({"HX-Target": target} if target else {})


def assert_page(response: TestResponse) -> str:
    assert response.status_code == 200, response.text
    assert "<html" in response.text
    assert response.text.count("<h1") == 1
    return response.text


def assert_fragment(response: TestResponse, block: str) -> str:
    assert response.status_code == 200, response.text
    assert "<html" not in response.text
    assert f'id="{block}"' in response.text
    return response.text
