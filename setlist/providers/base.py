"""The gate that every call to a provider passes: kept answer, breaker, budget, request, reading.

1. An answer that is kept and still fresh costs nothing; equal questions asked at once become one call.
2. A breaker that is open refuses before anything is spent.
3. The budget, shared by all processes, says when; what is not soon is refused, and the job comes again then.
4. The request, bounded in time and size, inside the breaker.
5. Its status and body become what the client reads from them, or one of the few errors.
A throttle that ends soon is waited out here. All other retries are the job's, so that they never multiply.
"""

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol, TypeVar, cast
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from setlist.providers.deadline import deadline
from setlist.providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    TimedOut,
    Unavailable,
)
from setlist.providers.kept import question
from setlist.providers.reading import Json
from setlist.providers.wire import Answer, Call, Carrier, Kept
from setlist.services.batching import SingleFlight
from setlist.services.breaker import Breaker, BreakerOpenError
from setlist.services.budget import NoBudgetError, Purpose, Refusal
from setlist.services.spending import Budget

LOG = logging.getLogger(__name__)
T = TypeVar("T")

THROTTLED_TRIES = 3
MOST_REDIRECTS = 2
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
# A slot that is overslept by more than half an interval is given up for the next free one: late calls would
# bunch up, and what the provider counts is when they arrive. Where slots are nearer than a thread wakes
# exactly, there is no pace to keep.
SHORTEST_INTERVAL = 0.001

# How many points a failure counts towards opening the breaker (BreakerRule.points), the first that fits.
# A timeout costs a worker the most. A throttle says that the provider works, only not for us. What it
# answers as "not found" or calls our mistake is no failure of its own.
WEIGHTS: tuple[tuple[type[ProviderError], int], ...] = (
    (TimedOut, 4),
    (Unavailable, 3),
    (RateLimited, 1),
    (BadAnswer, 3),
)

OnCall = Callable[[str, str], None]  # provider, endpoint: once for every request sent
Translate = Callable[[Answer], ProviderError]
Read = Callable[[Json], object]
Asked = tuple[Answer, object, Read]  # an answer, what was read from it, and by whom


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """What a provider says of itself in the headers of an answer."""

    left: int
    resets_at: datetime


class KeptAnswers(Protocol):
    """Where answers are kept that may be given again (kept.py)."""

    def get(self, call: Call, fetch: Callable[[Kept | None], Kept]) -> Json:
        """The kept body if it is fresh, else that of `fetch`, which is given what is known."""


def uncounted(_provider: str, _endpoint: str) -> None:
    """For those who need no count of their calls."""


