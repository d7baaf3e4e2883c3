"""What in a page was not written by us: read as a browser reads it, by an HTML5 parser."""

import re
from base64 import b64decode
from collections.abc import Iterator
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser, LexborNode

MADE = "x-made"  # the name of the element and of the attribute that hostile texts try to make
ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "data",
    "cite",
    "background",
    "ping",
    "xlink:href",
}
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SAFE_SCHEMES = {"http", "https", "mailto"}
NEVER = {
    "applet", "base", "embed", "foreignobject", "frame", "iframe", "math", "object", "style", "template",
}  # fmt: skip
SVG_ELEMENTS = {"svg", "rect", "circle", "polygon", "ellipse", "path"}


def faults(html: str) -> list[str]:
    """Each thing in it that no page of ours has, in words; a page without any is an empty list."""
    found = []
    for node in _elements(html):
        found += _of_element(node)
        for name, value in node.attributes.items():
            found += [f"<{node.tag} {name}={value!r}>: {why}" for why in _of_attribute(name, value or "")]
    return found


def faults_of_drawing(svg: str) -> list[str]:
    """As faults(), of a picture that is XML."""
    found = []
    for element in ElementTree.fromstring(svg).iter():  # noqa: S314 - our own picture
        name = element.tag.rpartition("}")[2]
        found += [f"<{name}>: no shape"] if name not in SVG_ELEMENTS or (element.text or "").strip() else []
        found += [f"{name} {key}" for key in element.attrib if key.startswith("on") or "href" in key]
    return found


def links(html: str) -> Iterator[str]:
    """Where links of a page, and what htmx fetches for it, lead on this site."""
    for node in _elements(html):
        for name in ("href", "hx-get", "src"):
            address = node.attributes.get(name) or ""
            if address.startswith("/") and not address.startswith("//"):
                yield address.partition("#")[0]


def ids(html: str) -> set[str]:
    return {node.attributes.get("id") or "" for node in _elements(html)}


DRAWN = "data:image/svg+xml;base64,"


def _elements(html: str) -> Iterator[LexborNode]:
    root = LexborHTMLParser(html).root
    assert root is not None
    return (node for node in root.traverse() if isinstance(node.tag, str))


def _of_element(node: LexborNode) -> list[str]:
    tag = (node.tag or "").lower()
    if tag == MADE or tag in NEVER:
        return [f"<{tag}>: made by a text"]
    if tag == "script" and (
        node.text().strip() or not str(node.attributes.get("src")).startswith("/static/")
    ):
        return [f"<script>: {node.html}"]
    if tag == "link" and not re.match(r"/(?!/)|http://localhost", str(node.attributes.get("href"))):
        return [f"<link>: {node.html}"]
    return []


def _of_attribute(name: str, value: str) -> Iterator[str]:
    if name.startswith(("on", "hx-on")) or name in {"style", "srcdoc", MADE}:
        yield "runs or styles something"
    if name == "src" and value.startswith(DRAWN):  # the picture for an authenticator app
        yield from faults_of_drawing(b64decode(value.removeprefix(DRAWN)).decode())
    elif name in ADDRESSES and _scheme(value) not in {"", *SAFE_SCHEMES}:
        yield "leads to what is no page"
    if name in {"hx-get", "hx-post", "hx-put", "hx-delete", "action", "formaction"} and not _is_ours(value):
        yield "sends to another site"
    if name == "http-equiv" and value.lower() != "refresh":
        yield "is no header of ours"
    if name == "content" and "url=" in value.lower() and not re.fullmatch(r"0; url=/[\w/]+\?fan=1", value):
        yield "leads elsewhere"


def _scheme(address: str) -> str:
    """As a browser reads it: without blanks and the unprintable around it, without tabs and line breaks."""
    read = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33)))))
    match = SCHEME.match(read)
    return match[1].lower() if match else ""


def _is_ours(address: str) -> bool:
    return (address.startswith(("/", "?", "#")) and not address.startswith(("//", "/\\"))) or not address
