"""Six real processes that meet a half-open breaker at once."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis

from config import ROOT
from setlist.services.breaker import Breakers
from tests.services.breaker_calls import fail
from tests.services.breaker_herd import NAME, RULE, SENT

PROCESSES = 6
RACES = 10


class Member:
    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.services.breaker_herd", url]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def end(self) -> None:
        self._process.communicate(timeout=30)


Herd = list[Member]


def let_in(herd: Herd) -> Herd:
    """All call at once; those whose calls were let through, and are waiting inside."""
    for member in herd:
        member.tell("call")
    said = [member.says() for member in herd]
    assert set(said) <= {"inside", "refused"}
    return [member for member, word in zip(herd, said, strict=True) if word == "inside"]


@pytest.fixture
def herd(redis_url: str, connection: redis.Redis) -> Iterator[Herd]:
    fail(Breakers(connection).get(NAME, RULE), 1)
    herd = [Member(redis_url) for _ in range(PROCESSES)]
    assert [member.says() for member in herd] == ["ready"] * PROCESSES
    yield herd
    for member in herd:
        member.end()


def test_one_of_them_makes_the_trial(herd: Herd, connection: redis.Redis) -> None:
    for race in range(RACES):
        (trial,) = let_in(herd)
        assert connection.get(SENT) == str(race + 1)
        trial.tell("badly")
        assert trial.says() == "failed"
    changes = Breakers(connection).get(NAME, RULE).snapshot().changes
    assert changes == {"open": RACES + 1, "half-open": RACES}


def test_once_it_is_answered_all_of_them_call(herd: Herd, connection: redis.Redis) -> None:
    (trial,) = let_in(herd)
    trial.tell("well")
    assert trial.says() == "answered"
    assert let_in(herd) == herd
    for member in herd:
        member.tell("well")
    assert [member.says() for member in herd] == ["answered"] * PROCESSES
    changes = Breakers(connection).get(NAME, RULE).snapshot().changes
    assert changes == {"open": 1, "half-open": 1, "closed": 1}


def test_a_trial_dies_with_its_process_and_not_before_its_lease_is_over(
    herd: Herd, connection: redis.Redis
) -> None:
    (trial,) = let_in(herd)
    trial.kill()
    others = [member for member in herd if member is not trial]
    assert let_in(others) == []
    assert connection.get(SENT) == "1"
