"""`setlist cache`, over a real Redis."""

import json
from collections.abc import Callable

import pytest
import redis
from click.testing import CliRunner, Result
from flask import Flask

from setlist.cli import cache as command
from setlist.services.cache import Cache
from setlist.services.redis_client import RedisLink
from tests.broken_redis import SILENT_BREAKS, BreakableRedis

Run = Callable[..., Result]


def running(app: Flask, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> Run:
    def create_app(**_: object) -> Flask:
        monkeypatch.setitem(app.extensions, "cache", cache)
        return app

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(command, "create_app", create_app)
        return CliRunner().invoke(command.cache, arguments)

    return run


@pytest.fixture
def run(app: Flask, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Run:
    return running(app, Cache(redis_client), monkeypatch)


@pytest.fixture
def busy(redis_client: redis.Redis) -> Cache:
    """The cache of another process, which was asked four times: three hits, one of them of a warmed page."""
    cache = Cache(redis_client)
    pages = cache.namespace("pages", ttl=600)
    for key in ("/", "/", "/"):
        pages.get_or_create(key, lambda: "page")
    for key in ("/shows/1", "/shows/2"):
        pages.warm(key, lambda: "page")
    pages.get_or_create("/shows/1", lambda: "page")
    cache.close()
    return cache


def test_each_namespace_has_a_line(run: Run, busy: Cache) -> None:
    result = run("stats")
    assert result.exit_code == 0, result.output
    heads, line = result.output.splitlines()
    assert heads.split("  ")[0] == "Namespace"
    assert line.split() == ["pages", "3", "1", "0", "75%", "0.0", "s", "2", "50%"]


def test_json_has_every_figure(run: Run, busy: Cache) -> None:
    (found,) = json.loads(run("stats", "--json").output)
    counts = {"name": "pages", "hits": 3, "misses": 1, "stale": 0, "computations": 3, "survived": 0}
    assert found | counts == found
    assert (found["warmed"], found["warmed_used"], found["warmed_used_share"]) == (2, 1, 0.5)


def test_before_anybody_asked_there_are_no_figures(run: Run) -> None:
    assert run("stats").output == "Nothing was asked of the cache today.\n"
    assert json.loads(run("stats", "--json").output) == []


def test_a_namespace_is_forgotten_by_all_processes(run: Run, busy: Cache) -> None:
    assert run("clear", "pages").output == "pages: forgotten\n"
    assert busy.namespace("pages", ttl=600).lookup("/") is None


def test_a_namespace_that_is_not_there_is_refused_with_those_that_are(run: Run, busy: Cache) -> None:
    result = run("clear", "pagse")
    assert result.exit_code == 1
    assert "pages" in result.output


@pytest.mark.parametrize("how", SILENT_BREAKS)
@pytest.mark.parametrize("arguments", [("stats",), ("stats", "--json"), ("clear", "pages")])
def test_without_redis_it_says_that_nobody_knows(
    app: Flask,
    own_redis: BreakableRedis,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    arguments: tuple[str, ...],
) -> None:
    link = RedisLink(own_redis.url, seconds=0.3)
    own_redis.break_as(how)
    result = running(app, Cache(link.client(texts=False)), monkeypatch)(*arguments)
    assert result.exit_code == 1
    assert "Redis does not answer" in result.output
    link.close()
