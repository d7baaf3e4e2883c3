"""What stands in Redis: JSON that this program wrote, and nothing else is loaded."""

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from config import ROOT
from setlist.services.cache import Cache, Namespace
from tests.services.cache_source import KEY, NAME, Source


@pytest.fixture
def lasting(redis_client: redis.Redis) -> Iterator[Namespace]:
    cache = Cache(redis_client)
    yield cache.namespace(NAME, ttl=600)
    cache.close()


@pytest.fixture
def source() -> Source:
    return Source()


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("pickle-was-loaded"),)


FOREIGN = {
    "a pickle": pickle.dumps(Bomb()),
    "nothing": b"",
    "no JSON": b"{{{",
    "other JSON": b'{"value": 1}',
    "another format": b'{"setlist": 99, "at": 1, "until": 9e99, "marks": ["", ""], "value": 1}',
    "from the future": b'{"setlist":1,"at":9e99,"until":9e99,"warmed":false,"marks":["",""],"value":1}',
    "not a number": b'{"setlist": 1, "at": {}, "until": 1, "marks": ["", ""], "value": 1}',
    "a broken stream": b"z\x00\x01\x02",
    "too deep": b'{"setlist": ' + b"[" * 100_000,
    "no text": b'{"\xff\xfe',
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_somebody_else_wrote_is_a_miss_and_is_not_loaded(
    lasting: Namespace,
    source: Source,
    redis_client: redis.Redis,
    data: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    redis_client.set(f"cache:{NAME}:{KEY}", data)
    assert [lasting.get_or_create(KEY, source) for _ in range(2)] == [1, 1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["half of a pair: \ud800", 1e999, -1e999], ids=ascii)
def test_what_a_providers_json_may_hold_comes_back_as_it_was(lasting: Namespace, text: Any) -> None:
    assert lasting.get_or_create(KEY, lambda: [text]) == [text]
    assert lasting.get_or_create(KEY, pytest.fail) == [text]


def test_a_key_of_another_type_is_computed(
    lasting: Namespace, source: Source, redis_client: redis.Redis
) -> None:
    redis_client.lpush(f"cache:{NAME}:{KEY}", "x")
    assert lasting.get_or_create(KEY, source) == 1


def test_the_cache_imports_no_pickle() -> None:
    files = (ROOT / "setlist/services").glob("cache*.py")
    assert not any("import pickle" in file.read_text() for file in files)
