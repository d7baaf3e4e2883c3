import pytest

from config import Settings, Sources
from setlist.web.addresses import picture_hosts, pictures_of, web_address

HOSTS = ("https://i.scdn.co", "https://*.archive.org", "http://images.example:8080")


@pytest.mark.parametrize(
    ("address", "is_followed"),
    [
        ("https://www.setlist.fm/setlist/1.html", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("https://[half", False),
        ("https://example.org@evil.example/", False),
        ("", False),
        (None, False),
    ],
)
def test_browsers_are_sent_only_to_web_addresses(address: str | None, *, is_followed: bool) -> None:
    assert web_address(address) == (address if is_followed else "")


@pytest.mark.parametrize(
    ("address", "is_shown"),
    [
        ("https://i.scdn.co/image/1", True),
        ("https://I.SCDN.co/image/1", True),
        ("https://ia800.us.archive.org/1.jpg", True),
        ("http://images.example:8080/1.jpg", True),
        ("https://images.example:8080/1.jpg", True),
        ("http://i.scdn.co/image/1", False),
        ("https://archive.org/1.jpg", False),
        ("https://i.scdn.co.evil.example/", False),
        ("https://evil.example/i.scdn.co", False),
        ("https://xarchive.org/", False),
        ("https://i.scdn.co:8443/", False),
        ("https://i.scdn.co@evil.example/", False),
        ("http://192.168.1.1/reboot", False),
        ("http://127.0.0.1:8080/", False),
        ("http://[::1]/", False),
        ("data:image/png;base64,AA==", False),
        ("javascript:alert(1)", False),
        ("", False),
        (None, False),
    ],
)
def test_pictures_are_of_the_hosts_that_the_policy_lists(address: str | None, *, is_shown: bool) -> None:
    assert pictures_of(HOSTS)(address) == (address if is_shown else "")


def test_the_sandbox_s_pictures_are_shown_where_its_data_is(settings: Settings) -> None:
    invented = settings.model_copy(update={"sandbox_url": "http://127.0.0.1:8090/x"})
    live = settings.model_copy(update={"sources": Sources.LIVE})
    assert pictures_of(picture_hosts(invented))("http://127.0.0.1:8090/pictures/1.svg")
    assert not pictures_of(picture_hosts(live))("http://127.0.0.1:8090/pictures/1.svg")
