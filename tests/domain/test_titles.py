"""Titles of one song in many spellings, and of different songs in near ones."""

import pytest

from setlist.domain.folding import fold
from setlist.domain.titles import base_title, is_by_the_act, slug, song_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Björk", "bjork"),
        ("Don’t Look Back", "dont look back"),
        ("Cro‐Mags", "Cro-Mags"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("  Two   Words ", "two words"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ("Mgła", "MGLA"),
        ("ΆΛΦΑ", "αλφα"),
    ],
)
def test_spellings_of_one_name_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("かき", "がき"), ("Мой", "Мои"), ("?", "!!!"), ("夜", "朝"), ("Song 1", "Song 2")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("title", "base"),
    [
        ("Harbour Lights - Remastered 2011", "Harbour Lights"),
        ("Harbour Lights - 2011 Remaster", "Harbour Lights"),
        ("Harbour Lights (Live at the Apollo)", "Harbour Lights"),
        ("Harbour Lights [Demo]", "Harbour Lights"),
        ("Harbour Lights (feat. Ana Sol) - Radio Edit", "Harbour Lights"),
        ("Harbour Lights (Acoustic) [Bonus Track]", "Harbour Lights"),
        ("Harbour Lights ft. Ana Sol", "Harbour Lights"),
        ("Harbour Lights - Benny Blue Remix", "Harbour Lights"),
        ("(I Can't Get No) Satisfaction", "(I Can't Get No) Satisfaction"),
        ("Breathe (In the Air)", "Breathe (In the Air)"),
        ("Harbour Lights (Reprise)", "Harbour Lights (Reprise)"),
        ("Harbour Lights (with Ana Sol)", "Harbour Lights"),
        ('Harbour Lights (From "The Long Pier")', "Harbour Lights"),
        ("Harbour Lights - Live 2019", "Harbour Lights"),
        ("Stay (With Me)", "Stay (With Me)"),
        ("Dance (With Somebody)", "Dance (With Somebody)"),
        ("Love (Live Forever)", "Love (Live Forever)"),
        ("Angel (From Montgomery)", "Angel (From Montgomery)"),
        ("Queens (Long Live)", "Queens (Long Live)"),
        ("Hands (Clean Slate)", "Hands (Clean Slate)"),
        ("Live Forever", "Live Forever"),
        ("Live and Let Die", "Live and Let Die"),
        ("Radio Edit", "Radio Edit"),
        ("In the Mix", "In the Mix"),
        ("Anti-Hero", "Anti-Hero"),
        ("夜に駆ける", "夜に駆ける"),
        ("夜に駆ける - Live", "夜に駆ける"),
        ("?", "?"),
        ("", ""),
    ],
)
def test_version_marks_leave_a_title_and_nothing_else_does(title: str, base: str) -> None:
    assert base_title(title) == base


def test_all_recordings_of_a_song_share_a_key() -> None:
    titles = ["Ça Va", "Ca va (Live in Lyon)", "ÇA VA - 2009 Remaster", "ça va [Instrumental]"]
    assert len({song_key(title) for title in titles}) == 1


def test_karaoke_and_commentary_are_not_by_the_act() -> None:
    assert not is_by_the_act("Harbour Lights (Karaoke Version)")
    assert not is_by_the_act("Harbour Lights - Commentary")
    assert is_by_the_act("Harbour Lights")
    assert is_by_the_act("Karaoke")
    assert is_by_the_act("Tribute to the Tide")


def test_a_slug_is_ascii_and_may_be_empty() -> None:
    assert slug("Mgła & Söhne!") == "mgla-and-sohne"
    assert slug("夜に駆ける") == ""
