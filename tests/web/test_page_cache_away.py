"""Kept pages while the database or Redis is away, and pages made before anybody asked."""

import time
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from setlist.web.page_cache import PageCache
from tests.broken_redis import BREAKS, BreakableRedis
from tests.pages.conftest import Night, night
from tests.web.conftest import MakeApp
from tests.web.kept_pages import Rename, counted, pages_of, past_their_time, rename, site, visitor

__all__ = ["night", "rename", "site", "visitor"]


class TestWithoutTheDatabase:
    @pytest.fixture
    def cut_off(self, make_app: MakeApp, site: Flask, night: Night) -> Flask:
        """Another process over the same Redis, whose database is not there, after all pages were visited."""
        past_their_time(site)
        for address in pages_of(night):
            assert site.test_client().get(address).status_code == 200
        return make_app(page_cache_seconds=15, database_url="postgresql+psycopg://nobody@127.0.0.1:9/nothing")

    def test_pages_are_served_as_they_were(self, site: Flask, cut_off: Flask, night: Night) -> None:
        for address in pages_of(night):
            answer = cut_off.test_client().get(address)
            assert answer.status_code == 200
            assert "<html" in answer.text
        assert (counted(cut_off).stale, counted(cut_off).survived) == (4, 4)

    def test_a_fan_who_wrote_sees_them_too(self, cut_off: Flask, night: Night) -> None:
        headers = {"Cookie": f"wrote={int(time.time() * 1000)}"}
        assert cut_off.test_client().get(night.address, headers=headers).status_code == 200

    def test_a_page_that_nobody_visited_says_so(self, cut_off: Flask) -> None:
        assert cut_off.test_client().get("/shows/77").status_code == 503


@pytest.mark.parametrize("how", BREAKS)
def test_without_redis_pages_are_made_each_time(
    make_app: MakeApp, own_redis: BreakableRedis, night: Night, rename: Rename, how: str
) -> None:
    site = make_app(page_cache_seconds=15, redis_url=own_redis.url, redis_seconds=0.3)
    own_redis.break_as(how)
    visitor = site.test_client()
    for name in ("One", "Two"):
        rename(name)
        answer = visitor.get(f"/artists/{night.artist.id}")
        assert answer.status_code == 200
        assert name in answer.text
    site.extensions["redis_link"].close()


class TestAWarmedPage:
    def warm(self, site: Flask, address: str) -> bool:
        pages: PageCache = site.extensions["page_cache"]
        return pages.warm(address)

    def test_makes_the_next_visit_a_hit_and_is_counted_as_used(self, site: Flask, night: Night) -> None:
        for address in pages_of(night):
            assert self.warm(site, address)
        site.test_client().get(night.address)
        found = counted(site)
        assert (found.hits, found.misses, found.computations) == (1, 0, 4)
        assert (found.warmed, found.warmed_used, found.warmed_used_share) == (4, 1, 0.25)

    def test_past_its_time_is_served_at_once_and_made_anew_after_the_answer(
        self, site: Flask, night: Night, rename: Rename
    ) -> None:
        past_their_time(site)
        self.warm(site, night.address)
        rename("Somebody Else")
        with site.test_client().get(night.address) as answer:  # it is over when it is closed
            assert "Somebody Else" not in answer.text
        site.extensions["page_cache"]._pages._ttl = 15
        assert "Somebody Else" in site.test_client().get(night.address).text
        found = counted(site)
        assert (found.stale, found.misses, found.warmed_used) == (1, 1, 1)

    def test_is_left_alone_while_it_is_fresh(self, site: Flask, night: Night) -> None:
        site.test_client().get(night.address)
        assert not self.warm(site, night.address)

    @pytest.mark.parametrize("path", ["/shows/999", "/imports", "/nowhere", "/admin/", "//x", "/shows/x"])
    def test_that_is_no_page_is_left_out(self, site: Flask, path: str) -> None:
        assert not self.warm(site, path)

    def test_is_no_visit(self, site: Flask, night: Night) -> None:
        self.warm(site, night.address)
        asked = site.extensions["page_cache"].asked
        asked.flush()
        assert asked.at(datetime.now(UTC)) == ()


def test_what_is_asked_for_is_remembered_by_the_hour(site: Flask, visitor: FlaskClient, night: Night) -> None:
    for address in ("/", night.address, night.address, "/shows/999", "/imports"):
        visitor.get(address)
    asked = site.extensions["page_cache"].asked
    asked.flush()
    assert asked.at(datetime.now(UTC)) == (night.address, "/")
