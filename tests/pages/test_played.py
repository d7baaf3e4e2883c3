import pytest
from sqlalchemy.orm import Session

from setlist.pages.played import lately, score
from setlist.pages.sheet import SongRow
from tests.pages.catalogue import add_artist, add_setlist, add_show


def row(song_id: int, title: str = "Glass") -> SongRow:
    return SongRow(
        show_id=1, song_id=song_id, title=title, by="", why="", wishes_accounts=1, wishes_guests=2, top=3,
        is_open=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wished", "heard", "sentence"),
    [
        ([], {1}, "Nobody wished for anything at this show."),
        ([row(1)], {1}, "1 of 1 song wished for came true. The most wished, Glass, was played."),
        ([row(1), row(2)], {2}, "1 of the 2 songs wished for came true. The most wished, Glass, was not."),
        ([row(1), row(2)], set(), "0 of the 2 songs wished for came true. The most wished, Glass, was not."),
    ],
)
def test_wishes_are_held_against_the_night_in_a_sentence(
    wished: list[SongRow], heard: set[int], sentence: str
) -> None:
    assert score(wished, frozenset(heard)) == sentence


def test_a_night_whose_day_is_unknown_comes_after_those_that_are_known(session: Session) -> None:
    artist = add_artist(session)
    coming = add_show(session, artist)
    nights = [
        add_setlist(session, add_show(session, artist, in_days=-days), artist, "Glass") for days in (2, 9)
    ]
    undated = add_show(session, artist)
    undated.local_date = undated.local_time = undated.starts_at = undated.locks_at = None
    someday = add_setlist(session, undated, artist, "Glass")
    assert lately(session, coming) == [*nights, someday]
