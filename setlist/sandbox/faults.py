"""What can go wrong on purpose: a share of a provider's answers is spoilt in one of several ways."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from threading import Event, Lock
from typing import Any

from setlist.sandbox.limits import refusal_of
from setlist.sandbox.wire import Answer, Call, json_answer, text_answer

PREFIXES = {
    "musicbrainz": "musicbrainz/ws/2",
    "ticketmaster": "ticketmaster/discovery/v2",
    "setlistfm": "setlistfm/rest/1.0",
    "spotify": "spotify",
}
KINDS = (
    "status:<code>", "429", "429:<Retry-After>", "429:none", "premium", "timeout", "slow",
    "slow:<bytes a second>", "truncated", "huge", "garbage", "wrong_types", "redirect_loop", "error_in_200",
)  # fmt: skip
_BARE = frozenset(kind for kind in KINDS if "<" not in kind)
_NUMBERS = {"status": range(200, 600), "slow": range(1, 10**6 + 1), "429": range(10**9)}
_LONGEST_SILENCE = 120.0  # seconds
_DROPS_A_SECOND = 4  # at most: a faster answer has larger ones
_HUGE_BYTES = 64 * 1024 * 1024
_PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status changes, "
    "it can take a few hours before requests are allowed again."
)
_ERROR_IN_200 = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}


@dataclass
class Fault:
    provider: str
    kind: str
    share: float = 1.0
    seed: int = 1
    times: int | None = None  # how often at most
    endpoint: str | None = None  # only this one, as it is counted
    sent: int = 0
    _random: Random = field(default_factory=Random, repr=False)

    def __post_init__(self) -> None:
        name, _, detail = self.kind.partition(":")
        numbered = name in _NUMBERS and detail.isdecimal() and detail.isascii()
        if self.provider not in PREFIXES:
            raise ValueError(f"provider must be one of {', '.join(PREFIXES)}")
        if self.kind not in _BARE and not numbered:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if numbered and int(detail) not in _NUMBERS[name]:
            raise ValueError("kind must be a status of 200 to 599, or a speed of 1 to 1,000,000")
        if not 0 < self.share <= 1:
            raise ValueError("share must be above 0 and at most 1")
        self._random = Random(self.seed)

    def strikes(self, provider: str, endpoint: str) -> bool:
        if provider != self.provider or self.endpoint not in {None, endpoint}:
            return False
        if self.times is not None and self.sent >= self.times:
            return False
        if self._random.random() >= self.share:
            return False
        self.sent += 1
        return True

    def described(self) -> dict[str, Any]:
        names = ("provider", "kind", "share", "seed", "times", "endpoint", "sent")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that has hit a call. What takes its time ends when the weather clears."""

    kind: str
    over: Event

    def silence(self) -> None:
        """What a timeout is made of: nothing, for longer than anybody waits."""
        self.over.wait(_LONGEST_SILENCE)

    def drip(self, body: bytes) -> Iterator[bytes]:
        """So many bytes a second: no wait between two of them is long, but the whole may take hours.

        Once it is over the rest comes at once. A client that hangs up is noticed at the next drop.
        """
        speed = int(self.kind.partition(":")[2] or 1)
        drop = max(1, speed // _DROPS_A_SECOND)
        for start in range(0, len(body), drop):
            if self.over.is_set():
                yield body[start:]
                return
            yield body[start : start + drop]
            self.over.wait(drop / speed)


class Faults:
    def __init__(self) -> None:
        self._lock = Lock()
        self._over = Event()  # another one after each clearing, set for those who were hit before it
        self.all: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self.all.append(fault)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Others, or none, for calls to come; it is over for those under way."""
        with self._lock:
            self.all[:] = faults
            self._over.set()
            self._over = Event()

    def clear(self) -> None:
        self.replace(())

    def striking(self, provider: str, endpoint: str) -> Strike | None:
        """The strike knows its end from the first: a call hit before a clearing never misses it."""
        with self._lock:
            kinds = (fault.kind for fault in self.all if fault.strikes(provider, endpoint))
            kind = next(kinds, None)
            return Strike(kind, self._over) if kind is not None else None


def spoilt(kind: str, provider: str, call: Call, answer: Answer) -> Answer:
    """The answer in the real one's place. Timeouts, slowness and cut-off bodies are the server's part."""
    name, _, detail = kind.partition(":")
    if name == "status":
        return text_answer(
            f"<html><body><h1>{detail}</h1></body></html>", int(detail), "text/html; charset=utf-8"
        )
    if name == "429":
        return _throttle(provider, detail)
    if name == "redirect_loop":
        return Answer(
            b"", 302, headers={"Location": f"{call.base}/{PREFIXES[provider]}/{call.path}?{call.query}"}
        )
    other = replace(answer, headers={key: text for key, text in answer.headers.items() if key != "ETag"})
    bodies: dict[str, Callable[[], Answer]] = {
        "premium": lambda: text_answer(_PREMIUM, 403),
        "garbage": lambda: replace(other, status=200, body=b"\x00\xff{]not json at all " + answer.body[:40]),
        "wrong_types": lambda: replace(other, body=json.dumps(_retyped(_parsed(answer.body))).encode()),
        "error_in_200": lambda: json_answer(_ERROR_IN_200),
        "huge": lambda: replace(other, body=b""),  # its length is not announced
    }
    return bodies[name]() if name in bodies else answer


def _throttle(provider: str, retry_after: str) -> Answer:
    """As the provider words it, with its own delay, or the wished one, or none."""
    refusal = refusal_of(provider, 1.0)
    if not retry_after:
        return refusal
    headers = {name: text for name, text in refusal.headers.items() if name != "Retry-After"}
    return replace(
        refusal, headers=headers if retry_after == "none" else headers | {"Retry-After": retry_after}
    )


def huge_body() -> Iterator[bytes]:
    """One JSON list that does not end soon."""
    chunk = b'{"id":"x","name":"' + b"a" * 65_000 + b'"},'
    yield b'{"items":['
    for _ in range(_HUGE_BYTES // len(chunk)):
        yield chunk
    yield b"{}]}"


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _retyped(value: object) -> object:
    """Texts become numbers, numbers texts, lists objects, and every third entry is null."""
    if isinstance(value, dict):
        return {
            key: None if place % 3 == 2 else _retyped(inner)
            for place, (key, inner) in enumerate(value.items())
        }
    if isinstance(value, list):
        return {str(place): _retyped(inner) for place, inner in enumerate(value)}
    if isinstance(value, str):
        return len(value)
    return str(value)
