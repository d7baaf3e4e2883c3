import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from flask import Flask

from setlist.web import limits
from tests.broken_redis import BREAKS, BreakableRedis
from tests.services.redis_stand_ins import stand_in, stay_silent
from tests.web.conftest import MakeApp

PER_MINUTE = {"/lookup": 30, "/import": 10, "/try_login": 10}


@pytest.mark.parametrize("path", PER_MINUTE)
def test_after_the_limit_the_answer_says_when_to_try_again(probe: Flask, path: str) -> None:
    client = probe.test_client()
    statuses = [client.post(path).status_code for _ in range(PER_MINUTE[path])]
    assert set(statuses) == {200}
    refused = client.post(path)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert re.search(r"Try again in (a second|\d+ seconds)\.", refused.text)


def test_one_address_does_not_use_up_anothers_tries(make_app: MakeApp) -> None:
    client = make_app(trusted_proxies=1).test_client()
    for _ in range(11):
        last = client.post("/import", headers={"X-Forwarded-For": "203.0.113.1"})
    assert last.status_code == 429
    assert client.post("/import", headers={"X-Forwarded-For": "203.0.113.2"}).status_code == 200


def test_a_home_of_ipv6_addresses_is_one_visitor(make_app: MakeApp) -> None:
    client = make_app(trusted_proxies=1).test_client()
    homes = [client.get("/address", headers={"X-Forwarded-For": f"2001:db8:1:2::{n}"}).text for n in (1, 2)]
    assert homes[0] == homes[1]
    assert homes[0].startswith("2001:db8:1:2::/64")


def test_reading_the_sign_in_page_does_not_count(probe: Flask) -> None:
    client = probe.test_client()
    assert {client.get("/try_login").status_code for _ in range(15)} == {200}


def test_votes_are_counted_by_fan_so_that_an_audience_may_share_an_address(probe: Flask) -> None:
    one, other = probe.test_client(), probe.test_client()
    one.post("/write")
    other.post("/write")
    statuses = [one.post("/vote").status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    assert other.post("/vote").status_code == 200


def test_counts_are_shared_by_all_processes_through_redis(probe: Flask, redis_client: redis.Redis) -> None:
    probe.test_client().post("/import")
    assert [key for key in redis_client.keys("*") if b"imports" in key]


def test_with_redis_down_the_limit_still_holds_within_the_process(make_app: MakeApp) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    client = make_app(redis_url=f"redis://127.0.0.1:{port}/0").test_client()
    statuses = [client.post("/import").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert int(client.post("/import").headers["Retry-After"]) >= 1


@pytest.mark.parametrize("way", BREAKS)
def test_with_redis_broken_on_the_way_the_limit_holds_within_the_process(
    make_app: MakeApp, own_redis: BreakableRedis, way: str
) -> None:
    client = make_app(redis_url=own_redis.url, redis_seconds=0.3).test_client()
    assert client.post("/import").status_code == 200
    own_redis.break_as(way)
    assert [client.post("/import").status_code for _ in range(11)] == [200] * 10 + [429]
    assert int(client.post("/import").headers["Retry-After"]) >= 1


def test_a_frozen_redis_is_asked_once_for_all_limits_of_all_visitors(make_app: MakeApp) -> None:
    with stand_in(stay_silent) as frozen:
        app = make_app(redis_url=frozen.url, redis_seconds=0.3)
        for _ in range(5):
            for path in ("/lookup", "/import"):
                assert app.test_client().post(path).status_code == 200
        assert len(frozen.connections) == 1


def test_votes_are_counted_together_with_those_of_other_processes(make_app: MakeApp) -> None:
    one, other = make_app(trusted_proxies=1), make_app(trusted_proxies=1)
    hall = {"X-Forwarded-For": "203.0.113.7"}
    for app in (one, other):
        counts = app.extensions["vote_counts"]
        for _ in range(700):
            counts.hit("from 203.0.113.7")
    for app in (one, other, one):
        app.extensions["vote_counts"].flush()
        app.extensions["vote_counts"].hit("from 203.0.113.7")
    assert one.test_client().post("/vote", headers=hall).status_code == 429


def test_where_no_redis_is_configured_the_process_counts(make_app: MakeApp) -> None:
    client = make_app(redis_url=None).test_client()
    assert [client.post("/import").status_code for _ in range(11)] == [200] * 10 + [429]


def test_requests_that_meet_a_dead_redis_side_by_side_are_all_counted(
    make_app: MakeApp, own_redis: BreakableRedis
) -> None:
    app = make_app(redis_url=own_redis.url, redis_seconds=0.3)
    own_redis.freeze()
    with ThreadPoolExecutor(11) as pool:
        statuses = list(pool.map(lambda _: app.test_client().post("/import").status_code, range(11)))
    assert sorted(statuses) == [200] * 10 + [429]


def test_after_redis_is_back_counts_are_shared_again(make_app: MakeApp, own_redis: BreakableRedis) -> None:
    app = make_app(redis_url=own_redis.url, redis_seconds=0.3)
    app.extensions["redis_link"].breaker._rest = 0.0
    own_redis.stop()
    app.test_client().post("/import")
    own_redis.repair()
    app.test_client().post("/import")
    with own_redis.client() as client:
        assert [key for key in client.keys("*") if "imports" in key]


def test_a_visitor_on_a_unix_socket_has_no_address(probe: Flask) -> None:
    answer = probe.test_client().get("/address", environ_overrides={"REMOTE_ADDR": ""})
    assert answer.text.startswith("unknown ")


def test_where_no_limit_is_known_to_be_broken_the_wait_is_a_guess(probe: Flask) -> None:
    with probe.test_request_context("/vote"):
        assert limits.seconds_to_wait() == limits.UNKNOWN_WAIT_SECONDS
