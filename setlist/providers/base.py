"""The gate that every call to a provider passes: breaker, pace, request, translation.

1. A breaker that is open refuses before anything is spent.
2. The pace, shared by all processes, says when; a wait that is too long is refused.
3. The request, bounded in time and size, inside the breaker.
4. Its status and body become a JSON object or one of the few errors.
A throttle that ends soon is waited out here. All other retries are the job's, so that they never multiply.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from setlist.providers.errors import (
    BadAnswer,
    Misconfigured,
    NotFound,
    NotOffered,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from setlist.providers.reading import Json
from setlist.providers.wire import Answer, Call, Wire
from setlist.services.breaker import Breaker, BreakerOpenError
from setlist.services.pacing import Pace, Pacer, SlotTooFarError

LOG = logging.getLogger(__name__)
THROTTLED_TRIES = 3
MOST_REDIRECTS = 2
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ANSWERED_FOR_US = (NotFound, Refused, Misconfigured, NotOffered)  # it works; what we asked is at fault

OnCall = Callable[[str, str], None]  # provider, endpoint: once for every request sent
Translate = Callable[[Answer], ProviderError]


def uncounted(_provider: str, _endpoint: str) -> None:
    """For those who need no count of their calls."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Gate:
    provider: str
    wire: Wire
    breaker: Breaker
    pacer: Pacer = field(default_factory=Pacer)
    pace: Pace | None = None  # None: as fast as it goes
    on_call: OnCall = uncounted
    purpose: str = ""  # what the calls are for, such as "import"

    def ask(self, call: Call, translate: Translate) -> Json:
        """The JSON object that answers. `translate` turns an answer of 400 and above into an error."""
        tries = THROTTLED_TRIES
        while True:
            try:
                return self._follow(call, translate)
            except RateLimited as error:
                tries -= 1
                if not self._wait_out(error) or not tries:
                    raise

    def _follow(self, call: Call, translate: Translate) -> Json:
        for _ in range(MOST_REDIRECTS + 1):
            self._wait_for_slot()
            answer = self._exchange(call, translate)
            if not isinstance(answer, Answer):
                return answer
            call = replace(call, url=self._redirected(call.url, answer))
        raise BadAnswer(self.provider, "redirects in circles")

    def _wait_for_slot(self) -> None:
        try:
            self.breaker.refuse_if_open()
            wait = self.pacer.reserve(self.provider, self.pace) if self.pace else 0.0
        except BreakerOpenError as error:
            raise self._left_alone(error) from None
        except SlotTooFarError as error:
            until = datetime.now(UTC) + timedelta(seconds=error.wait)
            raise RateLimited(self.provider, "has no free slot for a call soon", until=until) from None
        if wait > 0:
            time.sleep(wait)

    def _exchange(self, call: Call, translate: Translate) -> Json | Answer:
        """An object, or an Answer that is a redirect."""
        try:
            with self.breaker.calling(counts=_is_its_fault):
                self.on_call(self.provider, call.endpoint)
                started = time.monotonic()
                answer = self.wire.send(call)
                self._log(call, answer, time.monotonic() - started)
                return answer if answer.status in REDIRECTS else self._read(answer, translate)
        except BreakerOpenError as error:
            raise self._left_alone(error) from None

    def _read(self, answer: Answer, translate: Translate) -> Json:
        if answer.status >= 400:
            raise translate(answer)
        body = answer.json()
        if answer.status != 200 or body is None:
            raise BadAnswer(self.provider, f"answered something unreadable (HTTP {answer.status})")
        return body

    def _redirected(self, url: str, answer: Answer) -> str:
        """Where a redirect leads, if that is the same host. Scheme, port and parameters stay ours.

        MusicBrainz sends merged ids to a plain http:// address of itself; a key must not follow it there.
        """
        here, there = urlsplit(url), _target(url, answer.headers.get("Location", ""))
        if there is None or there.hostname != here.hostname or there.path in {"", here.path}:
            raise BadAnswer(self.provider, "redirects to somewhere else")
        return here._replace(path=there.path, query="", fragment="").geturl()

    def _wait_out(self, error: RateLimited) -> bool:
        """Let all processes keep still until then; whether that is soon enough to wait for it here."""
        if self.pace is None or error.until is None:
            return False
        seconds = (error.until - datetime.now(UTC)).total_seconds()
        self.pacer.hold(self.provider, seconds)
        return seconds <= self.pace.longest_wait

    def _left_alone(self, error: BreakerOpenError) -> Unavailable:
        says = "failed repeatedly and is left alone for a while"
        return Unavailable(self.provider, says, until=error.until)

    def _log(self, call: Call, answer: Answer, seconds: float) -> None:
        what = f"{self.provider} {call.endpoint} for {self.purpose or 'nobody in particular'}"
        LOG.debug("%s: %s, %d bytes in %.0f ms", what, answer.status, len(answer.body), seconds * 1000)


def address(provider: str, base_url: str, *segments: str) -> str:
    """`base_url` and path segments that may be ids from outside; one that cannot be an id finds nothing."""
    for segment in segments:
        if segment.strip(". ") == "" or "\x00" in segment:
            raise NotFound(provider, "has nothing under a blank id")
    return "/".join(
        [base_url.rstrip("/"), *(quote(segment, safe="", errors="replace") for segment in segments)]
    )


def _is_its_fault(error: Exception) -> bool:
    return isinstance(error, ProviderError) and not isinstance(error, ANSWERED_FOR_US)


def _target(url: str, location: str) -> SplitResult | None:
    try:
        return urlsplit(urljoin(url, location))
    except ValueError:
        return None
