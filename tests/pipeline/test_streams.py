"""Pages ahead of their writer: in order, a few at most, and none after it has stopped."""

import threading

import pytest

from setlist.pipeline.streams import AHEAD, Stream, Streams
from setlist.providers.answers import Page
from setlist.providers.errors import Unavailable

PATIENCE = 10.0


class Book:
    """Pages "0", "1" and so on; says when each is asked for, and may be made to wait."""

    def __init__(self, pages: int, *, torn: int | None = None) -> None:
        self.asked: list[str | None] = []
        self.may_answer = threading.Semaphore(1_000)
        self._pages, self._torn = pages, torn
        self._changed = threading.Condition()

    def __call__(self, cursor: str | None) -> Page[int]:
        with self._changed:
            self.asked.append(cursor)
            self._changed.notify_all()
        assert self.may_answer.acquire(timeout=PATIENCE)
        number = int(cursor or 0)
        if number == self._torn:
            raise Unavailable("someone", "is out of order")
        return Page(items=(number,), cursor=str(number + 1) if number + 1 < self._pages else None)

    def wait_until_asked(self, times: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= times, PATIENCE)


def read(stream: Stream[int]) -> list[int]:
    return [number for fetched in stream for number in fetched.page.items]


def test_all_pages_come_in_order_each_with_its_cursor() -> None:
    stream = Stream("book", Book(5), None)
    found = [(fetched.cursor, fetched.page.items) for fetched in stream]
    assert found == [(None, (0,)), ("1", (1,)), ("2", (2,)), ("3", (3,)), ("4", (4,))]


def test_it_begins_at_a_cursor() -> None:
    assert read(Stream("book", Book(5), "3")) == [3, 4]


def test_it_is_a_few_pages_ahead_and_no_more() -> None:
    book = Book(50)
    stream = Stream("book", book, None)
    book.wait_until_asked(AHEAD)
    next(iter(stream))
    book.wait_until_asked(AHEAD + 1)
    assert len(book.asked) <= AHEAD + 1
    stream.close()


def test_nothing_is_asked_for_after_the_writer_has_stopped() -> None:
    book = Book(50)
    with Streams() as streams:
        streams.open("book", book, None)
        book.wait_until_asked(AHEAD)
    asked = len(book.asked)
    for thread in threading.enumerate():
        if thread.name == "stream book":
            thread.join(PATIENCE)
    assert len(book.asked) == asked


def test_an_error_comes_after_the_pages_before_it() -> None:
    pages = iter(Stream("book", Book(5, torn=2), None))
    assert [next(pages).cursor for _ in range(2)] == [None, "1"]
    with pytest.raises(Unavailable):
        next(pages)


def test_streams_run_side_by_side() -> None:
    """Both are asked before either has answered."""
    books = [Book(1), Book(1)]
    for book in books:
        book.may_answer = threading.Semaphore(0)
    with Streams() as streams:
        for number, book in enumerate(books):
            streams.open(str(number), book, None)
        for book in books:
            book.wait_until_asked(1)
        for number, book in enumerate(books):
            book.may_answer.release()
            assert read(streams.pages(str(number), book, None)) == [0]


def test_one_that_was_opened_elsewhere_is_begun_anew() -> None:
    book = Book(5)
    with Streams() as streams:
        streams.open("book", book, None)
        assert read(streams.pages("book", book, "3")) == [3, 4]


def test_opening_twice_asks_once() -> None:
    book = Book(2)
    with Streams() as streams:
        for _ in range(2):
            streams.open("book", book, None)
        assert read(streams.pages("book", book, None)) == [0, 1]
    assert book.asked == [None, "1"]
