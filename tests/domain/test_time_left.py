"""How long an import may still take: from sizes and speeds alone, without a database."""

from dataclasses import replace
from itertools import pairwise

import pytest

from setlist.domain.time_left import A_PAGE, History, Past, Reading, Standing, learn, seconds_left

PHASES = ("shows", "catalogue", "setlists", "ballots")
PAGE = {"page_entries": 20, "fetched_pages": 2, "fetched_entries": 40, "calls": 2}


def setlists(**more: object) -> Reading:
    """Ten pages of twenty, two of them fetched at a second a call, none written."""
    given = {"total": 200, **PAGE, "ready": (20, 20), "fetch_seconds": 2.0, "call_seconds": 1.0}
    return Reading(**(given | more))


def standing(*phases: str, **more: object) -> Standing:
    given = {"phase_for": 0.0, "phase_share": 0.0, "readings": {}} | more
    return Standing(phases=phases, **given)


def past(call: float = 1.0, entry: float = 0.0, total: int = 200, ballots: float = 2.0) -> Past:
    done = Reading(
        total=total,
        page_entries=20,
        pages=total // 20,
        entries=total,
        write_seconds=entry * (total + A_PAGE * total // 20),
        calls=total // 20,
        fetched_pages=total // 20,
        fetched_entries=total,
        fetch_seconds=call * total / 20,
        call_seconds=call,
        is_over=True,
    )
    return Past(readings={"setlists": done}, phase_seconds={"ballots": ballots, "identify": 1.0})


class TestWhatIsFetched:
    def test_pages_that_are_not_there_yet_take_a_call_each(self) -> None:
        fast = setlists(pages=40, page_seconds=0.0)
        found = seconds_left(standing("setlists", readings={"setlists": fast}), History())
        assert found == pytest.approx(8.0, abs=0.5)

    def test_what_is_under_way_has_begun_already(self) -> None:
        one_more = setlists(total=60, pages=40, page_seconds=0.0, ready=(20,), fetching_for=0.7)
        rest = {"setlists": replace(one_more, total=40)}
        found = seconds_left(standing("setlists", readings=rest), History())
        assert found == pytest.approx(0.3, abs=0.05)

    def test_nothing_more_comes_of_a_listing_that_is_over_whatever_its_total_claims(self) -> None:
        over = setlists(is_over=True, ready=(), pages=2, entries=40, page_seconds=0.1)
        assert seconds_left(standing("setlists", readings={"setlists": over}), History()) == 0.0

    def test_pages_of_another_listing_are_fetched_meanwhile(self) -> None:
        """Two of them: no more are kept ahead of the writer."""
        reading = {"page_entries": 20, "pages": 40, "page_seconds": 0.0, "call_seconds": 1.0}
        first = Reading(total=200, fetched_pages=1, fetched_entries=20, calls=1, **reading)
        second = Reading(total=60, fetched_pages=1, fetched_entries=20, calls=1, **reading)

        def left(*phases: str, **readings: Reading) -> float:
            found = seconds_left(standing(*phases, readings=readings), History())
            assert found is not None
            return found

        both = left("catalogue", "setlists", recordings=first, setlists=second)
        assert left("setlists", setlists=second) == pytest.approx(3.0, abs=0.2)
        assert both - left("catalogue", recordings=first) == pytest.approx(1.0, abs=0.2)


class TestWhatIsWritten:
    def test_the_writer_is_what_takes_the_time_where_it_is_the_slower_one(self) -> None:
        slow = setlists(call_seconds=0.01, pages=3, entries=60, page_seconds=0.1, ready=(20, 20))
        found = seconds_left(standing("setlists", readings={"setlists": slow}), History())
        assert found is not None
        assert found == pytest.approx(7 * (20 + A_PAGE) * 0.1, rel=0.35)

    def test_a_busy_machine_is_slow_with_listings_too_that_it_has_not_come_to(self) -> None:
        history = learn([past(call=0.001, entry=0.01)] * 3)
        shows = Reading(total=40, pages=2, entries=40, write_seconds=1.0, is_over=True, page_seconds=0.02)
        busy = replace(shows, write_seconds=30.0, page_seconds=0.5)
        times = [
            seconds_left(
                standing("setlists", readings={"shows": one, "setlists": setlists(call_seconds=0.001)}),
                history,
            )
            for one in (shows, busy)
        ]
        assert times[0] is not None
        assert times[1] is not None
        assert times[1] > 3 * times[0]


class TestPastImports:
    def test_they_tell_before_anything_is_known_of_this_one(self) -> None:
        history = learn([past()] * 3)
        left = seconds_left(
            standing("identify", "setlists", "ballots", awaited=frozenset({"setlists"})), history
        )
        assert left == pytest.approx(1.0 + 10.0 + 2.0, abs=0.2)

    def test_too_few_of_them_teach_nothing(self) -> None:
        assert learn([past()] * 2) == History()

    def test_one_odd_import_does_not_change_what_is_usual(self) -> None:
        assert learn([past()] * 5) == replace(learn([*[past()] * 4, past(call=90.0, ballots=500)]))

    def test_this_import_s_own_speed_corrects_them_the_more_of_it_there_is(self) -> None:
        history = learn([past(call=0.1)] * 3)

        def left(calls: int) -> float:
            seen = {"calls": calls, "fetched_pages": calls, "pages": 40, "page_seconds": 0.0}
            throttled = setlists(call_seconds=2.0, **seen)
            found = seconds_left(standing("setlists", readings={"setlists": throttled}), history)
            assert found is not None
            return found

        assert 0.8 < left(1) < left(4) < left(40) < 17

    def test_a_phase_that_reads_nothing_says_how_far_it_is(self) -> None:
        history = learn([past(ballots=2.0)] * 3)
        begun = standing("ballots", phase_for=0.5)
        assert seconds_left(begun, history) == pytest.approx(1.5)
        assert seconds_left(replace(begun, phase_share=0.25), history) == pytest.approx(1.5)
        late = replace(begun, phase_for=30.0)
        assert seconds_left(late, history) == pytest.approx(0.4)


class TestWithoutSizes:
    @pytest.mark.parametrize(("percent", "left"), [(0.0, None), (2.9, None), (3.0, 97.0), (50.0, 3.0)])
    def test_the_speed_so_far_is_what_is_left_to_go_by(self, percent: float, left: float | None) -> None:
        unknown = standing("setlists", awaited=frozenset({"setlists"}), percent=percent, elapsed=3.0)
        assert seconds_left(unknown, History()) == left

    def test_what_is_neither_read_nor_awaited_takes_no_time(self) -> None:
        assert seconds_left(standing(*PHASES[:-1]), History()) == 0.0


# An import as it was recorded: seconds since its start, pages written, pages ready, the present speed of
# calls and of writing. It was throttled in its middle.
RECORDED = [
    (1.0, 0, 2, 1.0, None),
    (2.1, 1, 2, 1.0, 0.03),
    (3.2, 2, 1, 1.0, 0.03),
    (4.4, 3, 0, 1.3, 0.04),
    (8.3, 4, 0, 2.3, 0.04),
    (11.4, 5, 0, 2.6, 0.03),
    (13.0, 6, 0, 2.1, 0.03),
    (14.1, 7, 1, 1.7, 0.03),
    (15.0, 8, 1, 1.4, 0.03),
    (16.2, 9, 0, 1.2, 0.03),
    (16.9, 10, 0, 1.2, 0.03),
]


@pytest.mark.parametrize("history", [History(), learn([past(call=1.0, entry=0.03)] * 5)])
def test_over_a_recorded_import_it_is_never_negative_and_does_not_jump(history: History) -> None:
    told: list[float] = []
    for _, pages, ready, call, page_seconds in RECORDED:
        reading = setlists(
            pages=pages,
            entries=20 * pages,
            write_seconds=(page_seconds or 0) * pages * (20 + A_PAGE),
            page_seconds=page_seconds,
            calls=pages + ready,
            fetched_pages=pages + ready,
            fetched_entries=20 * (pages + ready),
            call_seconds=call,
            ready=(20,) * ready,
            is_over=pages + ready == 10,
        )
        left = seconds_left(standing("setlists", readings={"setlists": reading}), history)
        assert left is not None
        assert left >= 0
        told.append(left)
    assert told[-1] == 0
    steps = [later[0] - earlier[0] for earlier, later in pairwise(RECORDED)]
    jumps = [
        abs(later - (earlier - step)) for (earlier, later), step in zip(pairwise(told), steps, strict=True)
    ]
    assert max(jumps) < 9  # where it was throttled in earnest
    assert told[0] > told[-2]
