"""The sandbox's own address for tests and people: what was called, and the switches."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.faults import Fault, Faults
from setlist.sandbox.limits import Limits
from setlist.sandbox.mistakes import Mistakes
from setlist.sandbox.options import SPOTIFY_MODES, SandboxOptions
from setlist.sandbox.wire import Answer, json_answer

NO_ANSWER = 0  # the status of silence


class Counts:
    """Calls as they are received, by provider and endpoint, and what they were answered with."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._answers: Counter[tuple[str, str, int]] = Counter()

    def called(self, provider: str, endpoint: str) -> None:
        with self._lock:
            self._calls[provider, endpoint] += 1

    def answered(self, provider: str, endpoint: str, status: int) -> None:
        with self._lock:
            self._answers[provider, endpoint, status] += 1

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self._answers.clear()

    def described(self) -> dict[str, Any]:
        with self._lock:
            calls: dict[str, dict[str, int]] = {}
            for (provider, endpoint), count in sorted(self._calls.items()):
                calls.setdefault(provider, {})[endpoint] = count
            statuses: dict[str, Counter[str]] = {}
            answers: dict[str, dict[str, dict[str, int]]] = {}
            for (provider, endpoint, status), count in sorted(self._answers.items()):
                statuses.setdefault(provider, Counter())[_named(status)] += count
                answers.setdefault(provider, {}).setdefault(endpoint, {})[_named(status)] = count
        total = sum(sum(of.values()) for of in calls.values())
        return {"calls": calls, "statuses": statuses, "answers": answers, "total": total}


@dataclass
class Switches:
    options: SandboxOptions
    catalogue: Catalogue
    limits: Limits
    faults: Faults
    counts: Counts = field(default_factory=Counts)
    mistakes: Mistakes = field(init=False)
    latency_ms: int = field(init=False)
    spotify_mode: str = field(init=False)

    def __post_init__(self) -> None:
        self.mistakes = Mistakes(self.catalogue)
        self.latency_ms = self.options.latency_ms
        self.spotify_mode = self.options.spotify_mode

    def answer(self, method: str, body: bytes) -> Answer:
        if method == "DELETE":
            self.restore()
        elif method == "POST":
            try:
                self.change(json.loads(body or b"{}"))
            except (TypeError, ValueError) as error:
                return json_answer({"error": str(error)}, 400)
        elif method != "GET":
            return json_answer({"error": "GET, POST or DELETE"}, 405)
        return json_answer(self.described())

    def described(self) -> dict[str, Any]:
        catalogue = self.catalogue
        return {
            **self.counts.described(),
            "throttles": self.limits.sent,
            "latency_ms": self.latency_ms,
            "spotify_mode": self.spotify_mode,
            "limits": self.limits.enforced,
            "limit_speed": self.limits.clock.speed,
            "faults": [fault.described() for fault in self.faults.all],
            "mistakes": self.mistakes.share,
            "artists": catalogue.size,
            "seed": catalogue.seed,
            "now": catalogue.now.isoformat(),
            "frozen": catalogue.frozen_now is not None,
            "generated": {
                "artists": catalogue.generated.artists,
                "discographies": catalogue.generated.discographies,
            },
        }

    def change(self, wanted: object) -> None:
        """Either a fault, or any of the switches by name."""
        if not isinstance(wanted, dict):
            raise TypeError("a JSON object is needed")
        if "provider" in wanted:
            self.faults.add(Fault(**_fault(wanted)))
            return
        unknown = set(wanted) - set(_CHANGES)
        if unknown:
            raise ValueError(f"unknown switch: {', '.join(sorted(unknown))}; known: {', '.join(_CHANGES)}")
        for name, value in wanted.items():
            _CHANGES[name](self, value)

    def restore(self) -> None:
        """As at the start, with empty counts."""
        self.latency_ms = self.options.latency_ms
        self.spotify_mode = self.options.spotify_mode
        self.catalogue.frozen_now = self.options.now
        self.limits.enforced = self.options.limits
        self.limits.clock.run_at(self.options.limit_speed)
        self.limits.forget()
        self.faults.clear()
        self.mistakes.share = 0.0
        self.reset_counts()

    def reset_counts(self) -> None:
        self.counts.clear()
        self.limits.forget_sent()

    def set_now(self, value: object) -> None:
        """A moment with its time zone, or null for the real time."""
        moment = None if value is None else datetime.fromisoformat(str(value))
        if moment is not None and moment.tzinfo is None:
            raise ValueError("now must have a time zone")
        self.catalogue.frozen_now = moment


def _set_latency(switches: Switches, value: object) -> None:
    switches.latency_ms = int(_number(value))


def _set_spotify_mode(switches: Switches, value: object) -> None:
    if value not in SPOTIFY_MODES:
        raise ValueError(f"spotify_mode must be one of {', '.join(SPOTIFY_MODES)}")
    switches.spotify_mode = str(value)


def _set_limits(switches: Switches, value: object) -> None:
    if not isinstance(value, bool):
        raise TypeError("limits must be true or false")
    switches.limits.enforced = value


def _set_speed(switches: Switches, value: object) -> None:
    speed = _number(value)
    if speed <= 0:
        raise ValueError("limit_speed must be above 0")
    switches.limits.clock.run_at(speed)


def _set_mistakes(switches: Switches, value: object) -> None:
    wanted = _number(value)
    if wanted > 1:
        raise ValueError("mistakes must be a share from 0 to 1")
    switches.mistakes.share = wanted


def _set_faults(switches: Switches, value: object) -> None:
    """All of them at once: the ones that were set before are gone."""
    if not isinstance(value, list):
        raise TypeError("faults must be a list")
    switches.faults.replace([Fault(**_fault(entry)) for entry in value])


def _reset(switches: Switches, value: object) -> None:
    if value:
        switches.reset_counts()


_CHANGES = {
    "latency_ms": _set_latency,
    "spotify_mode": _set_spotify_mode,
    "limits": _set_limits,
    "limit_speed": _set_speed,
    "faults": _set_faults,
    "mistakes": _set_mistakes,
    "now": Switches.set_now,
    "reset_counts": _reset,
}


def _named(status: int) -> str:
    return "none" if status == NO_ANSWER else str(status)


def _fault(entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise TypeError("a fault must be an object")
    unknown = set(entry) - {"provider", "kind", "share", "seed", "times", "endpoint"}
    if unknown:
        raise ValueError(f"unknown in a fault: {', '.join(sorted(unknown))}")
    return entry


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise TypeError(f"a number of 0 or more is needed, not {value!r}")
    return float(value)
