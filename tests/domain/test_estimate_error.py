import pytest

from setlist.domain.estimate_error import counted_down, estimate_error


@pytest.mark.parametrize(
    ("left", "age", "now"), [(9.0, 0, 9.0), (9.0, 4, 5.0), (9.0, 40, 0.0), (9.0, -1, 9.0), (None, 4, None)]
)
def test_an_estimate_counts_down_to_nothing(left: float | None, age: float, now: float | None) -> None:
    assert counted_down(left, age) == now


def test_one_that_was_right_from_the_start_has_no_error() -> None:
    assert estimate_error([(0.0, 10.0)], 10.0) == pytest.approx(0.0)


def test_what_was_told_in_the_first_half_alone_does_not_count() -> None:
    assert estimate_error([(0.0, 500.0), (4.9, 5.1)], 10.0) == pytest.approx(0.0)


@pytest.mark.parametrize(("factor", "error"), [(1.5, 0.5), (0.5, 0.5), (3.0, 2.0)])
def test_it_is_relative_to_what_was_truly_left(factor: float, error: float) -> None:
    told = [(at / 100, factor * (10 - at / 100)) for at in range(1000)]
    assert estimate_error(told, 10.0) == pytest.approx(error, abs=0.01)


def test_saying_nothing_or_that_nothing_is_left_is_wholly_wrong() -> None:
    assert estimate_error([(0.0, 4.0), (5.0, None)], 10.0) == 1.0
    assert estimate_error([(0.0, 4.0)], 10.0) == 1.0


@pytest.mark.parametrize(("told", "took"), [([], 10.0), ([(1.0, None)], 10.0), ([(0.0, 5.0)], 0.0)])
def test_where_nothing_was_ever_told_nothing_can_be_off(told: list, took: float) -> None:
    assert estimate_error(told, took) is None
