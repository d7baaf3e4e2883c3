"""Log lines that name the request they belong to."""

import logging
import re
import secrets
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from config import Settings

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
ENDS_OR_COMMANDS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
LINE = "%(asctime)s %(levelname)s %(name)s%(request)s %(message)s"


def configure(level: str) -> None:
    """One handler on standard error, once for each process."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(LINE))
    handler.addFilter(name_request)
    logging.basicConfig(level=level, handlers=[handler])


def install(app: Flask, settings: Settings) -> None:
    """Number the requests, by the proxy's number where there is a proxy to believe."""

    def number() -> None:
        given = request.headers.get(HEADER, "") if settings.trusted_proxies else ""
        g.request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)

    app.before_request(number)
    app.after_request(_tell)


def request_id() -> str:
    """The number of this request; empty outside of one."""
    return str(g.get("request_id", "")) if has_request_context() else ""


class OneLine(logging.Formatter):
    """A message stays on its line: nobody writes a second one by putting a line break in a name.

    Nor by putting it into what is raised: a traceback's own lines are indented, and all control characters,
    which a terminal would obey, are written as Python writes them. Times are UTC, as in every table.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging names it so
        return _on_one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _indented(super().formatStack(stack_info))


def _on_one_line(words: str) -> str:
    return ENDS_OR_COMMANDS.sub(lambda sign: sign[0].encode("unicode_escape").decode(), words)


def _indented(lines: str) -> str:
    """Whatever breaks a line inside begins with blanks, and so is seen to belong to the line before."""
    return "\n".join(f"    {_on_one_line(line)}" for line in lines.split("\n"))


def name_request(record: logging.LogRecord) -> bool:
    number = request_id()
    record.request = f" [{number}]" if number else ""
    return True


def _tell(response: Response) -> Response:
    response.headers.setdefault(HEADER, request_id())
    return response
