"""Two names at one spot: what is one venue, what is asked, what stays two."""

from collections import Counter
from pathlib import Path

import pytest

from setlist.domain.country_zones import only_zone
from setlist.domain.venue_names import Alike, alike

PAIRS = [
    line.split("\t") for line in (Path(__file__).parent / "venue_pairs.tsv").read_text().splitlines() if line
]


@pytest.mark.parametrize(("one", "other", "city", "wanted"), PAIRS, ids=lambda text: text)
def test_each_labelled_pair(one: str, other: str, city: str, wanted: str) -> None:
    assert alike(one, other, places=(city,)).value == wanted
    assert alike(other, one, places=(city,)).value == wanted


def test_the_labelled_set_is_worth_its_name() -> None:
    counts = Counter(wanted for *_, wanted in PAIRS)
    assert len(PAIRS) >= 80
    assert min(counts.values()) >= 15


def test_a_name_that_is_nothing_but_a_city_or_an_article_keeps_it() -> None:
    assert alike("Paris", "Paris", places=("Paris",)) is Alike.SAME
    assert alike("Paris", "London", places=("Paris",)) is Alike.DIFFERENT
    assert alike("The The", "A A") is Alike.DIFFERENT


def test_a_country_with_one_zone_tells_it() -> None:
    assert only_zone("DK") == "Europe/Copenhagen"
    assert only_zone("jp") == "Asia/Tokyo"
    assert only_zone("US") is None
    assert only_zone("") is None
