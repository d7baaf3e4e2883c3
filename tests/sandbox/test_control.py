"""The switches and counts."""

import pytest

from tests.sandbox.caller import SECONDS, Caller


def test_calls_are_counted_by_provider_and_endpoint(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(reset_counts=True)
    caller.musicbrainz(f"artist/{benchmark_mbid}")
    caller.musicbrainz("artist/nonsense")
    caller.ticketmaster("events.json", size=1, attractionId=caller.attraction_id())
    found = caller.control()
    assert found["calls"] == {"musicbrainz": {"artist": 2}, "ticketmaster": {"events": 1}}
    assert found["statuses"] == {"musicbrainz": {"200": 1, "400": 1}, "ticketmaster": {"200": 1}}
    assert found["answers"]["musicbrainz"] == {"artist": {"200": 1, "400": 1}}
    assert found["total"] == 3


def test_what_is_refused_throttled_or_spoilt_counts_too(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(limits=True)
    caller.switch(provider="setlistfm", kind="status:500", times=1)
    caller.switch(reset_counts=True)
    for _ in range(3):
        caller.setlistfm(f"artist/{benchmark_mbid}")
    caller.ticketmaster("nowhere.json", apikey="wrong")
    found = caller.control()
    assert found["calls"] == {"setlistfm": {"artist": 3}, "ticketmaster": {"unknown": 1}}
    assert found["answers"]["setlistfm"]["artist"] == {"200": 1, "429": 1, "500": 1}
    assert found["answers"]["ticketmaster"]["unknown"] == {"401": 1}
    assert found["throttles"] == {"setlistfm": 1}


def test_switches_can_be_changed_and_put_back(caller: Caller) -> None:
    changed = caller.switch(latency_ms=5, limits=True, limit_speed=10, spotify_mode="extended").json()
    assert (changed["latency_ms"], changed["limits"], changed["limit_speed"]) == (5, True, 10)
    caller.switch(provider="spotify", kind="slow")
    restored = caller.session.delete(caller.running.control, timeout=SECONDS).json()
    assert (restored["latency_ms"], restored["limits"], restored["limit_speed"]) == (0, False, 1)
    assert (restored["faults"], restored["spotify_mode"]) == ([], "development")


def test_the_time_can_be_set(caller: Caller) -> None:
    assert caller.switch(now="2027-05-05T10:00:00+00:00").json()["now"] == "2027-05-05T10:00:00+00:00"
    assert caller.switch(now=None).json()["frozen"] is False


@pytest.mark.parametrize(
    "switches",
    [
        {"latency": 5},
        {"latency_ms": "slow"},
        {"latency_ms": -1},
        {"limits": 1},
        {"spotify_mode": "premium"},
        {"limit_speed": 0},
        {"now": "2027-05-05T10:00:00"},
        {"now": "tomorrow"},
        {"faults": {}},
        {"faults": [{"provider": "spotify"}]},
        {"provider": "spotify", "kind": "slow", "colour": "red"},
    ],
)
def test_nonsense_is_refused_with_a_reason(caller: Caller, switches: dict[str, object]) -> None:
    answer = caller.switch(**switches)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_other_methods_are_refused(caller: Caller) -> None:
    assert caller.session.put(caller.running.control, timeout=SECONDS).status_code == 405
