"""Writing what was noted: soon, together, and at the end of the process."""

import subprocess
import sys
import threading

from config import ROOT
from setlist.embedded.processes import wait_until
from setlist.services.write_behind import WriteBehind

AT_EXIT = """
from setlist.services.write_behind import WriteBehind
behind = WriteBehind(lambda: print("written", flush=True))
behind.soon()
"""


def test_what_was_noted_is_written_once_by_itself() -> None:
    written: list[int] = []
    behind = WriteBehind(lambda: written.append(1))
    for _ in range(20):
        behind.soon()
    assert wait_until(lambda: written == [1], 10)
    behind.soon()
    assert wait_until(lambda: written == [1, 1], 10)
    behind.close()


def test_what_is_noted_during_a_write_is_written_next() -> None:
    written: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def write() -> None:
        entered.set()
        assert go_on.wait(10)
        written.append(1)

    behind = WriteBehind(write)
    behind.soon()
    assert entered.wait(10)
    behind.soon()
    go_on.set()
    assert wait_until(lambda: written == [1, 1], 10)
    behind.close()


def test_closing_writes_at_once_and_ends_it() -> None:
    written: list[int] = []
    behind = WriteBehind(lambda: written.append(1))
    behind.soon()
    behind.close()
    assert written
    threads = threading.active_count()
    behind.soon()
    assert threading.active_count() == threads


def test_a_process_that_ends_writes_what_it_has() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", AT_EXIT], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "written\n"
