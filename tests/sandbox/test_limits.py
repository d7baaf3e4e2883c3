"""Rate limits, over a real socket. The limits' clock runs fast where a day must pass."""

import time
from collections import Counter

import pytest

from setlist.sandbox.limits import Bucket, Limits, Window
from tests.sandbox.caller import Caller

SECOND = 10**9


def test_without_the_switch_nobody_is_throttled(caller: Caller, benchmark_mbid: str) -> None:
    statuses = {caller.musicbrainz(f"artist/{benchmark_mbid}").status_code for _ in range(5)}
    assert statuses == {200}


def test_musicbrainz_answers_503_to_whoever_is_too_fast(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(limits=True)
    answers = [caller.musicbrainz(f"artist/{benchmark_mbid}") for _ in range(6)]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert answers[0].status_code == 200
    assert len(refused) >= 3
    assert refused[0].headers["X-Rate-Limited"]
    assert caller.control()["throttles"] == {"musicbrainz": len(refused)}


def test_one_call_a_second_is_never_too_fast(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(limits=True, limit_speed=50.0)
    statuses = []
    for _ in range(8):
        statuses.append(caller.musicbrainz(f"artist/{benchmark_mbid}").status_code)
        time.sleep(1.02 / 50)
    assert set(statuses) == {200}


def test_ticketmaster_allows_five_a_second_and_5000_a_day(caller: Caller) -> None:
    caller.switch(limits=True)
    answers = [caller.ticketmaster("attractions.json", size=1) for _ in range(12)]
    spikes = [answer for answer in answers if answer.status_code == 429]
    assert spikes[0].json()["fault"]["detail"]["errorcode"] == "policies.ratelimit.SpikeArrestViolation"
    assert "Rate-Limit" not in spikes[0].headers
    assert answers[0].headers["Rate-Limit-Available"] == "4999"
    day = caller.running.sandbox.switches.limits
    for _ in range(6000):
        day.clock.run_at(1e6)  # the second passes, the day does not
        if (refusal := day.throttle("ticketmaster")) is not None and b"QuotaViolation" in refusal.body:
            break
        day.clock.run_at(1e-6)
    else:
        raise AssertionError("no daily quota")


def test_setlistfm_throttles_without_saying_for_how_long(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(limits=True)
    answers = [caller.setlistfm(f"artist/{benchmark_mbid}") for _ in range(8)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["x-amzn-errortype"] == "TooManyRequestsException"
    assert "Retry-After" not in refused.headers


def test_spotify_says_when_to_come_back(caller: Caller) -> None:
    token = caller.token()
    caller.switch(limits=True)
    path, headers = f"spotify/v1/artists/{caller.spotify_id()}", {"Authorization": f"Bearer {token}"}
    answers = [caller.plain(path, headers) for _ in range(100)]
    assert Counter(answer.status_code for answer in answers)[200] == 90
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 30
    assert answers[-1].json()["error"]["message"] == "API rate limit exceeded"


def test_what_is_known_already_costs_as_much_as_what_is_not(caller: Caller) -> None:
    path, headers = f"spotify/v1/artists/{caller.spotify_id()}", {"Authorization": f"Bearer {caller.token()}"}
    headers["If-None-Match"] = caller.plain(path, headers).headers["ETag"]
    caller.switch(limits=True)
    caller.running.sandbox.switches.limits.forget()
    statuses = Counter(caller.plain(path, headers).status_code for _ in range(92))
    assert statuses == {304: 90, 429: 2}


def test_a_refused_key_costs_nothing(caller: Caller) -> None:
    caller.switch(limits=True)
    statuses = [caller.ticketmaster("events.json", apikey="wrong").status_code for _ in range(10)]
    assert statuses == [401] * 10


def test_a_window_is_exact_to_the_nanosecond() -> None:
    window = Window(2, 1)
    for now in (0, 400):
        assert window.wait(now) == 0
        window.take(now)
    assert (window.wait(500), window.left) == (SECOND - 500, 0)
    assert window.wait(SECOND - 1) == 1
    assert window.wait(SECOND) == 0
    window.take(SECOND)
    assert window.wait(SECOND) == 400, "the second call still counts"


def test_a_bucket_never_refuses_an_even_pace_and_forgives_one_early_call() -> None:
    bucket = Bucket(1, early=1)
    for call in range(1_000):
        assert bucket.wait(call * SECOND) == 0
        bucket.take(call * SECOND)
    assert bucket.wait(999 * SECOND) == 0
    bucket.take(999 * SECOND)
    assert bucket.wait(1_000 * SECOND - 1) == 1
    assert bucket.wait(1_000 * SECOND) == 0


@pytest.mark.parametrize(("provider", "most"), [("setlistfm", 2), ("ticketmaster", 5), ("spotify", 90)])
def test_however_fast_the_clock_runs_a_moment_takes_no_more_calls(provider: str, most: int) -> None:
    limits = Limits(enforced=True, speed=1e-6)  # time all but stands still
    answers = [limits.throttle(provider) for _ in range(most + 5)]
    assert [answer is None for answer in answers] == [True] * most + [False] * 5
    assert limits.sent == {provider: 5}
    assert sum(limits.sent_by_limit.values()) == 5
    limits.clock.run_at(1e12)
    time.sleep(0.001)  # a quarter of an hour on that clock
    limits.clock.run_at(1e-6)
    assert limits.throttle(provider) is None
