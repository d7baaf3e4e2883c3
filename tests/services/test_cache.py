"""The cache over a real Redis: fresh, stale, made once, and without Redis made each time."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from setlist.embedded.processes import wait_until
from setlist.services.cache import Cache, KeptFor, Namespace
from tests.services.cache_source import KEY, NAME, Source, SourceDownError

Run = Callable[[], None]


@pytest.fixture
def cache(redis_client: redis.Redis) -> Iterator[Cache]:
    cache = Cache(redis_client)
    yield cache
    cache.close()


@pytest.fixture
def lasting(cache: Cache) -> Namespace:
    return cache.namespace(NAME, ttl=600, stale=600)


@pytest.fixture
def passing(cache: Cache) -> Namespace:
    """Its values are past their time at once."""
    return cache.namespace(NAME, ttl=0.001, stale=600)


@pytest.fixture
def source() -> Source:
    return Source()


def aged(namespace: Namespace) -> None:
    assert wait_until(lambda: not namespace.lookup(KEY).fresh, 5)


class TestAValue:
    def test_is_made_once_while_it_is_fresh(self, lasting: Namespace, source: Source) -> None:
        assert [lasting.get_or_create(KEY, source) for _ in range(3)] == [1, 1, 1]

    def test_of_another_key_is_another_one(self, lasting: Namespace, source: Source) -> None:
        assert [lasting.get_or_create(key, source) for key in ("a", "b", "a")] == [1, 2, 1]

    def test_is_shared_with_other_processes(
        self, lasting: Namespace, source: Source, redis_client: redis.Redis
    ) -> None:
        lasting.get_or_create(KEY, source)
        other = Cache(redis_client)
        assert other.namespace(NAME, ttl=600, stale=600).get_or_create(KEY, source) == 1
        other.close()

    def test_past_its_time_is_made_anew(self, passing: Namespace, source: Source) -> None:
        passing.get_or_create(KEY, source)
        aged(passing)
        assert passing.get_or_create(KEY, source) == 2

    @pytest.mark.parametrize("value", [None, False, 0, "", [], {"ä": [1, 2.5, None, "☃"]}])
    def test_of_json_comes_back_as_it_was(self, lasting: Namespace, value: Any) -> None:
        lasting.put(KEY, value)
        assert lasting.get_or_create(KEY, pytest.fail) == value

    def test_of_a_megabyte_is_kept_compressed(self, lasting: Namespace, redis_client: redis.Redis) -> None:
        value = {"recordings": [{"id": number, "title": f"Song {number} ♥"} for number in range(30_000)]}
        size = len(json.dumps(value))
        assert size > 1_000_000
        lasting.put(KEY, value)
        assert lasting.get_or_create(KEY, pytest.fail) == value
        assert redis_client.strlen(f"cache:{NAME}:{KEY}") < size / 3

    def test_that_json_does_not_have_is_the_callers_mistake(self, lasting: Namespace) -> None:
        with pytest.raises(TypeError, match="set"):
            lasting.put(KEY, {1, 2})

    def test_may_be_kept_for_less_time_or_not_at_all(self, lasting: Namespace) -> None:
        assert lasting.get_or_create(KEY, lambda: KeptFor(value=1, seconds=0)) == 1
        assert lasting.lookup(KEY) is None
        assert lasting.get_or_create(KEY, lambda: KeptFor(value=2, seconds=0.001)) == 2
        aged(lasting)
        assert lasting.get_or_create(KEY, lambda: 3) == 3
        assert lasting.lookup(KEY).fresh

    def test_has_its_namespace_in_its_key_and_an_end(
        self, lasting: Namespace, redis_client: redis.Redis
    ) -> None:
        lasting.put(KEY, 1)
        assert redis_client.keys("cache:*") == [b"cache:things:one"]
        assert 1200 < redis_client.ttl("cache:things:one") <= 1260

    def test_with_a_very_long_key_is_kept_like_others(
        self, lasting: Namespace, source: Source, redis_client: redis.Redis
    ) -> None:
        keys = ["k" * 100_000 + end for end in "ab"]
        assert [lasting.get_or_create(key, source) for key in keys * 2] == [1, 2, 1, 2]
        assert all(len(key) < 300 for key in redis_client.keys("cache:*"))

    def test_is_looked_up_with_its_age(self, lasting: Namespace) -> None:
        assert lasting.lookup(KEY) is None
        lasting.put(KEY, "x")
        found = lasting.lookup(KEY)
        assert (found.value, found.fresh) == ("x", True)
        assert 0 <= found.age_seconds < 60


def test_keys_made_in_one_moment_do_not_run_out_in_one(lasting: Namespace) -> None:
    keys = [f"key {number}" for number in range(50)]
    for key in keys:
        lasting.put(key, 1)
    lives = [entry.until - entry.at for entry in map(lasting.lookup, keys)]
    assert len({round(life) for life in lives}) > 20
    assert all(539 < life < 662 for life in lives)


class TestWhileOneMakesIt:
    def test_others_get_the_old_one_at_once(self, passing: Namespace, source: Source) -> None:
        passing.get_or_create(KEY, source)
        aged(passing)
        source.entered.clear()
        source.may_go_on.clear()
        with ThreadPoolExecutor() as pool:
            refresh = pool.submit(passing.get_or_create, KEY, source)
            assert source.entered.wait(10)
            assert passing.get_or_create(KEY, pytest.fail) == 1
            assert not refresh.done()
            source.may_go_on.set()
            assert refresh.result() == 2

    def test_threads_that_ask_for_a_cold_key_wait_for_it(self, lasting: Namespace, source: Source) -> None:
        source.may_go_on.clear()
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(lasting.get_or_create, KEY, source) for _ in range(8)]
            assert source.entered.wait(10)
            source.may_go_on.set()
            assert [question.result() for question in asked] == [1] * 8

    def test_nobody_waits_for_longer_than_they_may(self, cache: Cache, source: Source) -> None:
        hasty = cache.namespace(NAME, ttl=600, longest_wait=0.2)
        source.may_go_on.clear()
        with ThreadPoolExecutor() as pool:
            slow = pool.submit(hasty.get_or_create, KEY, source)
            assert source.entered.wait(10)
            assert hasty.get_or_create(KEY, lambda: "own") == "own"
            assert not slow.done()
            source.may_go_on.set()
            assert slow.result() == 1

    def test_a_failure_is_raised_and_the_next_one_tries(self, lasting: Namespace, source: Source) -> None:
        source.is_down = True
        with pytest.raises(SourceDownError):
            lasting.get_or_create(KEY, source, survives=(SourceDownError,))
        source.is_down = False
        assert lasting.get_or_create(KEY, source) == 1


class TestWhileTheSourceIsDown:
    def test_the_old_value_is_the_answer_and_it_is_left_alone_for_a_while(
        self, passing: Namespace, source: Source
    ) -> None:
        passing.get_or_create(KEY, source)
        aged(passing)
        source.is_down = True
        answers = [passing.get_or_create(KEY, source, survives=(SourceDownError,)) for _ in range(5)]
        assert answers == [1] * 5
        assert source.tries == 2

    def test_it_is_left_alone_by_those_who_open_the_namespace_each_time(
        self, cache: Cache, passing: Namespace, source: Source
    ) -> None:
        passing.get_or_create(KEY, source)
        aged(passing)
        source.is_down = True
        for _ in range(5):
            again = cache.namespace(NAME, ttl=0.001, stale=600)
            assert again.get_or_create(KEY, source, survives=(SourceDownError,)) == 1
        assert source.tries == 2

    def test_no_value_is_the_answer_for_longer_than_it_may_be_stale(
        self, cache: Cache, source: Source
    ) -> None:
        punctual = cache.namespace(NAME, ttl=0.001)  # while Redis keeps nothing for less than a second
        punctual.get_or_create(KEY, source)
        assert wait_until(lambda: punctual.lookup(KEY) is None, 0.8)
        source.is_down = True
        with pytest.raises(SourceDownError):
            punctual.get_or_create(KEY, source, survives=(SourceDownError,))

    def test_another_kind_of_failure_is_raised(self, passing: Namespace, source: Source) -> None:
        passing.get_or_create(KEY, source)
        aged(passing)
        source.is_down = True
        with pytest.raises(SourceDownError):
            passing.get_or_create(KEY, source, survives=(ZeroDivisionError,))


class TestForgetting:
    def test_a_key(self, lasting: Namespace, source: Source) -> None:
        lasting.get_or_create(KEY, source)
        lasting.delete(KEY)
        assert lasting.lookup(KEY) is None
        assert [lasting.get_or_create(KEY, source) for _ in range(2)] == [2, 2]

    @pytest.mark.parametrize("how", ["delete", "clear"])
    def test_what_is_being_made_at_that_moment_is_not_kept(
        self, cache: Cache, lasting: Namespace, source: Source, how: str
    ) -> None:
        source.may_go_on.clear()
        with ThreadPoolExecutor() as pool:
            overtaken = pool.submit(lasting.get_or_create, KEY, source)
            assert source.entered.wait(10)
            lasting.delete(KEY) if how == "delete" else cache.clear(NAME)
            source.may_go_on.set()
            assert overtaken.result() == 1
        assert lasting.lookup(KEY) is None

    def test_a_namespace_and_no_other(self, cache: Cache, lasting: Namespace, source: Source) -> None:
        other = cache.namespace("others", ttl=600)
        lasting.put(KEY, "mine")
        other.put(KEY, "theirs")
        assert cache.clear(NAME) == 1
        assert lasting.lookup(KEY) is None
        assert other.lookup(KEY).value == "theirs"
        lasting.put(KEY, "new")
        assert lasting.lookup(KEY).value == "new"


class TestAWarmedValue:
    def test_answers_its_first_reader_at_once_and_is_made_anew_afterwards(
        self, passing: Namespace, source: Source
    ) -> None:
        assert passing.warm(KEY, source)
        aged(passing)
        after: list[Run] = []
        assert passing.get_or_create(KEY, source, later=after.append) == 1
        assert passing.get_or_create(KEY, source, later=after.append) == 1  # one refresh is enough
        assert source.made == 1
        (refresh,) = after
        refresh()
        assert passing.lookup(KEY).value == 2

    def test_is_made_anew_at_once_for_those_who_cannot_do_it_later(
        self, passing: Namespace, source: Source
    ) -> None:
        passing.warm(KEY, source)
        aged(passing)
        assert passing.get_or_create(KEY, source) == 2

    def test_only_a_warmed_one_is_made_anew_later(self, passing: Namespace, source: Source) -> None:
        passing.get_or_create(KEY, source)
        aged(passing)
        assert passing.get_or_create(KEY, source, later=pytest.fail) == 2

    def test_that_cannot_be_made_anew_does_not_end_the_worker(
        self, passing: Namespace, source: Source
    ) -> None:
        passing.warm(KEY, source)
        aged(passing)
        after: list[Run] = []
        passing.get_or_create(KEY, source, survives=(SourceDownError,), later=after.append)
        source.is_down = True
        after[0]()
        source.is_down = False
        assert passing.get_or_create(KEY, source) == 2


def test_a_client_that_decodes_is_refused(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url, decode_responses=True)
    with client, pytest.raises(ValueError, match="bytes"):
        Cache(client)


@pytest.mark.parametrize("name", ["", "a:b"])
def test_a_name_that_would_blur_keys_is_refused(cache: Cache, name: str) -> None:
    with pytest.raises(ValueError, match="name of a namespace"):
        cache.namespace(name, ttl=1)
