import pytest

from setlist.sandbox.catalogue.draw import Dice
from setlist.sandbox.catalogue.songs import TITLES, folded


@pytest.mark.parametrize("language", sorted(TITLES))
def test_every_language_has_enough_different_titles(language: str) -> None:
    titles = {folded(TITLES[language].expand(Dice("test", number)).text) for number in range(6000)}
    assert len(titles) > 320


@pytest.mark.parametrize(
    ("one", "other"), [("Café & Co.", "cafe and co"), ("Don’t", "DON'T"), ("東京!", "東京")]
)
def test_spelling_does_not_make_two_songs(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_title_of_signs_alone_is_itself() -> None:
    assert folded("?!") == "?!"
