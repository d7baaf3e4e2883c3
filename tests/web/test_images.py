from setlist.web.images import DRAWINGS, INKS, poster


def test_a_name_always_gives_the_same_poster() -> None:
    assert poster("Mara Lindqvist") == poster("MARA LINDQVIST")


def test_names_give_different_posters_in_all_inks_and_drawings() -> None:
    posters = [poster(f"Act {number}") for number in range(300)]
    assert {drawn.ground for drawn in posters} == {ground for ground, _, _ in INKS}
    assert len({repr(drawn.shapes) for drawn in posters}) > 290
    drawings = {(drawn.shapes[0].tag, len(drawn.shapes)) for drawn in posters}
    assert len(drawings) >= len(DRAWINGS)


def test_a_name_of_signs_alone_has_a_poster_too() -> None:
    assert poster("!!!") != poster("???")
