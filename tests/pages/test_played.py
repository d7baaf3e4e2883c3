import pytest

from setlist.pages.played import score
from setlist.pages.sheet import SongRow


def row(song_id: int, title: str = "Glass") -> SongRow:
    return SongRow(show_id=1, song_id=song_id, title=title, by="", why="", wishes=3, top=3, is_open=False)


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
