"""Log lines that name the request they belong to."""

import logging
import re
import secrets

from flask import Flask, Response, g, has_request_context, request

from config import Settings

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
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
    """A message stays on its line: nobody writes a second one by putting a line break in a name."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging names it so
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def name_request(record: logging.LogRecord) -> bool:
    number = request_id()
    record.request = f" [{number}]" if number else ""
    return True


def _tell(response: Response) -> Response:
    response.headers.setdefault(HEADER, request_id())
    return response