def says_nothing(_answer: Answer) -> Quota | None:
    """The quota of providers that do not tell it."""
    return None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Gate:
    provider: str
    wire: Carrier
    breaker: Breaker
    budget: Budget
    kept: KeptAnswers | None = None
    flights: SingleFlight[Hashable, Asked] | None = None
    quota: Callable[[Answer], Quota | None] = says_nothing
    on_call: OnCall = uncounted
    purpose: Purpose = Purpose.CHECK

    def ask(self, call: Call, translate: Translate, read: Callable[[Json], T]) -> T:
        """What `read` makes of the JSON object that answers.

        `translate` turns an answer of 400 and above into an error. `read` may raise BadAnswer; it runs
        while the call is judged, so that nonsense counts against the provider and is not kept.
        """
        if self.kept is None or not call.fresh_for:
            return cast("T", self._ask_once(call, translate, read))

        def fetch(known: Kept | None) -> Kept:
            return self._fetch(call, translate, read, known)

        return read(self.kept.get(call, fetch))

    def _fetch(self, call: Call, translate: Translate, read: Read, known: Kept | None) -> Kept:
        if known is not None and known.etag:
            call = replace(call, headers={**call.headers, "If-None-Match": known.etag})
        answer, _ = self._ask_patiently(call, translate, read)
        if answer.status == NOT_MODIFIED and known is not None:
            return known
        return Kept(body=answer.json() or {}, etag=answer.headers.get("ETag", ""))

    def _ask_once(self, call: Call, translate: Translate, read: Read) -> object:
        """Of jobs of this process that ask the same at once, for the same purpose, one asks.

        They share the answer, and each reads it: what comes after a page may differ from job to job.
        """
        if self.flights is None or call.form is not None:
            return self._ask_patiently(call, translate, read)[1]
        key = (self.purpose, call.endpoint, question(call))
        answer, value, reader = self.flights.ask(
            key, lambda: (*self._ask_patiently(call, translate, read), read)
        )
        return value if reader is read else read(answer.json() or {})

    def _ask_patiently(self, call: Call, translate: Translate, read: Read) -> tuple[Answer, object]:
        """Asks until it is not throttled, or for too long."""
        tries = THROTTLED_TRIES
        while True:
            try:
                return self._follow(call, translate, read)
            except RateLimited as error:
                tries -= 1
                if not self._wait_out(error) or not tries:
                    raise

    def _follow(self, call: Call, translate: Translate, read: Read) -> tuple[Answer, object]:
        """Through redirects on the same host, all within the time of one call."""
        self._wait_for_slot()
        with deadline(self.wire.total_seconds):
            for redirects in range(MOST_REDIRECTS + 1):
                if redirects:
                    self._wait_for_slot()
                answer, value = self._exchange(call, translate, read)
                if answer.status not in REDIRECTS:
                    return answer, value
                call = replace(call, url=self._redirected(call.url, answer))
        raise BadAnswer(self.provider, "redirects in circles")

    def _wait_for_slot(self) -> None:
        count = True
        while True:
            try:
                self.breaker.refuse_if_open()
                wait = self.budget.reserve(self.purpose, count=count)
            except BreakerOpenError as error:
                raise self._left_alone(error) from None
            except NoBudgetError as error:
                says = f"{error.refusal.value}, until {error.until:%d %b, %H:%M} UTC"
                spent = error.refusal is Refusal.SPENT
                raise RateLimited(self.provider, says, until=error.until, spent=spent) from None
            slot, interval = time.monotonic() + wait, self.budget.rule.interval
            if wait > 0:
                time.sleep(wait)
            if interval < SHORTEST_INTERVAL or time.monotonic() - slot <= interval / 2:
                return
            count = False

    def _exchange(self, call: Call, translate: Translate, read: Read) -> tuple[Answer, object]:
        """An answer and what was read from it, or None where it is "not modified" or a redirect."""
        try:
            with self.breaker.calling(weigh=weight):
                try:
                    return self._send(call, translate, read)
                except ProviderError as error:
                    self._note(error)
                    raise
        except BreakerOpenError as error:  # another process was faster with the one trial
            self.budget.give_back(self.purpose)
            raise self._left_alone(error) from None

    def _send(self, call: Call, translate: Translate, read: Read) -> tuple[Answer, object]:
        self.on_call(self.provider, call.endpoint)
        started = time.monotonic()
        answer = self.wire.send(call)
        self._log(call, answer, time.monotonic() - started)
        if (told := self.quota(answer)) is not None:
            self.budget.learn(told.left, told.resets_at)
        if answer.status in REDIRECTS or (answer.status == NOT_MODIFIED and "If-None-Match" in call.headers):
            return answer, None
        if answer.status >= 400:
            raise translate(answer)
        body = answer.json()
        if answer.status != 200 or body is None:
            raise BadAnswer(self.provider, f"answered something unreadable (HTTP {answer.status})")
        return answer, read(body)

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
        if error.until is None or error.is_ours:
            return False
        seconds = (error.until - datetime.now(UTC)).total_seconds()
        self.budget.hold(seconds, str(error))
        return seconds <= self.budget.longest_wait

    def _note(self, error: ProviderError) -> None:
        if weight(error):
            throttled = isinstance(error, RateLimited)
            self.budget.ledger.failed(self.budget.stretch(self.purpose), str(error), throttled=throttled)

    def _left_alone(self, error: BreakerOpenError) -> Unavailable:
        says = "failed repeatedly and is left alone for a while"
        return Unavailable(self.provider, says, until=error.until)

    def _log(self, call: Call, answer: Answer, seconds: float) -> None:
        what = f"{self.provider} {call.endpoint} for {self.purpose}"
        LOG.debug("%s: %s, %d bytes in %.0f ms", what, answer.status, len(answer.body), seconds * 1000)


def weight(error: Exception) -> int:
    """The points that an error counts against its provider; 0: it answered, and is well."""
    if not isinstance(error, ProviderError) or not error.is_weather:
        return 0
    return next(points for kind, points in WEIGHTS if isinstance(error, kind))


def address(provider: str, base_url: str, *segments: str) -> str:
    """`base_url` and path segments that may be ids from outside; one that cannot be an id finds nothing."""
    for segment in segments:
        if segment.strip(". ") == "" or "\x00" in segment:
            raise NotFound(provider, "has nothing under a blank id")
    return "/".join(
        [base_url.rstrip("/"), *(quote(segment, safe="", errors="replace") for segment in segments)]
    )


def _target(url: str, location: str) -> SplitResult | None:
    try:
        return urlsplit(urljoin(url, location))
    except ValueError:
        return None
