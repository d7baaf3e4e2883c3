import pytest

from setlist.sandbox.lucene import named_in


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ('artist:"Velvet Foxes" OR alias:"Velvet Foxes"', "Velvet Foxes"),
        ("velvet foxes", "velvet foxes"),
        ('artist:"AC\\/DC \\(band\\)"', "AC/DC (band)"),
        ('artist:"say \\"hi\\""', 'say "hi"'),
        ("artist:foxes AND country:GB", "foxes"),
        ("foxes country:GB", "foxes"),
    ],
)
def test_the_name_is_read_out_of_a_query(query: str, name: str) -> None:
    assert named_in(query).strip() == name
