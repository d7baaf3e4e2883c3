"""Faults that take their time, and what ends them: a clearing, a stop, a client that hangs up."""

import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import requests

from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import start_in_thread
from tests.sandbox.caller import NAMED, SECONDS, Caller

MOST_READS = 20  # a whole answer byte by byte takes hundreds


def _url(caller: Caller, mbid: str) -> str:
    return f"{caller.running.url}/musicbrainz/ws/2/artist/{mbid}?fmt=json"


@pytest.mark.parametrize("clearing", ["no faults", "as at the start"])
def test_when_faults_are_cleared_a_slow_answer_comes_whole(
    caller: Caller, benchmark_mbid: str, clearing: str
) -> None:
    whole = caller.musicbrainz(f"artist/{benchmark_mbid}").content
    caller.switch(provider="musicbrainz", kind="slow")
    with requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=5, stream=True) as answer:
        read = [answer.raw.read1()]
        if clearing == "no faults":
            caller.switch(faults=[])
        else:
            caller.session.delete(caller.running.control, timeout=SECONDS)
        while len(read) < MOST_READS and (more := answer.raw.read1()):
            read.append(more)
    assert b"".join(read) == whole


def test_when_faults_are_cleared_a_silence_ends(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="timeout")
    caller.switch(reset_counts=True)
    with ThreadPoolExecutor() as pool:
        call = pool.submit(requests.get, _url(caller, benchmark_mbid), headers=NAMED, timeout=30)
        _wait_for_answers(caller)
        caller.switch(faults=[])
        error = call.exception(timeout=SECONDS)
    assert isinstance(error, requests.ConnectionError)
    assert caller.control()["answers"] == {"musicbrainz": {"artist": {"none": 1}}}
    assert caller.musicbrainz(f"artist/{benchmark_mbid}").status_code == 200


def test_a_new_fault_does_not_end_those_under_way(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="timeout", times=1)
    faults = caller.running.sandbox.switches.faults
    strike = faults.striking("musicbrainz", "artist")
    caller.switch(provider="musicbrainz", kind="slow")
    assert strike is not None
    assert not strike.over.is_set()
    caller.switch(faults=[{"provider": "musicbrainz", "kind": "slow"}])
    assert strike.over.is_set()
    later = faults.striking("musicbrainz", "artist")
    assert later is not None
    assert not later.over.is_set(), "it was hit after the clearing"


def test_a_client_that_hangs_up_is_noticed_between_two_bytes(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="slow")
    connections = caller.running.server.connections
    before = set(connections)
    with requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=5, stream=True) as answer:
        assert answer.raw.read1()
        assert set(connections) - before
    for _ in range(200):
        if not set(connections) - before:
            return
        time.sleep(0.05)
    raise AssertionError("it still drips")


@pytest.mark.parametrize("kind", ["slow", "timeout"])
def test_a_stop_does_not_wait_for_the_end_of_a_fault(benchmark_mbid: str, kind: str) -> None:
    with (
        start_in_thread(SandboxOptions(artists=5, latency_ms=0)) as running,
        requests.Session() as session,
        ThreadPoolExecutor() as pool,
    ):
        caller = Caller(running, session)
        caller.switch(provider="musicbrainz", kind=kind)
        call = pool.submit(requests.get, _url(caller, benchmark_mbid), headers=NAMED, timeout=30)
        _wait_for_answers(caller)
        running.stop()
        wait({call}, timeout=SECONDS)
        assert call.done()
        assert not isinstance(call.exception(), requests.Timeout)


def _wait_for_answers(caller: Caller) -> None:
    for _ in range(200):
        if caller.control()["answers"]:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was hit")
