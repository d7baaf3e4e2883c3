import pytest

from setlist.providers.links import MOST_LINKS, own_pages


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.willienelson.com/", "willienelson.com"),
        ("https://WillieNelson.com", "willienelson.com"),
        ("https://www.facebook.com/WillieNelson?ref=ts", "facebook.com/willienelson"),
        ("https://m.facebook.com/WillieNelson/", "facebook.com/willienelson"),
        ("https://x.com/pink", "twitter.com/pink"),
        ("https://en.wikipedia.org/wiki/Pink_(singer)", "en.wikipedia.org/wiki/pink_(singer)"),
    ],
)
def test_a_page_is_written_in_one_way(url: str, expected: str) -> None:
    assert own_pages([url]) == (expected,)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.facebook.com/",  # everybody's
        "http://www.last.fm/music/Nirvana",  # all who are called so
        "javascript:alert(1)",
        "https://user@evil.example/",
        "not a url",
        None,
        7,
    ],
)
def test_what_is_nobodys_own_page_is_left_out(url: object) -> None:
    assert own_pages([url]) == ()


def test_they_are_bounded_and_each_is_there_once() -> None:
    assert len(own_pages([f"https://a{n % 100}.example/" for n in range(500)])) == MOST_LINKS
