"""Which pages are warmed, as cases without a database."""

from setlist.services.warming import MOST, Signs, choose


def test_without_a_sign_nothing_is_chosen() -> None:
    assert choose(Signs()) == ()


def test_the_order_of_one_list_stays() -> None:
    assert choose(Signs(coming=["/shows/2", "/shows/1", "/shows/3"])) == ("/shows/2", "/shows/1", "/shows/3")


def test_a_page_with_several_signs_comes_before_the_first_of_one() -> None:
    signs = Signs(coming=["/shows/1", "/shows/9"], rising=["/artists/1", "/shows/9"], week_ago=["/shows/9"])
    assert choose(signs)[0] == "/shows/9"


def test_who_came_yesterday_is_believed_more_than_what_rises() -> None:
    assert choose(Signs(rising=["/artists/1"], yesterday=["/artists/2"])) == ("/artists/2", "/artists/1")


def test_a_page_is_chosen_once() -> None:
    assert choose(Signs(rising=["/", "/"], yesterday=["/"], week_ago=["/"])) == ("/",)


def test_a_page_named_twice_in_a_list_counts_once() -> None:
    signs = Signs(rising=["/twice", "/twice", "/twice"], coming=["/once"])
    assert choose(signs) == ("/once", "/twice")


def test_no_more_than_a_run_can_make() -> None:
    paths = [f"/shows/{number}" for number in range(500)]
    assert choose(Signs(coming=paths)) == tuple(paths[:MOST])
    assert choose(Signs(coming=paths), most=2) == ("/shows/0", "/shows/1")


def test_equal_pages_are_in_an_order_without_chance() -> None:
    assert choose(Signs(week_ago=["/b"], coming=["/a"])) == ("/a", "/b")
