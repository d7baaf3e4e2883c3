from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from setlist.domain.ballot_stage import Stage
from setlist.models import Show
from setlist.pages.sheet import stage_of, why
from tests.pages.catalogue import NOW

EARLIER, LATER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ballot", "song", "words"),
    [
        ({"recent_plays": 8, "recent_shows": 10}, {}, "Played at 8 of the last 10 shows"),
        ({"recent_plays": 10, "recent_shows": 10}, {}, "Played at each of the last 10 shows"),
        ({"recent_plays": 1, "recent_shows": 1}, {}, "Played at the last show"),
        (
            {"recent_plays": 0, "recent_shows": 10, "last_played": date(2024, 3, 9)},
            {"album_title": "Reservoir"},
            "Not played since March 2024",
        ),
        (
            {"recent_plays": 0, "recent_shows": 10},
            {"album_title": "Reservoir", "released": "2019-05-03"},
            "From Reservoir (2019)",
        ),
        ({"recent_plays": 0, "recent_shows": 0}, {"album_title": "Reservoir"}, "From Reservoir"),
        ({"recent_plays": 0, "recent_shows": 10}, {}, "Never played, as far as we know"),
        ({"recent_plays": 0, "recent_shows": 0}, {}, ""),
    ],
)
def test_one_quiet_line_says_why(ballot: dict[str, object], song: dict[str, object], words: str) -> None:
    usual = {"last_played": None, "album_title": "", "released": ""}
    assert why(SimpleNamespace(**usual | ballot | song)) == words


@pytest.mark.parametrize(
    ("status", "locks_at", "is_played", "stage"),
    [
        ("scheduled", LATER, False, Stage.OPEN),
        ("scheduled", None, False, Stage.OPEN),
        ("postponed", None, False, Stage.OPEN),
        ("scheduled", NOW, False, Stage.LOCKED),
        ("scheduled", EARLIER, False, Stage.LOCKED),
        ("cancelled", LATER, False, Stage.CANCELLED),
        ("cancelled", EARLIER, False, Stage.CANCELLED),
        ("scheduled", EARLIER, True, Stage.PLAYED),
        ("cancelled", EARLIER, True, Stage.PLAYED),
    ],
)
def test_what_can_be_done_with_a_sheet(
    status: str, locks_at: object, *, is_played: bool, stage: Stage
) -> None:
    assert stage_of(Show(status=status, locks_at=locks_at), NOW, is_played=is_played) is stage
