"""One HTTP exchange: bounded in time and size, and silent about URLs, since Ticketmaster's hold the key."""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NoReturn, Protocol

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ContentDecodingError,
    InvalidHeader,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    Timeout,
)
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from setlist.providers.deadline import DeadlineAdapter, deadline
from setlist.providers.errors import BadAnswer, Misconfigured, ProviderError, TimedOut, Unavailable

_NOT_CALLABLE = (InvalidHeader, InvalidSchema, InvalidURL, MissingSchema, UnicodeError)

CHUNK = 64 * 1024
CONNECTIONS = 16  # kept open to each host; more threads than that make new ones


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    connect_seconds: float = 3.05
    read_seconds: float = 10.0  # longest silence between two bytes
    total_seconds: float = 20.0
    max_bytes: int = 8_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What to ask. Keys travel in `params` and `headers`, which no repr shows."""

    endpoint: str  # what calls are counted by, such as "events"
    url: str = field(repr=False)
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)  # makes it a POST
    content: bytes | None = field(default=None, repr=False)  # so does this, with a type among `headers`
    fresh_for: float = 0.0  # seconds that the answer may be given again without asking
    kept_for: float = 0.0  # seconds more that it is worth asking whether it is still the same


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in any case
    body: bytes = field(default=b"", repr=False)

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object; None for anything else, however it is broken."""
        try:
            found = json.loads(self.body, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """The body of an earlier answer, and what to ask with whether it is still the same."""

    body: dict[str, Any]
    etag: str = ""


class Carrier(Protocol):
    """Brings the answer to a call: over the network, or from where it was recorded."""

    @property
    def total_seconds(self) -> float: ...

    def send(self, call: Call) -> Answer: ...

    def close(self) -> None: ...


class Wire:
    def __init__(
        self,
        provider: str,
        limits: Limits,
        *,
        user_agent: str,
        direct: bool = False,
        adapter: HTTPAdapter | None = None,
    ) -> None:
        self._provider = provider
        self._limits = limits
        self._session: requests.Session = _Session()
        self._session.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A proxy of the environment cannot reach a sandbox on this very machine.
        self._session.trust_env = not direct
        adapter = adapter or DeadlineAdapter(pool_maxsize=CONNECTIONS, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    @property
    def total_seconds(self) -> float:
        return self._limits.total_seconds

    def send(self, call: Call) -> Answer:
        """Whatever the status; a redirect is an answer too, without its body."""
        try:
            with deadline(self._limits.total_seconds):
                return self._exchange(call)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            problem = self._problem(error)
        # Outside of the except block: the text of what was caught holds the URL, and that the key, so it
        # must not become this error's context.
        raise problem

    def close(self) -> None:
        self._session.close()

    def _exchange(self, call: Call) -> Answer:
        with self._session.request(
            "GET" if call.form is None and call.content is None else "POST",
            call.url,
            params=call.params,
            data=call.form if call.content is None else call.content,
            headers=call.headers,
            auth=_as_it_is,
            timeout=(self._limits.connect_seconds, self._limits.read_seconds),
            stream=True,
            allow_redirects=False,
        ) as response:
            body = b"" if response.is_redirect else self._read(response.iter_content(CHUNK))
            return Answer(status=response.status_code, headers=response.headers, body=body)

    def _read(self, chunks: Iterable[bytes]) -> bytes:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self._limits.max_bytes:
                self._refuse_size()
        return bytes(body)

    def _refuse_size(self) -> NoReturn:
        raise BadAnswer(self._provider, f"answered with more than {self._limits.max_bytes:,} bytes")

    def _problem(self, error: Exception) -> ProviderError:
        if isinstance(error, _NOT_CALLABLE):
            return Misconfigured(
                self._provider, "cannot be called with the address, key or contact that is set"
            )
        if isinstance(error, ContentDecodingError | DecodeError):
            return BadAnswer(self._provider, "answered in a compression that could not be undone")
        if isinstance(error, Timeout | TimeoutError) or _is_silence(error):
            return TimedOut(self._provider, "did not answer in time")
        if isinstance(error, requests.exceptions.SSLError):
            return Unavailable(self._provider, "could not be reached over an encrypted connection")
        return Unavailable(self._provider, "could not be reached, or broke off in its answer")


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Requests prepares the next request even where it may not follow, and for that reads a redirect's
        body whole, however large, and trips over broken targets. The gate looks at the target itself.
        """


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authorization as we wrote it: without this, requests prefers what a ~/.netrc says."""
    return request


def _is_silence(error: Exception) -> bool:
    """Whether a timeout is hidden inside, as requests hides those of a body."""
    return any(isinstance(part, ReadTimeoutError) for part in error.args)


class _HideKeys(logging.Filter):
    """urllib3 logs request lines, and Ticketmaster's key is part of them."""

    _KEY = re.compile(r"(?i)(apikey=)[^&\s\"']+")

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = self._KEY.sub(r"\1***", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection"):
    logging.getLogger(_name).addFilter(_HideKeys())
