"""From a click on Import to a finished import, as a visitor sees it.

    python -m benchmarks.import_path

The benchmark act: 60 coming shows, 300 songs, 200 past setlists; the sandbox answers after 20 ms.
"""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from benchmarks.stack import Stack, running_stack
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.catalogue.names import BENCHMARK_NAME

POLL_SECONDS = 0.05
LONGEST_SECONDS = 120


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with running_stack(Path(folder), SANDBOX_LATENCY_MS="20") as stack:
            _row("first start: command to first page", stack.seconds_to_first_page, "120 s with the set-up")
            _imports(stack)
        with running_stack(Path(folder), SANDBOX_LATENCY_MS="20") as stack:
            _row("second start: command to first page", stack.seconds_to_first_page, "8 s")


def _imports(stack: Stack) -> None:
    visitor = requests.Session()
    name = {"q": BENCHMARK_NAME}
    visitor.post(f"{stack.url}/search/lookups", data=name, timeout=10)
    found = f"{stack.url}/search/candidates"
    _until(lambda: BENCHMARK_MBID in visitor.get(found, params=name, timeout=10).text)
    clicked = time.perf_counter()
    answer = visitor.post(f"{stack.url}/artists", data={"mbid": BENCHMARK_MBID, **name}, timeout=10)
    _row("click on Import to the artist's page", time.perf_counter() - clicked, "0.2 s")
    page = answer.url
    _until(lambda: re.search(r'href="/shows/\d+', visitor.get(page, timeout=10).text) is not None)
    _row("click to the first shows", time.perf_counter() - clicked, "3 s")
    _until(lambda: not _active(visitor, stack))
    _row("click to the end of the import", time.perf_counter() - clicked, "15 s")
    again = time.perf_counter()
    visitor.post(f"{page.partition('?')[0]}/import", timeout=10)
    _until(lambda: not _active(visitor, stack))
    _row("second import", time.perf_counter() - again, "8 s")


def _active(visitor: requests.Session, stack: Stack) -> bool:
    return bool(visitor.get(f"{stack.url}/api/import/active", timeout=10).json())


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("gave up waiting")
        time.sleep(POLL_SECONDS)


def _row(what: str, seconds: float, bar: str) -> None:
    print(f"{what:<42} {seconds:8.2f} s   (bar: {bar})", flush=True)


if __name__ == "__main__":
    main()
