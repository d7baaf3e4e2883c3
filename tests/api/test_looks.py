from types import SimpleNamespace

import pytest

from setlist.api import looks
from setlist.api.looks import Looks


class Reader:
    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, last: int) -> str:
        self.asked.append(last)
        return f"look {len(self.asked)} after {last}"


def _clock(monkeypatch: pytest.MonkeyPatch, *times: float) -> None:
    monkeypatch.setattr(looks, "time", SimpleNamespace(monotonic=iter(times).__next__))


def test_a_look_is_shared_by_those_who_asked_before_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    look, read = Looks[str]().of(1, 7), Reader()
    _clock(monkeypatch, 1.0, 2.0, 1.5, 2.5, 3.0)
    assert look.after(3, read) == "look 1 after 3"  # asked at 1.0, began at 2.0
    assert look.after(3, read) == "look 1 after 3"  # asked at 1.5, and waited for it
    assert look.after(3, read) == "look 2 after 3"  # asked at 2.5: something may have been written since


def test_who_has_seen_other_events_looks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    look, read = Looks[str]().of(1, 7), Reader()
    _clock(monkeypatch, 1.0, 2.0, 1.5, 2.5)
    assert look.after(3, read) == "look 1 after 3"
    assert look.after(2, read) == "look 2 after 2"


def test_each_import_of_each_database_has_its_own() -> None:
    held = Looks[str]()
    one = held.of(1, 7)
    assert held.of(1, 7) is one
    assert held.of(1, 8) is not one
    assert held.of(2, 7) is not one
