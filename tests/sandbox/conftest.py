"""Sandboxes on real sockets. One is shared by the tests, and put back as it was after each of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread
from tests.sandbox.caller import Caller

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[RunningSandbox]:
    with start_in_thread(SandboxOptions(latency_ms=0, now=NOW)) as running:
        yield running


@pytest.fixture
def sandbox(shared_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    yield shared_sandbox
    shared_sandbox.sandbox.switches.restore()


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Iterator[Caller]:
    with requests.Session() as session:
        yield Caller(sandbox, session)


@pytest.fixture
def benchmark_mbid() -> str:
    return BENCHMARK_MBID
