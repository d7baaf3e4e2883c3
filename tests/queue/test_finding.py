from datetime import UTC, datetime, timedelta

import pytest

from setlist.models import QueueJob
from setlist.queue import finding
from setlist.queue.finding import STATES, Place, Wanted, find_job, find_jobs

NOW = datetime.now(UTC)


def job(session, state: str = "queued", queue: str = "cleanup", at: float = 0, **values: object) -> int:
    """Due, and over if it is, `at` seconds from now."""
    moment = NOW + timedelta(seconds=at)
    is_over = state in {"done", "dead", "cancelled", "discarded"}
    usual = {"args": {}, "max_attempts": 3, "finished_at": moment if is_over else None}
    made = QueueJob(queue=queue, state=state, run_at=moment, **usual | values)
    session.add(made)
    session.flush()
    return made.id


def ids(session, **wanted: object) -> list[int]:
    return [found.id for found in find_jobs(session, Wanted(**wanted)).jobs]


def walked(session, size: int, **wanted: object) -> list[int]:
    """Page by page to the end."""
    found, after = [], None
    for _ in range(50):
        page = find_jobs(session, Wanted(**wanted, after=after), size=size)
        assert len(page.jobs) <= size
        found += [one.id for one in page.jobs]
        if page.next is None:
            return found
        after = Place.read(str(page.next))
    raise AssertionError("it never ends")


def test_a_job_is_found_by_its_id_and_nothing_by_an_impossible_one(session):
    job_id = job(session)
    assert find_job(session, job_id).id == job_id
    assert [find_job(session, wrong) for wrong in (0, -1, job_id + 1, 2**63, 10**30)] == [None] * 5


def test_all_of_them_come_newest_first(session):
    made = [job(session, state) for state in ("done", "queued", "dead", "running")]
    assert ids(session) == made[::-1]


def test_each_state_is_a_list_of_its_own(session):
    made = {
        state: job(session, state)
        for state in ("running", "retrying", "done", "dead", "cancelled", "discarded")
    }
    made["queued"] = job(session, at=3600)
    for state, job_id in made.items():
        assert ids(session, state=state) == [job_id]
    assert ids(session, state="waiting") == [made["retrying"]]
    assert ids(session, state="scheduled") == [made["queued"]]
    assert set(made) | {"waiting", "scheduled"} == set(STATES)


def test_what_is_over_comes_latest_first_and_what_waits_in_the_order_of_its_time(session):
    dead = [job(session, "dead", at=at) for at in (-5, -1, -3)]
    waiting = [job(session, at=at, queue=queue) for at, queue in ((-5, "cleanup"), (-9, "trending_calc"))]
    assert ids(session, state="dead") == [dead[1], dead[2], dead[0]]
    assert ids(session, state="waiting") == [waiting[1], waiting[0]]


@pytest.mark.parametrize("state", ["", "dead", "waiting", "queued", "running"])
@pytest.mark.parametrize("queue", ["", "cleanup"])
def test_pages_leave_out_nothing_and_show_nothing_twice(session, state, queue):
    # Several at the same time: the id tells them apart.
    of_state = state if state in {"dead", "running"} else "queued"
    made = [
        job(session, of_state, at=-(number // 3), queue=("cleanup", "trending_calc")[number % 2])
        for number in range(14)
    ]
    expected = made[::2] if queue else made
    found = walked(session, 3, state=state, queue=queue)
    assert len(found) == len(set(found))
    assert set(found) == set(expected)


def test_words_are_looked_for_in_errors_and_arguments_as_they_stand(session):
    first = job(session, "dead", error="setlist.fm said 50% <b>No</b>")
    second = job(session, "done", args={"artist": "Fifty"})
    job(session, "dead", error="setlist.fm said 500 No")
    assert ids(session, words="50% <B>no") == [first]
    assert ids(session, words="fifty") == [second]
    assert ids(session, state="dead", words="said") != []
    assert ids(session, state="dead", queue="trending_calc", words="said") == []


@pytest.mark.parametrize("state", ["", "dead", "waiting"])
def test_a_search_reaches_so_far_and_says_where_to_go_on(session, monkeypatch, state):
    monkeypatch.setattr(finding, "MOST_SEARCHED", 4)
    of_state = state if state == "dead" else "queued"
    wanted = {at: job(session, of_state, at=-at, error="rare" if at in {2, 11} else "x") for at in range(13)}
    first = find_jobs(session, Wanted(state=state, words="rare"))
    assert len(first.jobs) <= 1
    assert first.next is not None
    assert set(walked(session, 5, state=state, words="rare")) == {wanted[2], wanted[11]}


def test_a_queue_that_has_few_among_many_is_found_in_the_end(session, monkeypatch):
    monkeypatch.setattr(finding, "MOST_SEARCHED", 4)
    few = job(session, "done", "trending_calc")
    for _ in range(10):
        job(session, "done")
    assert walked(session, 5, queue="trending_calc") == [few]


@pytest.mark.parametrize("written", ["", "x", "1-", "-1", "1-2-3", "9" * 19, "1 OR 1", "1-" + "9" * 18])
def test_a_place_that_no_page_wrote_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        Place.read(written)
