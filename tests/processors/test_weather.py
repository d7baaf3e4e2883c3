"""What a job does in a provider's weather: it waits, and spends no attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from setlist.processors.running import JobRun, Processor
from setlist.providers.errors import BadAnswer, RateLimited, Refused, TimedOut, Unavailable
from tests.queue.rows import QUEUE, fresh, make_due, seconds_until, stored


def test_a_provider_that_says_until_when_is_obeyed_and_costs_no_attempt(session):
    def is_limited(run: JobRun) -> None:
        until = datetime.now(UTC) + timedelta(hours=13)
        raise RateLimited("spotify", "wants no more calls for now", until=until)

    job_id = stored(session)
    assert Processor(QUEUE, is_limited).run_once(job_id) == "put_off"
    found = fresh(session, job_id)
    assert (found.state, found.attempts) == ("queued", 0)
    assert found.error == "Spotify wants no more calls for now."
    assert seconds_until(session, job_id) > 12 * 3600


@pytest.mark.parametrize(
    "weather",
    [
        RateLimited("spotify", "wants no more calls for now", until=None),
        Unavailable("spotify", "is out of order"),
        TimedOut("spotify", "did not answer in time"),
        BadAnswer("spotify", "answered something unreadable"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_weather_costs_no_attempt_and_is_waited_for_longer_each_time(session, weather):
    def is_out_in_it(run: JobRun) -> None:
        raise weather

    job_id, waits = stored(session), []
    for _ in range(4):
        assert Processor(QUEUE, is_out_in_it).run_once(job_id) == "put_off"
        waits.append(seconds_until(session, job_id))
        make_due(session, job_id)
    assert fresh(session, job_id).attempts == 0
    assert waits == sorted(waits)
    assert waits[-1] > 10 * waits[0]


def test_a_job_that_got_further_starts_its_waiting_anew(session):
    def is_out_in_it(run: JobRun) -> None:
        assert run.put_offs == expected.pop(0)
        if not expected:
            run.commit()
        raise Unavailable("spotify", "is out of order")

    job_id, expected = stored(session), [0, 1, 2]
    for _ in range(3):
        Processor(QUEUE, is_out_in_it).run_once(job_id)
        make_due(session, job_id)
    expected = [0, 1]
    Processor(QUEUE, is_out_in_it).run_once(job_id)


def test_weather_that_never_ends_is_a_failure_in_the_end(session, monkeypatch):
    def is_out_in_it(run: JobRun) -> None:
        raise Unavailable("spotify", "is out of order")

    monkeypatch.setattr("setlist.processors.endings.MOST_PUT_OFFS", 2)
    job_id, ends = stored(session), []
    for _ in range(3):
        ends.append(Processor(QUEUE, is_out_in_it).run_once(job_id))
        make_due(session, job_id)
    assert ends == ["put_off", "put_off", "retrying"]


def test_what_a_provider_calls_our_mistake_is_a_failure(session):
    def asks_nonsense(run: JobRun) -> None:
        raise Refused("spotify", "refuses the request as wrong (HTTP 400)")

    assert Processor(QUEUE, asks_nonsense).run_once(stored(session)) == "retrying"
