"""Real processes that ask one cache at once."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis

from config import ROOT
from setlist.services.cache import Cache
from tests.services.cache_herd import MADE, NAME

PROCESSES = 6


class Member:
    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.services.cache_herd", url]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
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


def all_ask(herd: Herd, seconds: float) -> list[str]:
    for member in herd:
        member.tell(f"get {seconds}")
    return [member.says() for member in herd]


@pytest.fixture
def herd(redis_url: str, redis_client: redis.Redis) -> Iterator[Herd]:
    herd = [Member(redis_url) for _ in range(PROCESSES)]
    assert [member.says() for member in herd] == ["ready"] * PROCESSES
    yield herd
    for member in herd:
        member.end()


def test_a_cold_key_is_made_once_over_six_processes(herd: Herd, redis_client: redis.Redis) -> None:
    assert all_ask(herd, 0.5) == ["1"] * PROCESSES
    assert redis_client.get(MADE) == b"1"


def test_clearing_a_namespace_is_seen_by_all_processes(herd: Herd, redis_client: redis.Redis) -> None:
    assert all_ask(herd, 0.2) == ["1"] * PROCESSES
    herd[0].tell("clear")
    assert herd[0].says() == "1"
    assert all_ask(herd, 0.2) == ["2"] * PROCESSES
    assert redis_client.get(MADE) == b"2"


def test_what_processes_counted_is_there_when_they_have_ended(
    redis_url: str, redis_client: redis.Redis
) -> None:
    herd = [Member(redis_url) for _ in range(PROCESSES)]
    assert [member.says() for member in herd] == ["ready"] * PROCESSES
    all_ask(herd, 0.2)
    all_ask(herd, 0.2)
    for member in herd:
        member.end()
    (found,) = Cache(redis_client).stats()
    assert (found.name, found.computations, found.misses, found.hits) == (NAME, 1, PROCESSES, PROCESSES)
    assert found.stale == found.survived == 0


def test_one_that_dies_over_its_computation_holds_the_others_up_for_a_while_only(
    herd: Herd, redis_client: redis.Redis
) -> None:
    herd[0].tell("get 60")
    while redis_client.get(MADE) != b"1":
        pass
    herd[0].kill()
    assert all_ask(herd[1:], 0.1) == ["2"] * (PROCESSES - 1)
