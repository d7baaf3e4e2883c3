"""What a breaker is after Redis lost it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import redis

from setlist.services.breaker import BreakerChange
from setlist.services.breaker_redis import KEY
from tests.services.breaker_calls import (
    AT_ONCE,
    RULE,
    Interrupted,
    StartProcess,
    call,
    fail,
    refused,
)


class TestLostRecord:
    def test_an_open_one_survives_a_flush(self, connection: redis.Redis, start_shared: StartProcess) -> None:
        process = start_shared()
        process_that_remembers = start_shared(restore=lambda _name: process.heard[-1])
        fail(process.breakers.get("someone", RULE))
        connection.flushdb()
        breaker = process_that_remembers.breakers.get("someone", RULE)
        assert refused(breaker) == process.heard[-1].until
        assert breaker.snapshot().reason == process.heard[-1].reason
        assert process_that_remembers.heard == []  # nothing changed

    def test_one_forced_open_without_an_end_stays_forced(
        self, connection: redis.Redis, start_shared: StartProcess
    ) -> None:
        process = start_shared()
        process.breakers.get("someone", RULE).force_open(by="Ann")
        connection.flushdb()
        breaker = start_shared(restore=lambda _name: process.heard[-1]).breakers.get("someone", RULE)
        assert breaker.snapshot().forced
        refused(breaker)

    def test_one_whose_end_has_passed_is_closed(self, start_shared: StartProcess) -> None:
        long_ago = BreakerChange(
            name="someone",
            old_state="closed",
            new_state="open",
            reason="",
            at=datetime.now(UTC) - timedelta(hours=1),
            until=datetime.now(UTC) - timedelta(minutes=50),
        )
        assert start_shared(restore=lambda _name: long_ago).breakers.get("someone").state == "closed"

    def test_one_that_was_being_tried_is_tried_again(
        self, connection: redis.Redis, start_shared: StartProcess
    ) -> None:
        process = start_shared()
        breaker = process.breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(Interrupted):
            call(breaker, Interrupted())
        connection.flushdb()
        other = start_shared(restore=lambda _name: process.heard[-1])
        assert call(other.breakers.get("someone", AT_ONCE)) == "answered"
        assert other.heard.states == [("open", "half-open"), ("half-open", "closed")]

    def test_memory_that_fails_is_a_closed_one(
        self, start_shared: StartProcess, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail_to_remember(_name: str) -> BreakerChange | None:
            raise RuntimeError("no database")

        assert call(start_shared(restore=fail_to_remember).breakers.get("someone")) == "answered"
        assert "cannot be read" in caplog.text

    def test_what_this_process_did_lately_need_not_be_written_down_yet(
        self, connection: redis.Redis, start_shared: StartProcess
    ) -> None:
        rows: list[BreakerChange] = []
        process = start_shared(restore=lambda _name: rows[-1] if rows else None)
        breaker = process.breakers.get("someone", RULE)
        fail(breaker)
        connection.flushdb()
        refused(breaker)
        rows.append(replace(process.heard[-1], new_state="closed", until=None, at=datetime.now(UTC)))
        connection.flushdb()
        assert call(breaker) == "answered"  # a person reset it elsewhere

    @pytest.mark.parametrize("garbage", ["", "null", "[1]", '{"state"', '{"colour": "red"}'])
    def test_a_record_that_cannot_be_read_is_replaced(
        self, connection: redis.Redis, start_shared: StartProcess, garbage: str
    ) -> None:
        connection.hset(KEY.format(name="someone"), "record", garbage)
        breaker = start_shared().breakers.get("someone", RULE)
        fail(breaker)
        assert breaker.state == "open"
