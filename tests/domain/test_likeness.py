import pytest

from setlist.domain.likeness import NameLikeness, likeness

SAME, RELATED, FOREIGN = NameLikeness


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("P!NK", ["P!nk"], SAME),
        ("KidCutUp", ["Kid Cut Up"], SAME),
        ("Lukas Nelson and Promise of the Real", ["Lukas Nelson & Promise of the Real"], SAME),
        ("Sigur Ros", ["Sigur Rós"], SAME),
        ("Hikaru Utada", ["宇多田ヒカル", "Utada Hikaru"], RELATED),  # the words in another order
        ("The The", ["The The"], SAME),
        ("!!!", ["!!!"], SAME),
        ("Script", ["The Script"], RELATED),
        ("Prince & The Revolution", ["Prince"], RELATED),
        ("Motorhaed", ["Motörhead"], RELATED),
        ("Brothers Osbourne", ["Brothers Osborne"], RELATED),
        ("Coldplay Tribute", ["Coldplay"], FOREIGN),
        ("Ultimate Coldplay Experience", ["Coldplay"], FOREIGN),
        ("The Jimi Hendrix Experience", ["The Jimi Hendrix Experience"], SAME),
        ("Paper Lanterns", ["Paper Kites"], FOREIGN),
        ("The Band", ["The Beatles"], FOREIGN),
        ("宇多田ヒカル", ["Low Tide"], FOREIGN),
        ("Low Tide", [], FOREIGN),
        ("Low Tide", [""], FOREIGN),
    ],
)
def test_likeness(name: str, known: list[str], expected: NameLikeness) -> None:
    assert likeness(name, known) is expected
