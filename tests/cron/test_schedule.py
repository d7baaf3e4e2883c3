from datetime import UTC, datetime, time, timedelta

import pytest

from setlist.cron.schedule import DailyAt, Every


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


EVERY_3 = Every(timedelta(minutes=3))
AT_4_20 = DailyAt(time(4, 20))


@pytest.mark.parametrize(
    ("schedule", "now", "last"),
    [
        (EVERY_3, utc(1, 12, 0, 0), utc(1, 12, 0)),
        (EVERY_3, utc(1, 12, 2, 59), utc(1, 12, 0)),
        (EVERY_3, utc(1, 12, 3, 0), utc(1, 12, 3)),
        (AT_4_20, utc(2, 4, 19, 59), utc(1, 4, 20)),
        (AT_4_20, utc(2, 4, 20, 0), utc(2, 4, 20)),
        (AT_4_20, utc(2, 23, 0), utc(2, 4, 20)),
    ],
)
def test_the_last_time_it_was_due_is_the_same_whoever_asks_in_between(schedule, now, last):
    assert schedule.last_due(now) == last
    assert schedule.last_due(last) == last
    assert schedule.next_due(now) > now


def test_a_day_has_one_run_whatever_the_clocks_of_a_place_do():
    now, seen = utc(1, 0), set()
    while now < utc(31, 23):  # the last Sunday of March included
        seen.add(AT_4_20.last_due(now))
        now += timedelta(minutes=30)

    assert len([due for due in seen if due.month == 3]) == 31


def test_a_schedule_says_in_words_when_it_is_due():
    assert str(EVERY_3) == "every 3 minutes"
    assert str(Every(timedelta(minutes=1))) == "every minute"
    assert str(AT_4_20) == "daily at 04:20 UTC"
