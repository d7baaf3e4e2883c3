"""Processes with breakers, and calls that end in one way or another."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import pytest
import redis

from setlist.services.breaker import (
    Breaker,
    BreakerChange,
    BreakerOpenError,
    BreakerRule,
    Breakers,
)

RULE = BreakerRule(points=9, rest_seconds=60, longest_rest=200, trial_seconds=60)
AT_ONCE = BreakerRule(points=9, rest_seconds=0, trial_seconds=60)  # a trial may follow at once
SHORT_TRIAL = BreakerRule(points=9, rest_seconds=0, trial_seconds=0.05)


class DownError(Exception):
    pass


class ThrottledError(Exception):
    pass


class OurFaultError(Exception):
    pass


class Interrupted(BaseException):
    pass


def weigh(error: Exception) -> int:
    return {DownError: 3, ThrottledError: 1}.get(type(error), 0)


def call(
    breaker: Breaker, error: BaseException | None = None, *, during: Callable[[], object] = tuple
) -> str:
    """A call during which something happens, and which ends with an error or well."""
    with breaker.calling(weigh=weigh):
        during()
        if error is not None:
            raise error
    return "answered"


def fail(breaker: Breaker, times: int = 3) -> None:
    for _ in range(times):
        with pytest.raises(DownError):
            call(breaker, DownError())


def refused(breaker: Breaker) -> datetime:
    with pytest.raises(BreakerOpenError) as caught:
        call(breaker)
    return caught.value.until


class Heard(list[BreakerChange]):
    """The changes that a process announced."""

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(change.old_state, change.new_state) for change in self]


class Process(NamedTuple):
    """Breakers as one process has them, and what it announced."""

    breakers: Breakers
    heard: Heard


StartProcess = Callable[..., Process]


def starting(connection: redis.Redis | None) -> StartProcess:
    def start(restore: Callable[[str], BreakerChange | None] | None = None) -> Process:
        heard = Heard()
        return Process(Breakers(connection, on_change=heard.append, restore=restore), heard)

    return start


def eventually(act: Callable[[], object]) -> None:
    """As soon as the breaker lets it through."""
    patience = threading.Event()
    for _ in range(2000):
        try:
            act()
        except BreakerOpenError:
            patience.wait(0.005)
        else:
            return
    raise AssertionError("it was refused for too long")
