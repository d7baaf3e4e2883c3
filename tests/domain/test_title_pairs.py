"""The labelled pairs, and what no set of pairs may hide."""

import pytest

from benchmarks.titles import PAIRS, judged, precision_and_recall
from setlist.domain.folding import fold
from setlist.domain.titles import base_title, match_key, same_song, song_key
from setlist.domain.version_marks import is_version_mark


def test_they_are_joined_and_kept_apart_as_they_should_be() -> None:
    found = judged(PAIRS)["all"]
    precision, recall = precision_and_recall(found)
    assert sum(len(pairs) for pairs in found.values()) >= 300
    assert precision >= 0.99, found["wrong"]
    assert recall >= 0.97, found["missed"]


@pytest.mark.parametrize(
    "title",
    [
        "(I Can't Get No) Satisfaction",
        "Don't You (Forget About Me)",
        "Sgt. Pepper's Lonely Hearts Club Band (Reprise)",
        "Paradise (What About Us?)",
        "Hurricane (Live Forever)",
        "Dance (Live a Little)",
        "AC/DC Bag",
        "Stay with Me",
        "Live",
        "Remix",
        "(Reprise)",
        "?",
        "紅蓮華",
    ],
)
def test_what_belongs_to_a_title_stays(title: str) -> None:
    assert base_title(title) == title


def test_signs_that_are_vowels_or_tones_tell_titles_apart() -> None:
    assert fold("ล่า") != fold("ลา")
    assert fold("की") != fold("का")
    assert fold("café") == fold("cafe")


def test_numbered_parts_are_one_however_the_number_is_written() -> None:
    written = ["Brick, Part 2", "Brick (Pt. 2)", "Brick, Part II", "Brick Part Two"]
    assert len({song_key(title) for title in written}) == 1
    assert not same_song("Brick, Part 2", "Brick, Part 3")
    assert not same_song("Ghosts 1 1", "Ghosts 11")


def test_spaces_say_nothing_but_between_numbers_and_after_articles() -> None:
    assert match_key("black out") == match_key("blackout")
    assert match_key("1 1") != match_key("11")
    assert match_key("the rapist") != match_key("therapist")


@pytest.mark.parametrize(
    "mark", ["Live; 1991", "Acoustic / 2010 Mix", "12/31/69 1st set", "40th Anniversary Version / 2010 Mix"]
)
def test_several_marks_together_are_one(mark: str) -> None:
    assert is_version_mark(mark)


@pytest.mark.parametrize("words", ["In the Air", "A Deal with God", "Reprise", "Live Forever", "Part 2", ""])
def test_words_of_a_title_are_no_mark(words: str) -> None:
    assert not is_version_mark(words)


@pytest.mark.parametrize(
    ("title", "base"),
    [
        ("Harbour (Live (2003))", "Harbour"),
        ("Harbour (Live at the Apollo (Late Show))", "Harbour"),
        ("Harbour (Live at the Apo", "Harbour"),
        ("Harbour) (Live", "Harbour)"),
        ("Harbour (feat. Ana Sol), Pt. 2", "Harbour, Pt. 2"),
        ("Harbour - Reprise / Remastered 2009", "Harbour - Reprise"),
        ("Harbour - Live at the Apollo, Leeds - January 1992", "Harbour"),
        ("Harbour [From The Long Pier]", "Harbour"),
        ("Harbour - From Leeds", "Harbour - From Leeds"),
        ("Harbour (In Stereo)", "Harbour"),
        ("Harbour (From Leeds)", "Harbour (From Leeds)"),
        ("Harbour (In the Mix)", "Harbour (In the Mix)"),
        ("Harbour (mit Mir)", "Harbour (mit Mir)"),
        ("(", "("),
        (")", ")"),
    ],
)
def test_marks_within_marks_cut_off_and_before_a_part(title: str, base: str) -> None:
    assert base_title(title) == base
