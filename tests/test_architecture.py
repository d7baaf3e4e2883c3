"""What the tables of the design promise each other, and what no file may be called."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import setlist.processors
from config import ROOT
from setlist.cron.timetable import TIMETABLE
from setlist.processors import PROCESSORS
from setlist.queue.names import QUEUES

SAYS_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "core",
    "stuff",
}
LONGEST_FILE = 300
ENQUEUES = re.compile(r"""\benqueue\(\s*[\w.()]+,\s*["'](\w+)["']""")
# They hand their environment on to what they start; the preparation runs before config.py can.
KNOW_THE_ENVIRONMENT = {"setlist/bootstrap.py", "setlist/cli/run.py", "setlist/cli/workers.py"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


class TestQueues:
    def test_every_queue_has_a_processor_and_every_processor_a_queue(self) -> None:
        assert sorted(processor.queue for processor in PROCESSORS) == sorted(QUEUES)

    @pytest.mark.parametrize("queue", QUEUES)
    def test_a_processor_is_in_the_file_of_its_name(self, queue: str) -> None:
        [module] = [one for name, one in vars(setlist.processors).items() if name == queue]
        assert vars(module)[queue] in PROCESSORS
        assert Path(module.__file__ or "").stem == queue

    def test_whatever_is_enqueued_by_name_is_a_queue(self) -> None:
        named = {name for file in sources("setlist") for name in ENQUEUES.findall(file.read_text())}
        assert named
        assert named <= set(QUEUES)


class TestTimetable:
    def test_each_entry_has_its_own_name(self) -> None:
        names = [entry.name for entry in TIMETABLE]
        assert len(names) == len(set(names))

    @pytest.mark.parametrize("entry", TIMETABLE, ids=lambda entry: entry.name)
    def test_an_entry_fills_a_known_queue_or_calls_a_function_of_its_own(self, entry) -> None:
        """A function made by _enqueues() holds the queue's name in its closure."""
        held = [cell.cell_contents for cell in entry.work.__closure__ or ()]
        if entry.work.__qualname__.startswith("_enqueues."):
            assert len(held) == 1
            assert held[0] in QUEUES
        else:
            assert entry.work.__module__.startswith("setlist.")
            assert held == []


@pytest.mark.parametrize("folder", ["setlist", "tests", "benchmarks", "migrations"])
def test_no_file_or_folder_has_a_name_that_says_nothing(folder: str) -> None:
    paths = [file.relative_to(ROOT) for file in sources(folder)]
    assert [str(path) for path in paths if SAYS_NOTHING & set(path.with_suffix("").parts)] == []


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in [*sources("setlist", "tests", "benchmarks"), ROOT / "config.py"]
        if (lines := len(file.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(file.relative_to(ROOT))
        for file in sources("setlist")
        if re.search(r"\bos\.(environ|getenv)\b", file.read_text())
    }
    assert readers == KNOW_THE_ENVIRONMENT


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{statement.lineno}"
        for file in sources("setlist")
        for function in ast.walk(ast.parse(file.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_each_folder_of_tests_is_named_after_what_it_tests() -> None:
    tested = {file.parent.relative_to(ROOT / "tests") for file in (ROOT / "tests").rglob("test_*.py")}
    strangers = {str(folder) for folder in tested if not (ROOT / "setlist" / folder).is_dir()}
    assert strangers <= {"journeys"}  # of people through the whole site
