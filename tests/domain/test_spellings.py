"""One song, spelled in several ways; and what only looks like it."""

import pytest

from setlist.domain.spellings import spelled_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blowin' in the Wind", "Blowing in the Wind"),
        ("Rock 'n' Roll Star", "Rock & Roll Star"),
        ("Du und Ich", "Du & Ich"),
        ("T.N.T.", "TNT"),
        ("B.Y.O.B.", "BYOB"),
        ("1,000 Nights", "1000 Nights"),
        ("Romeo + Juliet", "Romeo and Juliet"),
        ("Ca$h Machine", "Cash Machine"),
        ("Mister Brightside", "Mr. Brightside"),
        ("Cemetery Walk II", "Cemetery Walk 2"),
        ("Nocturne Nr. 3", "Nocturne No. 3"),
        ("Three Little Birds", "3 Little Birds"),
        ("Звёзды", "Звезды"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_they_are_spelled_alike(one: str, other: str) -> None:
    assert spelled_alike(one) == spelled_alike(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wing", "Win"),
        ("King", "Kin"),
        ("Seven", "7"),
        ("I", "1"),
        ("Y", "And"),
        ("Song II", "Song III"),
        ("Begin", "Being"),
        ("Live in 'Berlin'", "Live in Berling"),
        ("$", "S"),
    ],
)
def test_they_are_not(one: str, other: str) -> None:
    assert spelled_alike(one) != spelled_alike(other)
