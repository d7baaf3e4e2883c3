"""A call as the stand-ins see it, and an answer as they give it."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from xml.sax.saxutils import escape

from werkzeug.datastructures import Headers, MultiDict
from werkzeug.http import parse_etags

JSON = "application/json; charset=utf-8"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str  # below the provider's own prefix
    args: MultiDict[str, str]
    headers: Headers
    form: MultiDict[str, str]
    base: str  # of the sandbox, as URLs in answers begin
    query: str = ""  # as it was sent

    def integer(self, name: str, default: int) -> int | None:
        """None if it is no number."""
        text = self.args.get(name, "")
        if not text:
            return default
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None

    def unconditional(self) -> "Call":
        """For an answer to spoil: of one that is not sent again there is nothing to be spoilt."""
        kept = [(name, text) for name, text in self.headers if name.lower() != "if-none-match"]
        return replace(self, headers=Headers(kept))


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class Provider(Protocol):
    name: str

    def endpoint(self, call: Call) -> str:
        """What the call is counted as."""

    def refusal(self, call: Call) -> Answer | None:
        """The answer to a caller without the right key or name; it costs no quota."""

    def answer(self, call: Call) -> Answer: ...


Handler = Callable[..., Answer]


class Routes:
    """Paths with named parts. Too few of them for a router."""

    def __init__(self, routes: Iterable[tuple[str, str, Handler]]) -> None:
        self._routes = [(re.compile(pattern), name, handler) for pattern, name, handler in routes]

    def name(self, call: Call) -> str:
        return next((name for pattern, name, _ in self._routes if pattern.fullmatch(call.path)), "unknown")

    def answer(self, call: Call) -> Answer | None:
        for pattern, _, handler in self._routes:
            if match := pattern.fullmatch(call.path):
                return handler(call, **match.groupdict())
        return None


def json_answer(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(as_json(data).encode(), status, headers=headers or {})


def as_json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def unless_known(call: Call, answer: Answer) -> Answer:
    """With its ETag; a caller who names that one learns only that nothing changed."""
    if call.method != "GET" or answer.status != 200:
        return answer
    tag = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
    headers = {**answer.headers, "ETag": f'"{tag}"'}
    if parse_etags(call.headers.get("If-None-Match")).contains_weak(tag):
        return Answer(b"", 304, headers=headers)
    return replace(answer, headers=headers)


def xml_answer(root: str, data: Json, status: int = 200) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root, data)}'
    return Answer(text.encode(), status, "application/xml; charset=utf-8")


def text_answer(text: str, status: int, content_type: str = "text/plain; charset=utf-8") -> Answer:
    return Answer(text.encode(), status, content_type)


def _element(name: str, value: object) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(key, inner) for key, inner in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(_element(name, inner) for inner in value)
    return f"<{name}>{escape(str(value))}</{name}>" if value is not None else f"<{name}/>"
