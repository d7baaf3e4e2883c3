"""What is kept, for how long, and what is answered when it cannot be."""

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from config import ROOT
from setlist.services.cache import Cache, Namespace
from setlist.services.redis_client import RedisLink
from tests.broken_redis import BREAKS, BreakableRedis

PATIENCE = 10.0


class DownError(Exception):
    pass


class Source:
    """Says how often it was asked, and may be down."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_down = False

    def __call__(self) -> dict[str, int]:
        self.asked += 1
        if self.is_down:
            raise DownError
        return {"answer": self.asked}


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    client = RedisLink(redis_url, seconds=2).client(texts=False)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def cache(connection: redis.Redis) -> Cache:
    return Cache(connection)


@pytest.fixture
def source() -> Source:
    return Source()


def aged(connection: redis.Redis, namespace: Namespace, key: str, seconds: float) -> None:
    """As if the entry had been made earlier."""
    entry = namespace.lookup(key)
    assert entry is not None
    namespace._region.set(
        namespace._full(key),
        {"value": entry.value, "at": time.time() - seconds, "warmed": entry.is_warmed},
    )
    raw = connection.get(namespace._full(key))
    stamp = f"{time.time() - seconds}".encode()
    metadata, _, payload = raw.partition(b"|")
    now = metadata.split(b'"ct":')[1].split(b",")[0].strip(b" }")
    connection.set(namespace._full(key), metadata.replace(now, stamp) + b"|" + payload, keepttl=True)


class TestFresh:
    def test_it_is_worked_out_once(self, cache: Cache, source: Source) -> None:
        namespace = cache.namespace("songs", ttl=60)
        assert [namespace.get_or_create("a", source) for _ in range(3)] == [{"answer": 1}] * 3

    def test_other_processes_find_it(self, connection: redis.Redis, source: Source) -> None:
        for _ in range(2):
            Cache(connection).namespace("songs", ttl=60).get_or_create("a", source)
        assert source.asked == 1

    def test_keys_and_namespaces_are_apart(self, cache: Cache, source: Source) -> None:
        for name in ("songs", "shows"):
            for key in ("a", "b"):
                cache.namespace(name, ttl=60).get_or_create(key, source)
        assert source.asked == 4

    def test_a_megabyte_is_kept_too(self, cache: Cache) -> None:
        value = [{"title": "Velvet Walrus", "place": number} for number in range(30_000)]
        namespace = cache.namespace("songs", ttl=60)
        namespace.get_or_create("a", lambda: value)
        entry = namespace.lookup("a")
        assert entry is not None
        assert entry.value == value

    def test_its_time_differs_by_key_and_is_the_same_for_all_processes(self, connection: redis.Redis) -> None:
        namespaces = [Cache(connection).namespace("songs", ttl=100) for _ in range(2)]
        times = {key: {namespace._ttl(key) for namespace in namespaces} for key in map(str, range(200))}
        assert all(len(found) == 1 for found in times.values())
        ttls = [found.pop() for found in times.values()]
        assert 90 <= min(ttls) < 95
        assert 105 < max(ttls) <= 110

    def test_redis_forgets_it_in_the_end(self, cache: Cache, connection: redis.Redis, source: Source) -> None:
        namespace = cache.namespace("songs", ttl=60, stale=600)
        namespace.get_or_create("a", source)
        assert 600 < connection.ttl(namespace._full("a")) <= 700


class TestStale:
    @pytest.fixture
    def namespace(self, cache: Cache, connection: redis.Redis, source: Source) -> Namespace:
        """With an entry whose time is over."""
        namespace = cache.namespace("songs", ttl=60, stale=6_000)
        namespace.get_or_create("a", source)
        aged(connection, namespace, "a", 100)
        return namespace

    def test_it_is_worked_out_anew(self, namespace: Namespace, source: Source) -> None:
        assert namespace.get_or_create("a", source) == {"answer": 2}

    def test_while_one_refreshes_the_others_get_what_there_is(self, namespace: Namespace) -> None:
        inside, finish = threading.Event(), threading.Event()

        def slow() -> str:
            inside.set()
            assert finish.wait(PATIENCE)
            return "new"

        found: list[object] = []
        refreshing = threading.Thread(target=lambda: found.append(namespace.get_or_create("a", slow)))
        refreshing.start()
        assert inside.wait(PATIENCE)
        assert namespace.get_or_create("a", slow) == {"answer": 1}
        finish.set()
        refreshing.join(PATIENCE)
        assert found == ["new"]

    def test_it_survives_a_source_that_is_down_and_leaves_it_alone(
        self, namespace: Namespace, source: Source
    ) -> None:
        source.is_down = True
        for _ in range(3):
            assert namespace.get_or_create("a", source, survives=(DownError,)) == {"answer": 1}
        assert source.asked == 2

    def test_other_errors_pass_through(self, namespace: Namespace, source: Source) -> None:
        source.is_down = True
        with pytest.raises(DownError):
            namespace.get_or_create("a", source)

    def test_without_a_stale_answer_the_error_passes_through_and_nothing_is_kept(
        self, namespace: Namespace, source: Source
    ) -> None:
        source.is_down = True
        with pytest.raises(DownError):
            namespace.get_or_create("b", source, survives=(DownError,))
        source.is_down = False
        assert namespace.get_or_create("b", source) == {"answer": 3}


class TestOneAtATime:
    def test_of_six_processes_that_ask_one_cold_key_one_works_it_out(
        self, connection: redis.Redis, redis_url: str
    ) -> None:
        start_at = str(time.time() + 3)
        herd = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.services.herd_member", redis_url, start_at, "cold"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(6)
        ]
        assert [member.communicate(timeout=60)[0] for member in herd] == ["made"] * 6
        assert connection.get("computations") == b"1"

    def test_threads_of_one_process_too(self, cache: Cache) -> None:
        namespace, made = cache.namespace("songs", ttl=60), []

        def slow() -> str:
            made.append(1)
            time.sleep(0.2)
            return "made"

        threads = [threading.Thread(target=namespace.get_or_create, args=("a", slow)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert len(made) == 1

    def test_a_holder_that_died_is_not_waited_for_longer_than_said(
        self, cache: Cache, connection: redis.Redis, source: Source
    ) -> None:
        namespace = cache.namespace("songs", ttl=60, longest_wait=0.3)
        connection.set(f"setlist:cache-lock:{namespace._full('a')}", "nobody", px=60_000)
        assert namespace.get_or_create("a", source) == {"answer": 1}


class TestClearing:
    def test_all_processes_forget(self, connection: redis.Redis, source: Source) -> None:
        one, other = Cache(connection), Cache(connection)
        for cache in (one, other):
            cache.namespace("songs", ttl=60).get_or_create("a", source)
        assert one.clear("songs")
        other.namespace("songs", ttl=60).look_anew()  # it would notice by itself within a second
        for cache in (one, other):
            cache.namespace("songs", ttl=60).get_or_create("a", source)
        assert source.asked == 2

    def test_other_namespaces_stay(self, cache: Cache, source: Source) -> None:
        for _ in range(2):
            cache.namespace("songs", ttl=60).get_or_create("a", source)
            cache.clear("shows")
        assert source.asked == 1

    def test_one_key_is_deleted_alone(self, cache: Cache, source: Source) -> None:
        namespace = cache.namespace("songs", ttl=60)
        for key in ("a", "b"):
            namespace.get_or_create(key, source)
        namespace.delete("a")
        assert namespace.lookup("a") is None
        assert namespace.lookup("b") is not None


class TestWhatIsFound:
    @pytest.mark.parametrize("kept", [b"", b"nonsense", b"{}|{}", b'{"ct":1,"v":2}|jnonsense', b"z"])
    def test_nonsense_is_a_miss(
        self, cache: Cache, connection: redis.Redis, source: Source, kept: bytes
    ) -> None:
        namespace = cache.namespace("songs", ttl=60)
        connection.set(namespace._full("a"), kept)
        assert namespace.get_or_create("a", source) == {"answer": 1}

    def test_a_pickle_is_never_loaded(
        self, cache: Cache, connection: redis.Redis, source: Source, tmp_path: Path
    ) -> None:
        class Bomb:
            def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
                return (Path.touch, (tmp_path / "loaded",))

        namespace = cache.namespace("songs", ttl=60)
        namespace.get_or_create("a", source)
        metadata = connection.get(namespace._full("a")).partition(b"|")[0]
        connection.set(namespace._full("a"), metadata + b"|" + pickle.dumps(Bomb()))
        assert namespace.get_or_create("a", source) == {"answer": 2}
        assert not (tmp_path / "loaded").exists()


@pytest.mark.parametrize("way", BREAKS)
def test_without_redis_everything_is_worked_out(own_redis: BreakableRedis, source: Source, way: str) -> None:
    cache = Cache(RedisLink(own_redis.url, seconds=0.3).client(texts=False))
    namespace = cache.namespace("songs", ttl=60)
    namespace.get_or_create("a", source)
    own_redis.break_as(way)
    assert namespace.get_or_create("new", source)["answer"] > 1
    namespace.put("b", 1)
    namespace.delete("b")
    cache.flush_stats()


def test_without_a_connection_nothing_is_kept(source: Source) -> None:
    namespace = Cache(None).namespace("songs", ttl=60)
    assert [namespace.get_or_create("a", source)["answer"] for _ in range(2)] == [1, 2]
    assert namespace.lookup("a") is None
    assert Cache(None).stats() is None


class TestStatistics:
    def only(self, cache: Cache) -> object:
        (found,) = cache.stats() or ()
        return found

    def test_they_are_exact(self, cache: Cache, connection: redis.Redis, source: Source) -> None:
        namespace = cache.namespace("songs", ttl=60, stale=6_000)
        for key in ("a", "a", "b", "a"):
            namespace.get_or_create(key, source)
        aged(connection, namespace, "b", 100)
        source.is_down = True
        namespace.get_or_create("b", source, survives=(DownError,))
        found = self.only(cache)
        assert (found.name, found.hits, found.misses, found.stale, found.survived) == ("songs", 2, 2, 1, 1)
        assert found.hit_share == pytest.approx(3 / 5)
        assert found.mean_age == pytest.approx(100 / 3, abs=5)

    def test_those_of_all_processes_are_added_up(self, connection: redis.Redis, source: Source) -> None:
        for _ in range(3):
            cache = Cache(connection)
            cache.namespace("songs", ttl=60).get_or_create("a", source)
            cache.flush_stats()
        found = self.only(cache)
        assert (found.hits, found.misses) == (2, 1)

    def test_a_warmed_entry_is_used_once_at_most(self, connection: redis.Redis, source: Source) -> None:
        for key in ("a", "b", "c"):
            Cache(connection).namespace("songs", ttl=60).put(key, 1, warmed=True)
        caches = [Cache(connection) for _ in range(2)]
        for cache in caches * 2:
            cache.namespace("songs", ttl=60).get_or_create("a", source)
            cache.flush_stats()
        found = self.only(caches[0])
        assert found.warmed_used == 1
        assert source.asked == 0

    def test_what_was_not_asked_for_has_no_share(self, cache: Cache) -> None:
        cache.namespace("songs", ttl=60).put("a", 1, warmed=True)
        found = self.only(cache)
        assert (found.hit_share, found.mean_age, found.warmed_used_share) == (None, None, 0)

    def test_while_redis_is_away_nobody_knows(self, own_redis: BreakableRedis, source: Source) -> None:
        cache = Cache(RedisLink(own_redis.url, seconds=0.3).client(texts=False))
        cache.namespace("songs", ttl=60).get_or_create("a", source)
        own_redis.stop()
        assert cache.stats() is None
