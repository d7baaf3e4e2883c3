from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from setlist.web.assets import asset, icon, icon_symbol, icon_use


@pytest.fixture
def static(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    (tmp_path / "vendor/icons").mkdir(parents=True)
    (tmp_path / "vendor/icons/star.svg").write_text(
        '<!-- ISC -->\n<svg\n width="24">\n  <path d="M1 1" />\n</svg>\n'
    )
    return tmp_path


def test_an_address_is_new_whenever_the_file_is(app: Flask, static: Path) -> None:
    with app.test_request_context():
        (static / "sheet.css").write_text("one")
        first = asset("sheet.css")
        (static / "sheet.css").write_text("other")
        assert first.startswith("/static/sheet.css?v=")
        assert asset("sheet.css") != first


def test_a_file_that_is_missing_still_has_an_address(app: Flask, static: Path) -> None:
    with app.test_request_context():
        assert asset("gone.css") == "/static/gone.css"
        assert "<path" not in icon("gone")


def test_an_icon_is_written_into_the_page_or_referred_to(app: Flask, static: Path) -> None:
    with app.test_request_context():
        assert '<path d="M1 1" />' in icon("star")
        assert 'aria-hidden="true"' in icon("star")
        assert 'id="icon-star"' in icon_symbol("star")
        assert '<use href="#icon-star"/>' in icon_use("star")


def test_what_is_named_by_its_content_is_kept_for_a_year(client: FlaskClient, static: Path) -> None:
    (static / "sheet.css").write_text("one")
    with client.get("/static/sheet.css?v=abc") as answer:
        named = answer.headers["Cache-Control"]
    assert "max-age=31536000" in named
    assert "immutable" in named
    with client.get("/static/sheet.css") as answer:
        plain = answer.headers["Cache-Control"]
    assert "max-age=3600" in plain
    assert "immutable" not in plain
