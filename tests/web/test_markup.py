"""The reader of pages that the tests of hostile texts rely on sees what it should."""

import pytest

from tests.web.hostile_texts import BEGINNINGS, TAIL
from tests.web.markup import MADE, faults, faults_of_drawing


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize(
    "place",
    ["<p>{}</p>", '<a href="{}">x</a>', "<title>{}</title>", "<textarea>{}</textarea>", "<p title='{}'>"],
)
def test_where_nothing_is_escaped_it_is_seen(beginning: str, place: str) -> None:
    assert faults(place.format(BEGINNINGS[beginning] + TAIL))


@pytest.mark.parametrize(
    "html",
    [
        f"<{MADE}>",
        f"<p {MADE}=1>",
        "<p onclick=x()>",
        "<p hx-on:click=x()>",
        "<p style=color:red>",
        "<script>x()</script>",
        "<script src=//evil.example/x.js></script>",
        "<a href=javascript:x()>",
        "<a href=' \x01JAVA\tSCRIPT:x()'>",
        "<img src=data:image/png,x>",
        "<form action=https://evil.example/>",
        "<p hx-get=//evil.example/>",
        "<iframe></iframe>",
        "<svg><foreignObject></svg>",
        "<base href=/x>",
        "<meta http-equiv=refresh content='0; url=https://evil.example'>",
        "<link rel=stylesheet href=//evil.example/x.css>",
    ],
)
def test_the_reader_sees_what_a_browser_would_obey(html: str) -> None:
    assert faults(html)


def test_the_reader_lets_pass_what_is_ours() -> None:
    html = "<script src=/static/x.js></script><a href=https://a.example/>x</a><form action=/x></form>"
    assert faults(html) == []
    assert faults_of_drawing("<svg><script>x()</script></svg>")
