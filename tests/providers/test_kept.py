"""Answers that are given again without a call."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from setlist.providers.base import Gate
from setlist.providers.errors import BadAnswer, Unavailable
from setlist.providers.kept import KeptAnswers
from setlist.providers.reading import Json
from setlist.providers.wire import Call
from setlist.services.cache import Cache
from setlist.services.redis_client import RedisLink
from tests.providers.conftest import Counter, OpenGate, as_it_is, usual


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    client = RedisLink(redis_url, seconds=2).client(texts=False)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def kept_call(call: Call) -> Call:
    return replace(call, fresh_for=60.0, params=(("id", "a"), ("apikey", "secret-key")))


@pytest.fixture
def gate(open_gate: OpenGate, connection: redis.Redis, counter: Counter) -> Gate:
    return open_gate("someone", kept=KeptAnswers(Cache(connection), "someone"), on_call=counter)


def other_process(open_gate: OpenGate, connection: redis.Redis, counter: Counter) -> Gate:
    return open_gate("someone", kept=KeptAnswers(Cache(connection), "someone"), on_call=counter)


def test_a_fresh_answer_costs_no_call_in_any_process(
    httpserver: HTTPServer,
    gate: Gate,
    kept_call: Call,
    counter: Counter,
    open_gate: OpenGate,
    connection: redis.Redis,
) -> None:
    httpserver.expect_request("/songs").respond_with_json({"title": "Velvet Walrus"})
    gates = [gate, gate, other_process(open_gate, connection, counter)]
    assert [each.ask(kept_call, usual, as_it_is) for each in gates] == [{"title": "Velvet Walrus"}] * 3
    assert len(counter.calls) == 1


def test_whose_key_asks_makes_no_difference_and_no_key_is_kept(
    httpserver: HTTPServer, gate: Gate, kept_call: Call, counter: Counter, connection: redis.Redis
) -> None:
    httpserver.expect_request("/songs").respond_with_json({})
    for key in ("secret-key", "other-key"):
        gate.ask(replace(kept_call, params=(("id", "a"), ("apikey", key))), usual, as_it_is)
    assert len(counter.calls) == 1
    kept = [key for key in connection.keys("*") if connection.type(key) == b"string"]
    assert any(b"someone songs" in key for key in kept)
    assert not any(b"secret-key" in key + connection.get(key) for key in kept)


def test_another_question_is_another_call(
    httpserver: HTTPServer, gate: Gate, kept_call: Call, counter: Counter
) -> None:
    httpserver.expect_request("/songs").respond_with_json({})
    for id in ("a", "b"):
        gate.ask(replace(kept_call, params=(("id", id),)), usual, as_it_is)
    assert len(counter.calls) == 2


def test_a_call_that_may_not_be_kept_is_not(
    httpserver: HTTPServer, gate: Gate, call: Call, counter: Counter
) -> None:
    httpserver.expect_request("/songs").respond_with_json({})
    for _ in range(2):
        gate.ask(call, usual, as_it_is)
    assert len(counter.calls) == 2


def test_neither_errors_nor_nonsense_are_kept(
    httpserver: HTTPServer, gate: Gate, kept_call: Call, counter: Counter
) -> None:
    def refuse(body: Json) -> Json:
        raise BadAnswer("someone", "answered nonsense")

    httpserver.expect_ordered_request("/songs").respond_with_data("", status=500)
    httpserver.expect_ordered_request("/songs").respond_with_json({"nonsense": True})
    httpserver.expect_ordered_request("/songs").respond_with_json({"fine": True})
    with pytest.raises(Unavailable):
        gate.ask(kept_call, usual, as_it_is)
    with pytest.raises(BadAnswer):
        gate.ask(kept_call, usual, refuse)
    assert gate.ask(kept_call, usual, as_it_is) == {"fine": True}
    assert len(counter.calls) == 3


def test_a_stale_one_is_asked_for_with_its_etag(
    httpserver: HTTPServer, gate: Gate, kept_call: Call, counter: Counter
) -> None:
    asked_with: list[str | None] = []

    def answer(request: Request) -> Response:
        asked_with.append(request.headers.get("If-None-Match"))
        if asked_with[-1] == '"v1"':
            return Response(status=304)
        return Response('{"title": "Velvet Walrus"}', headers={"ETag": '"v1"'})

    httpserver.expect_request("/songs").respond_with_handler(answer)
    soon_stale = replace(kept_call, fresh_for=0.001, kept_for=600.0)
    found = []
    for _ in range(3):
        found.append(gate.ask(soon_stale, usual, as_it_is))
        time.sleep(0.01)  # and it is stale
    assert found == [{"title": "Velvet Walrus"}] * 3
    assert asked_with == [None, '"v1"', '"v1"']
    assert len(counter.calls) == 3
