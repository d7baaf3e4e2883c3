"""Threads that ask at once: what is called, and what each of them gets. Nothing here waits for a clock."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from traceback import extract_tb

import pytest

from setlist.services.batching import Gatherer, SingleFlight

FOREVER = 3_600.0  # a wait that no test sees the end of
SOON = 30.0  # longer than any step of these tests takes; only a test that fails waits for it


class Interrupted(BaseException):
    """As a worker's shutdown."""


class OwnError(Exception):
    """Its constructor makes something else of its argument."""

    def __init__(self, name: str, *, code: int) -> None:
        super().__init__(f"no {name}")
        self.code = code


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as threads:
        yield threads


class Fetcher:
    """Answers with the id in capitals; held back until `go`, if asked to."""

    def __init__(self, *, held: bool = False) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.called = threading.Semaphore(0)
        self.go = threading.Event()
        self._held = held

    def __call__(self, ids: Sequence[str]) -> Mapping[str, str]:
        self.calls.append(tuple(ids))
        self.called.release()
        if self._held:
            assert self.go.wait(SOON)
        return {id: id.upper() for id in ids if not id.startswith("?")}


def until(holds: Callable[[], bool]) -> None:
    """Waits until what the threads of a test did is to be seen."""
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def seats(gatherer: Gatherer[str, str]) -> int:
    return sum(batch.seats for batch in gatherer._batches)


def seated(gatherer: Gatherer[str, str], count: int) -> None:
    until(lambda: seats(gatherer) == count)


