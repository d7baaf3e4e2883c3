"""Fans who send all their wishes at once over sockets of their own, and again what was not answered."""

import asyncio
import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.web.accounts import FORM_TOKEN, PASSWORD

VOTES_EACH = 40
TRIES = 60
BETWEEN_TRIES = 0.5
ANSWER_SECONDS = 20
SIGNS_IN_AFTER = 1.0
NOT_NOW = {429, 502, 503}  # as a person would, they try again
COOKIE = re.compile(rb"\r\nset-cookie: *([^;\r]+)", re.IGNORECASE)
HEAD = (
    "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n"
    "X-Forwarded-For: {address}\r\nSec-Fetch-Site: same-origin\r\nHX-Request: true\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
)


@dataclass(kw_only=True)
class StormFan:
    """`wishes`: (song, wanted); `kept`: songs never taken back. One with an e-mail signs in midway."""

    key: uuid.UUID
    cookie: str
    address: str
    show_id: int
    wishes: list[tuple[int, bool]]
    kept: frozenset[int]
    email: str = ""
    acknowledged: set[int] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Ask:
    path: str
    method: str = "POST"
    body: str = ""
    cookie: str = ""


async def storm(port: int, fans: list[StormFan]) -> None:
    wishes = [_wish(port, fan, *wish) for fan in fans for wish in fan.wishes]
    await asyncio.gather(*wishes, *[_sign_in(port, fan) for fan in fans if fan.email])


async def _wish(port: int, fan: StormFan, song: int, wanted: bool) -> None:  # noqa: FBT001 - as they are kept
    path = f"/shows/{fan.show_id}/songs/{song}/wish"
    body = urlencode({"wish": "on" if wanted else "off"})
    for _ in range(TRIES):
        status, _ = await _asked(port, fan, Ask(path=path, body=body))
        fan.answers[status] += 1
        if status == 200 and wanted and song in fan.kept:
            fan.acknowledged.add(song)
        if status and status not in NOT_NOW:
            return
        await asyncio.sleep(BETWEEN_TRIES)


async def _sign_in(port: int, fan: StormFan) -> None:
    await asyncio.sleep(SIGNS_IN_AFTER)
    _, page = await _asked(port, fan, Ask(method="GET", path="/login"))
    token = FORM_TOKEN.search(page.decode())
    if token is None:
        raise ValueError(f"no form to sign in with: {page.decode()}")
    form = {"email": fan.email, "password": PASSWORD, "csrf_token": token[1], "next": ""}
    ask = Ask(path="/login", body=urlencode(form), cookie=_session_of(page))
    status, answer = await _asked(port, fan, ask)
    if status not in {302, 303}:
        raise ValueError(f"not signed in: {status}")
    fan.cookie += f"; {_session_of(answer)}"


def _session_of(answer: bytes) -> str:
    return next(found.decode() for found in COOKIE.findall(answer) if found.startswith(b"session="))


async def _asked(port: int, fan: StormFan, ask: Ask) -> tuple[int, bytes]:
    """The status and the answer with its head; 0 where none came."""
    request = HEAD.format(
        **vars(ask) | {"cookie": f"{fan.cookie}; {ask.cookie}"}, address=fan.address, length=len(ask.body)
    )
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.encode())
        answer = await asyncio.wait_for(reader.read(), ANSWER_SECONDS)
        writer.close()
    except (OSError, TimeoutError):
        return 0, b""
    return (int(answer[9:12]), answer) if answer else (0, b"")
