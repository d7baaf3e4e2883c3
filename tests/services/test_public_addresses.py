"""Which URLs and addresses lead to the public internet, as a table: no network is needed to know."""

import ipaddress

import pytest

from setlist.services.public_addresses import UrlRefusedError, check_spelling, is_public

PUBLIC = [
    "93.184.215.14", "8.8.8.8", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808",
    "2002:808:808::1",
]  # fmt: skip
NEAR = [
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "168.63.129.16", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::808:808", "fe80::1",
    "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "3fff::1", "5f00::1", "100::1", "64:ff9b:1::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::1", "2002:a9fe:a9fe::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_asked(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert check_spelling(_url(address)).hostname == address


@pytest.mark.parametrize("address", NEAR)
def test_no_neighbour_may_be_asked(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(UrlRefusedError, match="private network"):
        check_spelling(_url(address))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.org/", "start with https"),
        ("file:///etc/passwd", "start with https"),
        ("gopher://example.org/", "start with https"),
        ("javascript:alert(1)", "start with https"),
        ("//example.org/", "start with https"),
        ("https://", "start with https"),
        ("https:///path", "start with https"),
        ("", "start with https"),
        ("https://user@example.org/", "user or a password"),
        ("https://user:password@example.org/", "user or a password"),
        ("https://@example.org/", "user or a password"),
        ("https://example.org\\@127.0.0.1/", "unprintable"),
        ("https://example.org/\r\nHost: x", "unprintable"),
        ("https://example.org /", "blanks"),
        ("https://example.org/" + "x" * 2_000, "too long"),
        ("https://[::1/", "cannot be read"),
        ("https://example.org:x/", "cannot be read"),
        ("https://example.org:99999/", "cannot be read"),
        ("https://example.org:22/", "port"),
        ("http://example.org:6379/", "port"),
        ("http://2130706433/", "number for a host"),
        ("http://0x7f000001/", "number for a host"),
        ("http://0x7F.1/", "number for a host"),
        ("http://0177.0.0.1/", "number for a host"),
        ("http://127.1/", "number for a host"),
        ("http://127.0.0.1./", "number for a host"),
        ("http://017700000001/", "number for a host"),
    ],
)
def test_a_url_that_is_refused_says_what_would_be_taken(url: str, says: str) -> None:
    with pytest.raises(UrlRefusedError, match=says):
        check_spelling(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "HTTP://EXAMPLE.org:80/x?y=z#a",
        "https://münchen.example/",
        "https://a1.example/",
    ],
)
def test_usual_urls_pass(url: str) -> None:
    assert check_spelling(url).hostname


def test_other_ports_pass_where_they_are_allowed() -> None:
    assert check_spelling("https://example.org:8443/", ports=None).port == 8443


def _url(address: str) -> str:
    return f"http://[{address}]/" if ":" in address else f"http://{address}/"
