"""How far a job is: a bar at a terminal, lines elsewhere."""

import io

import pytest

from setlist.cli.progress import Bar, Lines, Moment, teller_for

HALF = Moment(
    headline="Bringing in The Walruses", percent=50.0, steps=("found them", "43 shows"), note="a minute left"
)


class Stream(io.TextIOWrapper):
    def __init__(self, encoding: str = "utf-8", *, is_terminal: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def written(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined,no-any-return]


def test_a_bar_is_drawn_anew_on_one_line_and_left_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    stream = Stream()
    bar = Bar(stream)
    bar.tell(HALF)
    bar.tell(HALF)
    bar.say("Stopped.")
    line = f"{'█' * 12}{'░' * 12}  50 %  found them · 43 shows · a minute left"
    assert stream.written == f"\r\x1b[K{line}\nStopped.\n"


def test_a_bar_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = Stream()
    Bar(stream).tell(HALF)
    assert len(stream.written.removeprefix("\r\x1b[K")) == 39


def test_where_the_terminal_has_few_letters_the_bar_makes_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    stream = Stream("ascii")
    Bar(stream).tell(Moment(headline="Mgła", percent=50.0, steps=("Mgła",)))
    assert stream.written.endswith(f"{'#' * 12}{'.' * 12}  50 %  Mg?a")


def test_what_nobody_counts_has_a_name_and_no_bar() -> None:
    stream = Stream()
    Bar(stream).tell(Moment(headline="Looking for what is due"))
    assert stream.written == "\r\x1b[KLooking for what is due"


def test_lines_come_once_at_each_phase() -> None:
    stream = Stream(is_terminal=False)
    lines = Lines(stream)
    for done in ((), ("found them",), ("found them",), ("found them", "43 shows")):
        lines.tell(Moment(headline="Bringing in The Walruses", percent=1.0, done=done, note="a minute left"))
    assert stream.written.splitlines() == ["Bringing in The Walruses", "  found them", "  43 shows"]


def test_what_it_waits_for_is_said_once() -> None:
    stream = Stream(is_terminal=False)
    lines = Lines(stream)
    for _ in range(3):
        lines.tell(Moment(headline="The Walruses", note="It waits for Ticketmaster until 12:40 UTC."))
    assert stream.written.count("Ticketmaster") == 1


def test_each_job_begins_at_its_first_phase() -> None:
    stream = Stream(is_terminal=False)
    lines = Lines(stream)
    for _ in range(2):
        lines.tell(Moment(headline="The Walruses", done=("found them",)))
        lines.close()
    assert stream.written.count("found them") == 2


def test_it_is_a_bar_where_somebody_looks_at_it() -> None:
    assert isinstance(teller_for(Stream(is_terminal=True)), Bar)
    assert isinstance(teller_for(Stream(is_terminal=False)), Lines)
