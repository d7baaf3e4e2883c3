import threading

import pytest

from setlist.web.probes import Probe


def test_the_answer_comes_through() -> None:
    assert Probe(lambda: 42).start().result(timeout=5) == 42


def test_an_error_is_raised_to_whoever_reads_the_answer() -> None:
    def fail() -> int:
        raise ConnectionError("away")

    with pytest.raises(ConnectionError, match="away"):
        Probe(fail).start().result(timeout=5)


def test_while_one_question_hangs_no_other_is_asked() -> None:
    answered = threading.Event()
    asked = []

    def hang() -> str:
        asked.append(1)
        answered.wait(timeout=10)
        return "at last"

    probe = Probe(hang)
    first, second = probe.start(), probe.start()
    with pytest.raises(TimeoutError):
        first.result(timeout=0.05)
    assert first is second
    answered.set()
    assert second.result(timeout=5) == "at last"
    assert asked == [1]


def test_each_later_question_is_a_new_one() -> None:
    numbers = iter(range(3))
    probe = Probe(lambda: next(numbers))
    assert [probe.start().result(timeout=5) for _ in range(3)] == [0, 1, 2]
