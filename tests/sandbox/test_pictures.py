"""The drawn pictures."""

from xml.etree import ElementTree

import pytest

from tests.sandbox.caller import Caller


@pytest.mark.parametrize("kind", ["artist", "album", "venue"])
def test_each_kind_is_drawn_as_svg_that_browsers_may_keep(caller: Caller, kind: str) -> None:
    answer = caller.plain(f"pictures/{kind}/some-id.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert "immutable" in answer.headers["Cache-Control"]
    assert ElementTree.fromstring(answer.content).tag.endswith("svg")  # noqa: S314 -- our own drawing
    assert "script" not in answer.text


def test_the_same_id_gives_the_same_picture_and_another_a_different_one(caller: Caller) -> None:
    one, again, other = (
        caller.plain(f"pictures/artist/{identity}.svg").content for identity in ("a", "a", "b")
    )
    assert one == again != other


@pytest.mark.parametrize(
    "path", ["pictures/shoes/a.svg", "pictures/artist/a.png", "pictures/artist/..%2Fa.svg"]
)
def test_anything_else_is_not_found(caller: Caller, path: str) -> None:
    assert caller.plain(path).status_code == 404


def test_the_pictures_that_answers_point_to_are_there(caller: Caller) -> None:
    attraction = caller.ticketmaster(f"attractions/{caller.attraction_id()}.json").json()
    artist = caller.spotify(f"artists/{caller.spotify_id()}").json()
    for image in (attraction["images"][0], artist["images"][0]):
        assert image["url"].startswith(caller.running.url)
        path = image["url"].removeprefix(f"{caller.running.url}/")
        assert caller.plain(path).status_code == 200