def test_ids_of_several_threads_travel_in_one_call(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch = Gatherer[str, str](4, wait=FOREVER), Fetcher()
    asked = [pool.submit(gatherer.load, id, fetch) for id in "abcd"]
    assert [answer.result(SOON) for answer in asked] == ["A", "B", "C", "D"]
    assert [sorted(call) for call in fetch.calls] == [["a", "b", "c", "d"]]


def test_a_batch_that_is_not_full_leaves_after_its_wait() -> None:
    gatherer, fetch = Gatherer[str, str](100, wait=0.001), Fetcher()
    assert gatherer.load_many(["a", "b"], fetch) == {"a": "A", "b": "B"}
    assert fetch.calls == [("a", "b")]


def test_equal_ids_become_one(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch = Gatherer[str, str](2, wait=FOREVER), Fetcher()
    first = [pool.submit(gatherer.load_many, ["a", "a"], fetch) for _ in range(3)]
    seated(gatherer, 3)
    last = pool.submit(gatherer.load, "b", fetch)
    assert [answer.result(SOON) for answer in first] == [{"a": "A"}] * 3
    assert (last.result(SOON), fetch.calls) == ("B", [("a", "b")])


def test_an_id_that_is_under_way_is_not_asked_for_again(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch = Gatherer[str, str](1, wait=FOREVER), Fetcher(held=True)
    first = pool.submit(gatherer.load, "a", fetch)
    assert fetch.called.acquire(timeout=SOON)
    second = pool.submit(gatherer.load, "a", fetch)
    seated(gatherer, 2)
    fetch.go.set()
    assert (first.result(SOON), second.result(SOON), fetch.calls) == ("A", "A", [("a",)])


def test_an_id_is_asked_for_again_afterwards() -> None:
    gatherer, fetch = Gatherer[str, str](1), Fetcher()
    assert [gatherer.load("a", fetch), gatherer.load("a", fetch)] == ["A", "A"]
    assert fetch.calls == [("a",), ("a",)]


def test_more_ids_than_a_call_takes_are_several_calls() -> None:
    gatherer, fetch = Gatherer[str, str](2, wait=0.001), Fetcher()
    assert gatherer.load_many("abcde", fetch) == {id: id.upper() for id in "abcde"}
    assert fetch.calls == [("a", "b"), ("c", "d"), ("e",)]


def test_what_is_not_found_is_none_and_left_out() -> None:
    gatherer, fetch = Gatherer[str, str](10, wait=0.001), Fetcher()
    assert gatherer.load("?", fetch) is None
    assert gatherer.load_many(["?", "a"], fetch) == {"a": "A"}
    assert gatherer.load_many([], fetch) == {}


def test_while_a_batch_is_under_way_the_next_one_goes_on_gathering(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch = Gatherer[str, str](3, wait=0.0), Fetcher(held=True)
    first = pool.submit(gatherer.load, "a", fetch)
    assert fetch.called.acquire(timeout=SOON)
    later = [pool.submit(gatherer.load, id, fetch) for id in "bc"]
    seated(gatherer, 3)
    assert fetch.calls == [("a",)]
    fetch.go.set()
    assert [answer.result(SOON) for answer in (first, *later)] == ["A", "B", "C"]
    assert [sorted(call) for call in fetch.calls] == [["a"], ["b", "c"]]


def test_a_full_batch_does_not_wait_for_the_one_under_way(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch = Gatherer[str, str](2, wait=FOREVER), Fetcher(held=True)
    asked = [pool.submit(gatherer.load, id, fetch) for id in "abcd"]
    assert fetch.called.acquire(timeout=SOON)
    assert fetch.called.acquire(timeout=SOON)
    fetch.go.set()
    assert [answer.result(SOON) for answer in asked] == ["A", "B", "C", "D"]
    assert [len(call) for call in fetch.calls] == [2, 2]


def test_an_error_reaches_everyone_with_the_place_where_it_happened(pool: ThreadPoolExecutor) -> None:
    gatherer = Gatherer[str, str](3, wait=FOREVER)

    def broken(ids: Sequence[str]) -> Mapping[str, str]:
        raise OwnError("answer", code=len(ids))

    asked = [pool.submit(gatherer.load, id, broken) for id in "abc"]
    errors = [answer.exception(SOON) for answer in asked]
    for error in errors:
        assert isinstance(error, OwnError)
        assert (str(error), error.code) == ("no answer", 3)
        assert [frame.name for frame in extract_tb(error.__traceback__)].count("broken") == 1
    assert len({id(error) for error in errors}) == 3, "each thread raises its own"


def test_a_failure_is_not_remembered() -> None:
    gatherer = Gatherer[str, str](1)

    def broken(_ids: Sequence[str]) -> Mapping[str, str]:
        raise OSError(5, "broken")

    with pytest.raises(OSError, match="broken"):
        gatherer.load("a", broken)
    assert gatherer.load("a", Fetcher()) == "A"


def test_when_the_thread_that_calls_is_interrupted_another_makes_the_call(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch, go = Gatherer[str, str](2, wait=FOREVER), Fetcher(), threading.Event()
    begun = threading.Event()

    def interrupted(_ids: Sequence[str]) -> Mapping[str, str]:
        begun.set()
        assert go.wait(SOON)
        raise Interrupted

    # Both ids at once, so that it leads a full batch before anyone else has come.
    first: Future[object] = pool.submit(gatherer.load_many, ["a", "b"], interrupted)
    assert begun.wait(SOON)
    others = [pool.submit(gatherer.load, id, fetch) for id in "ab"]
    seated(gatherer, 3)
    go.set()
    assert isinstance(first.exception(SOON), Interrupted)
    assert [answer.result(SOON) for answer in others] == ["A", "B"]
    assert fetch.calls == [("a", "b")], "one of the two called, for both"


def test_an_interruption_while_gathering_leaves_nothing_behind() -> None:
    gatherer = Gatherer[str, str](2, wait=0.001)

    def interrupted(_ids: Sequence[str]) -> Mapping[str, str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gatherer.load("a", interrupted)
    assert gatherer._batches == []
    fetch = Fetcher()
    assert gatherer.load("b", fetch) == "B"
    assert fetch.calls == [("b",)]


def test_nobody_waits_for_another_for_longer_than_their_patience(pool: ThreadPoolExecutor) -> None:
    gatherer = Gatherer[str, str](1, wait=0.0, patience=0.01)
    stuck, fetch = Fetcher(held=True), Fetcher()
    first = pool.submit(gatherer.load, "a", stuck)
    assert stuck.called.acquire(timeout=SOON)
    assert gatherer.load("a", fetch) == "A"
    assert not first.done()
    stuck.go.set()
    assert first.result(SOON) == "A"


def test_many_threads_with_ids_in_any_order_all_get_their_own(pool: ThreadPoolExecutor) -> None:
    gatherer, fetch = Gatherer[str, str](7, wait=0.001), Fetcher()
    ids = [f"id-{number}" for number in range(40)]
    asked = [
        pool.submit(gatherer.load_many, ids[start % 40 :] + ids[:5], fetch) for start in range(0, 200, 7)
    ]
    for start, answer in zip(range(0, 200, 7), asked, strict=True):
        wanted = ids[start % 40 :] + ids[:5]
        assert answer.result(SOON) == {id: id.upper() for id in wanted}
    assert all(len(call) <= 7 for call in fetch.calls)
    assert gatherer._batches == []


def test_equal_questions_at_once_are_one_call(pool: ThreadPoolExecutor) -> None:
    flights, fetch = SingleFlight[str, Mapping[str, str]](), Fetcher(held=True)
    asked = [pool.submit(flights.ask, "a", lambda: fetch("a")) for _ in range(8)]
    until(lambda: "a" in flights._flights and flights._flights["a"].seats == 8)
    fetch.go.set()
    assert [answer.result(SOON) for answer in asked] == [{"a": "A"}] * 8
    assert fetch.calls == [("a",)]


def test_a_question_asked_afterwards_is_a_call_of_its_own() -> None:
    flights, answers = SingleFlight[str, int](), iter(range(2))
    assert [flights.ask("a", lambda: next(answers)) for _ in range(2)] == [0, 1]
    assert flights._flights == {}


def test_different_questions_do_not_wait_for_each_other(pool: ThreadPoolExecutor) -> None:
    flights, both = SingleFlight[str, str](), threading.Barrier(2)

    def meet() -> str:
        both.wait(SOON)
        return "met"

    asked = [pool.submit(flights.ask, key, meet) for key in "ab"]
    assert [answer.result(SOON) for answer in asked] == ["met", "met"]


def test_a_failed_flight_fails_for_all_and_an_interrupted_one_is_taken_over(pool: ThreadPoolExecutor) -> None:
    flights, go, begun = SingleFlight[str, str](), threading.Event(), threading.Event()

    def interrupted() -> str:
        begun.set()
        assert go.wait(SOON)
        raise Interrupted

    def refused() -> str:
        raise OwnError("call", code=7)

    first = pool.submit(flights.ask, "a", interrupted)
    assert begun.wait(SOON)
    others = [pool.submit(flights.ask, "a", refused) for _ in range(2)]
    until(lambda: flights._flights["a"].seats == 3)
    go.set()
    assert isinstance(first.exception(SOON), Interrupted)
    assert all(isinstance(other.exception(SOON), OwnError) for other in others)
    assert flights.ask("a", lambda: "well") == "well"
