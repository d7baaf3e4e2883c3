"""The providers' rate limits, and how each says no."""

from collections import Counter, deque
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic_ns, time

from setlist.sandbox.wire import Answer, json_answer

_SECOND = 10**9
_DAY = 86_400
TICKETMASTER_DAY, SETLISTFM_DAY, SPOTIFY_DAY = 5_000, 1_440, 2_000
SPOTIFY_WINDOW_SECONDS, SPOTIFY_WINDOW_CALLS = 30, 90  # unpublished; what development mode bears


class Clock:
    """Nanoseconds that may run faster than real ones, so that a day's quota need not take a day."""

    def __init__(self, speed: float) -> None:
        self._state = (0, monotonic_ns(), speed)  # one value, so that no thread sees half of a change

    @property
    def speed(self) -> float:
        return self._state[2]

    def now(self) -> int:
        base, since, speed = self._state
        return base + int((monotonic_ns() - since) * speed)

    def run_at(self, speed: float) -> None:
        self._state = (self.now(), monotonic_ns(), speed)


class Window:
    """At most so many calls in any stretch of so many seconds. Whole nanoseconds: nothing is rounded."""

    def __init__(self, calls: int, seconds: int) -> None:
        self.calls = calls
        self._length = seconds * _SECOND
        self._taken: deque[int] = deque()

    def wait(self, now: int) -> int:
        """Nanoseconds until the next call is allowed; 0 if it is."""
        while self._taken and self._taken[0] <= now - self._length:
            self._taken.popleft()
        return 0 if len(self._taken) < self.calls else self._taken[0] + self._length - now

    def take(self, now: int) -> None:
        self._taken.append(now)

    @property
    def left(self) -> int:
        return max(0, self.calls - len(self._taken))

    @property
    def reset(self) -> int | None:
        """When the first of the calls that count now no longer does."""
        return self._taken[0] + self._length if self._taken else None


class Bucket:
    """An average of one call in so many seconds, which forgives some that come early."""

    def __init__(self, seconds: int, *, early: int) -> None:
        self._interval = seconds * _SECOND
        self._slack = early * self._interval
        self._due: int | None = None  # when the next call would come, if all came evenly

    def wait(self, now: int) -> int:
        return 0 if self._due is None else max(0, self._due - self._slack - now)

    def take(self, now: int) -> None:
        self._due = max(now, now if self._due is None else self._due) + self._interval


class Limits:
    def __init__(self, *, enforced: bool, speed: float) -> None:
        self.enforced = enforced
        self.clock = Clock(speed)
        self._lock = Lock()
        self._sent: dict[str, Counter[str]] = {}
        self.forget()

    def forget(self) -> None:
        """Full quotas again."""
        self._windows: dict[str, tuple[tuple[Bucket | Window, Callable[[float], Answer]], ...]] = {
            "musicbrainz": ((Bucket(1, early=1), _musicbrainz),),
            "ticketmaster": (
                (Window(TICKETMASTER_DAY, _DAY), _ticketmaster_day),
                (Window(5, 1), _ticketmaster_second),
            ),
            "setlistfm": ((Window(SETLISTFM_DAY, _DAY), _setlistfm_day), (Window(2, 1), _setlistfm_second)),
            "spotify": (
                (Window(SPOTIFY_DAY, _DAY), _spotify_day),
                (Window(SPOTIFY_WINDOW_CALLS, SPOTIFY_WINDOW_SECONDS), _spotify_window),
            ),
        }

    @property
    def sent(self) -> dict[str, int]:
        """Throttles sent, by provider."""
        return {provider: sum(kinds.values()) for provider, kinds in self._sent.items()}

    @property
    def sent_by_limit(self) -> dict[str, int]:
        """The same, by which of its limits was passed."""
        return {kind: count for kinds in self._sent.values() for kind, count in kinds.items()}

    def forget_sent(self) -> None:
        self._sent.clear()

    def throttle(self, provider: str) -> Answer | None:
        """The refusal that this call gets, or None, and then it counts."""
        if not self.enforced:
            return None
        with self._lock:
            now = self.clock.now()
            for window, refuse in self._windows[provider]:
                if wait := window.wait(now):
                    self._count(provider, refuse.__name__.lstrip("_").replace("_", " "))
                    return refuse(wait / _SECOND / self.clock.speed)
            for window, _ in self._windows[provider]:
                window.take(now)
        return None

    def _count(self, provider: str, kind: str) -> None:
        self._sent.setdefault(provider, Counter())[kind] += 1

    def headers(self, provider: str, status: int) -> dict[str, str]:
        """What the providers say of their quotas: Ticketmaster on successes, MusicBrainz always."""
        if provider == "musicbrainz":
            reset = str(int(time()) + 1)
            return {"X-RateLimit-Limit": "1200", "X-RateLimit-Remaining": "1024", "X-RateLimit-Reset": reset}
        if provider != "ticketmaster" or status != 200:
            return {}
        day = self._windows["ticketmaster"][0][0]
        full_at = day.reset if isinstance(day, Window) else None
        left = day.left if isinstance(day, Window) else TICKETMASTER_DAY
        until = (full_at - self.clock.now()) / _SECOND if full_at is not None else _DAY
        return {
            "Rate-Limit": str(TICKETMASTER_DAY),
            "Rate-Limit-Available": str(left),
            "Rate-Limit-Over": "0",
            "Rate-Limit-Reset": str(int((time() + until / self.clock.speed) * 1000)),
        }


def refusal_of(provider: str, seconds: float) -> Answer:
    """The short-term refusal of a provider, for faults."""
    return {
        "musicbrainz": _musicbrainz,
        "ticketmaster": _ticketmaster_second,
        "setlistfm": _setlistfm_second,
        "spotify": _spotify_window,
    }[provider](seconds)


def _musicbrainz(wait: float) -> Answer:
    text = (
        "Your requests are exceeding the allowable rate limit (22.3, limit is 22.0 per 20 seconds). "
        "Please see http://wiki.musicbrainz.org/XMLWebService for more information."
    )
    return json_answer({"error": text}, 503, {"X-Rate-Limited": "22.3 22.0 20"})


def _ticketmaster_day(wait: float) -> Answer:
    text = "Rate limit quota violation. Quota limit  exceeded. Identifier : sandbox"
    return json_answer(
        {"fault": {"faultstring": text, "detail": {"errorcode": "policies.ratelimit.QuotaViolation"}}}, 429
    )


def _ticketmaster_second(wait: float) -> Answer:
    text = (
        "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, "
        "periodInMicroseconds=1000000, maxBurstMessageCount=1.0}"
    )
    code = "policies.ratelimit.SpikeArrestViolation"
    return json_answer({"fault": {"faultstring": text, "detail": {"errorcode": code}}}, 429)


def _setlistfm_day(wait: float) -> Answer:
    return json_answer({"message": "Limit Exceeded"}, 429, {"x-amzn-errortype": "LimitExceededException"})


def _setlistfm_second(wait: float) -> Answer:
    return json_answer(
        {"message": "Too Many Requests"}, 429, {"x-amzn-errortype": "TooManyRequestsException"}
    )


def _spotify_day(wait: float) -> Answer:
    error = {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
    return json_answer({"error": error}, 429, {"Retry-After": str(ceil(wait))})


def _spotify_window(wait: float) -> Answer:
    error = {"status": 429, "message": "API rate limit exceeded"}
    return json_answer({"error": error}, 429, {"Retry-After": str(max(1, ceil(wait)))})
