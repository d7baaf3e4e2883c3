"""When heavy work starts, and how it goes on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setlist.services.scheduling import LONGEST_PAUSE, Choice, Work, decide, pace
from setlist.services.traffic_pattern import HOURS, Load, Pattern, hour_of_week

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
# Quiet from two to ten, a peak at nine in the evening.
LEVELS = tuple(
    100.0 + (400.0 if hour % 24 == 21 else 0.0 if 2 <= hour % 24 < 10 else 100.0) for hour in range(HOURS)
)
USUAL = Pattern(LEVELS)
CALM, RUSH = Load(per_minute=90), Load(per_minute=900)


def at(hour: float) -> datetime:
    return MONDAY + timedelta(hours=hour)


def work(deadline: float, **values: object) -> Work:
    return Work(**{"name": "cleanup", "seconds": 1200.0, "deadline": at(deadline)} | values)


@pytest.mark.parametrize(
    ("now", "deadline", "load", "choice", "until"),
    [
        (3, 24, CALM, Choice.RUN, None),
        (21, 48, CALM, Choice.WAIT, 26),  # the next quiet hour is tomorrow's
        (9.8, 48, CALM, Choice.WAIT, 26),  # twelve minutes of quiet are too few for it
        (9.8, 13, CALM, Choice.RUN, None),  # but no quieter ones come before its deadline
        (20, 23, CALM, Choice.RUN, None),  # the quietest hour that is left is this one
        (20.5, 24, CALM, Choice.RUN, None),
        (3, 24, RUSH, Choice.WAIT, 3 + 1 / 6),
        (21, 21.8, RUSH, Choice.RUN, None),  # its deadline is near
        (30, 20, RUSH, Choice.RUN, None),  # or past
    ],
)
def test_it_starts_in_quiet_hours_unless_its_deadline_is_nearer(
    now: float, deadline: float, load: Load, choice: Choice, until: float | None
) -> None:
    decision = decide(work(deadline), USUAL, load, at(now))
    assert decision.choice is choice, decision.reason
    if until is not None:
        assert decision.until is not None
        assert abs(decision.until - at(until)) < timedelta(seconds=1)


def test_it_keeps_to_its_hours_past_midnight() -> None:
    nights = work(72, hours=((22, 2),))
    decision = decide(nights, USUAL, CALM, at(4))
    assert decision.until is not None
    assert decision.until.hour in {22, 23, 0, 1}


def test_every_decision_says_why() -> None:
    for now, load in ((3, CALM), (3, RUSH), (21, CALM)):
        assert any(character.isdigit() for character in decide(work(48), USUAL, load, at(now)).reason)
    assert "deadline" in decide(work(1), USUAL, CALM, at(0.9)).reason


@given(
    start=st.integers(0, HOURS * 60),
    minutes=st.integers(1, 300),
    spare=st.integers(0, 4000),
    span=st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda span: span[0] != span[1]),
    load=st.sampled_from([CALM, RUSH]),
)
def test_whatever_happens_it_is_done_by_its_deadline_and_waits_are_ahead(
    start: int, minutes: int, spare: int, span: tuple[int, int], load: Load
) -> None:
    now = MONDAY + timedelta(minutes=start)
    deadline = now + timedelta(minutes=minutes + 31 + spare)
    wanted = Work(name="some", seconds=minutes * 60.0, deadline=deadline, hours=(span,))
    for _ in range(2000):
        decision = decide(wanted, USUAL, load, now)
        if decision.choice is Choice.RUN:
            break
        assert decision.until is not None
        assert decision.until > now
        now = decision.until
    assert decision.choice is Choice.RUN
    assert now + timedelta(minutes=minutes) <= deadline


def test_under_way_it_goes_slower_while_the_site_is_busy_and_never_stands_still() -> None:
    assert pace(USUAL, CALM, at(3)).pause_seconds == 0
    slow = pace(USUAL, Load(per_minute=200), at(3))
    slower = pace(USUAL, RUSH, at(3))
    assert slow.choice is slower.choice is Choice.SLOW
    assert 0 < slow.pause_seconds < slower.pause_seconds <= LONGEST_PAUSE
    failing = pace(USUAL, Load(per_minute=10, requests=50, failures=20), at(3))
    assert failing.pause_seconds == LONGEST_PAUSE
    assert "20 of 50 fail" in failing.reason


def test_hours_are_those_of_utc() -> None:
    assert hour_of_week(datetime(2026, 11, 23, 1, tzinfo=UTC)) == 1
