"""The gate: what is spent, what is waited for, what is refused without a call."""

import logging
import socket
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers.base import Asked, Gate, address
from setlist.providers.errors import (
    BadAnswer,
    NotFound,
    NotOffered,
    ProviderError,
    Unavailable,
)
from setlist.providers.reading import Json
from setlist.providers.wire import Call
from setlist.services.batching import SingleFlight
from setlist.services.breaker import Breaker, BreakerRule, Breakers
from setlist.services.budget import BudgetRule, Purpose
from setlist.services.spending import Budget
from tests.providers.conftest import Counter, OpenGate, as_it_is, usual
from tests.providers.rude_server import rude_server
from tests.queue.polling import until


class TestCounting:
    def test_each_request_is_counted_by_endpoint(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        gate = open_gate("someone", on_call=counter)
        gate.ask(call, usual, as_it_is)
        gate.ask(call, usual, as_it_is)
        assert counter.calls == [("someone", "songs")] * 2

    def test_failed_ones_are_spent_too(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        httpserver.expect_request("/songs").respond_with_data("", status=500)
        with pytest.raises(Unavailable):
            open_gate("someone", on_call=counter).ask(call, usual, as_it_is)
        assert len(counter.calls) == 1

    def test_the_log_names_endpoint_and_purpose_and_no_address(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, logger="setlist")
        httpserver.expect_request("/songs").respond_with_json({})
        open_gate("someone", purpose=Purpose.IMPORT).ask(call, usual, as_it_is)
        (record,) = [record for record in caplog.records if record.name == "setlist.providers.base"]
        assert "someone songs for import: 200" in record.getMessage()
        assert "http" not in record.getMessage()


def own_breaker(**rule: Any) -> Breaker:
    return Breakers().get("someone", BreakerRule(**rule))


class TestBreaker:
    @pytest.fixture
    def gate(self, open_gate: OpenGate, counter: Counter) -> Gate:
        return open_gate("someone", breaker=own_breaker(points=9), on_call=counter)

    def test_one_that_is_down_is_left_alone(
        self, httpserver: HTTPServer, gate: Gate, call: Call, counter: Counter
    ) -> None:
        httpserver.expect_request("/songs").respond_with_data("", status=503)
        for _ in range(5):
            with pytest.raises(Unavailable) as caught:
                gate.ask(call, usual, as_it_is)
        assert len(counter.calls) == 3
        assert caught.value.until is not None
        assert caught.value.until > datetime.now(UTC)

    def test_garbage_counts_too(
        self, httpserver: HTTPServer, gate: Gate, call: Call, counter: Counter
    ) -> None:
        httpserver.expect_request("/songs").respond_with_data("<html>")
        for _ in range(3):
            with pytest.raises(BadAnswer):
                gate.ask(call, usual, as_it_is)
        with pytest.raises(Unavailable):
            gate.ask(call, usual, as_it_is)
        assert len(counter.calls) == 3

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
    def test_what_we_ask_for_in_vain_does_not(
        self, httpserver: HTTPServer, gate: Gate, call: Call, counter: Counter, status: int
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({}, status=status)
        for _ in range(10):
            with pytest.raises(ProviderError):
                gate.ask(call, usual, as_it_is)
        assert len(counter.calls) == 10

    def test_nor_does_what_is_not_offered(self, httpserver: HTTPServer, gate: Gate, call: Call) -> None:
        httpserver.expect_request("/songs").respond_with_json({}, status=403)
        for _ in range(10):
            with pytest.raises(NotOffered):
                gate.ask(call, lambda _answer: NotOffered("someone", "does not offer this"), as_it_is)

    def test_while_one_thread_tries_again_the_others_are_refused(
        self, open_gate: OpenGate, call: Call
    ) -> None:
        asked, finish = threading.Event(), threading.Event()

        def answer_late(connection: socket.socket) -> None:
            asked.set()
            finish.wait(5)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        gate = open_gate("someone", breaker=own_breaker(points=1, rest_seconds=0))
        with pytest.raises(Unavailable):
            gate.ask(Call(endpoint="songs", url="http://127.0.0.1:1"), usual, as_it_is)
        with rude_server(answer_late) as url, ThreadPoolExecutor(1) as threads:
            trial = threads.submit(gate.ask, Call(endpoint="songs", url=url), usual, as_it_is)
            asked.wait(5)
            with pytest.raises(Unavailable, match="left alone"):
                gate.ask(Call(endpoint="songs", url=url), usual, as_it_is)
            finish.set()
            assert trial.result() == {}

    def test_an_open_one_takes_no_slot(self, open_gate: OpenGate, httpserver: HTTPServer, call: Call) -> None:
        httpserver.expect_request("/songs").respond_with_data("", status=500)
        budget = Budget("someone", BudgetRule(per_second=0.01, longest_wait=1_000))
        gate = open_gate("someone", breaker=own_breaker(points=1), budget=budget)
        for _ in range(5):
            with pytest.raises(Unavailable):
                gate.ask(call, usual, as_it_is)
        assert budget.reserve(Purpose.IMPORT) == pytest.approx(100, abs=20)

    def test_threads_call_at_the_same_time(self, open_gate: OpenGate) -> None:
        together = threading.Barrier(2, timeout=5)

        def meet(connection: socket.socket) -> None:
            together.wait()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        gate = open_gate("someone")
        with rude_server(meet) as url, ThreadPoolExecutor(2) as threads:
            call = Call(endpoint="songs", url=url)
            assert list(threads.map(lambda _: gate.ask(call, usual, as_it_is), range(2))) == [{}, {}]


class TestRedirects:
    def to(self, httpserver: HTTPServer, path: str, location: str) -> None:
        httpserver.expect_request(path).respond_with_data("", status=301, headers={"Location": location})

    def test_on_the_same_host_it_is_followed_with_our_parameters(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.to(httpserver, "/songs", "/tunes?fmt=xml#top")
        httpserver.expect_request("/tunes", query_string="fmt=json").respond_with_json({"fine": True})
        asked = Call(endpoint=call.endpoint, url=call.url, params=(("fmt", "json"),))
        assert open_gate("someone", on_call=counter).ask(asked, usual, as_it_is) == {"fine": True}
        assert len(counter.calls) == 2

    @pytest.mark.parametrize(
        "location", ["http://evil.example/tunes", "//evil.example/tunes", "https://localhost.evil.example/"]
    )
    def test_to_another_host_it_is_not(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, location: str
    ) -> None:
        self.to(httpserver, "/songs", location)
        with pytest.raises(BadAnswer):
            open_gate("someone").ask(call, usual, as_it_is)

    def test_circles_end(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.to(httpserver, "/songs", "/tunes")
        self.to(httpserver, "/tunes", "/songs")
        with pytest.raises(BadAnswer, match="circles"):
            open_gate("someone", on_call=counter).ask(call, usual, as_it_is)
        assert len(counter.calls) == 3


@pytest.mark.parametrize("id", ["a/../b", "a?b", "a#b", "ä", "a b", "a\r\nHost: evil"])
def test_an_id_stays_one_segment_of_the_path(id: str) -> None:
    url = address("someone", "https://host/base/", "songs", id)
    assert url.startswith("https://host/base/songs/")
    assert url.count("/") == 5
    assert url.isprintable()
    assert not set("?# ") & set(url)


@pytest.mark.parametrize("id", ["", " ", ".", "..", ". .", "\x00x"])
def test_what_cannot_be_an_id_finds_nothing(id: str) -> None:
    with pytest.raises(NotFound):
        address("someone", "https://host/base", "songs", id)


class TestTheSameAtOnce:
    def test_one_job_asks_and_each_reads(self, open_gate: OpenGate, counter: Counter) -> None:
        readers = [partial(pair, number) for number in range(4)]
        found = at_once(open_gate, counter, readers)
        assert found == [(number, {}) for number in range(4)]
        assert len(counter.calls) == 1

    def test_the_same_reader_reads_once_for_all(self, open_gate: OpenGate, counter: Counter) -> None:
        bodies: list[Json] = []
        at_once(open_gate, counter, [bodies.append] * 4)
        assert bodies == [{}]


def pair(number: int, body: Json) -> tuple[int, Json]:
    return number, body


def at_once(open_gate: OpenGate, counter: Counter, readers: list[Callable[[Json], object]]) -> list[object]:
    """What each reader made of the one answer that all of them waited for."""
    asked, answer = threading.Event(), threading.Event()

    def answer_late(connection: socket.socket) -> None:
        asked.set()
        answer.wait(5)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    flights: SingleFlight[Hashable, Asked] = SingleFlight()
    gates = [open_gate("someone", flights=flights, on_call=counter) for _ in readers]
    with rude_server(answer_late) as url, ThreadPoolExecutor(len(readers)) as threads:
        call = Call(endpoint="songs", url=url, params=(("id", "a"),))
        first = threads.submit(gates[0].ask, call, usual, readers[0])
        assert asked.wait(5)
        others = [
            threads.submit(gate.ask, call, usual, read)
            for gate, read in zip(gates[1:], readers[1:], strict=True)
        ]
        until(lambda: sum(flight.seats for flight in flights._flights.values()) == len(readers))
        answer.set()
        return [waiting.result(5) for waiting in (first, *others)]
