"""Pages that are the same for everyone, kept: what visitors see, what is never kept, and what they see when
the database or Redis is away."""

import time

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.web.page_cache import MOVING_SECONDS
from tests.pages.catalogue import add_import
from tests.pages.conftest import Night, night
from tests.pages.reading import as_htmx
from tests.web.kept_pages import Rename, counted, kept, pages_of, past_their_time, rename, site, visitor

__all__ = ["night", "rename", "site", "visitor"]


class TestAPage:
    def test_is_the_same_bytes_for_everyone_and_made_once(
        self, site: Flask, night: Night, rename: Rename
    ) -> None:
        for address in pages_of(night):
            first = site.test_client().get(address)
            rename(f"Renamed after {address}")
            second = site.test_client().get(address)
            assert first.status_code == second.status_code == 200
            assert first.data == second.data
        assert (counted(site).hits, counted(site).computations) == (4, 4)

    def test_is_the_one_that_the_view_makes(
        self, client: FlaskClient, visitor: FlaskClient, night: Night
    ) -> None:
        for address in pages_of(night):
            made = client.get(address)
            for _ in range(2):
                served = visitor.get(address)
                assert served.data == made.data
                for name in ("Content-Type", "Vary", "ETag", "Cache-Control", "Content-Security-Policy"):
                    assert served.headers[name] == made.headers[name]

    def test_says_how_old_it_is(self, visitor: FlaskClient, night: Night) -> None:
        visitor.get(night.address)
        assert 0 <= int(visitor.get(night.address).headers["Age"]) < 15

    def test_that_a_browser_has_already_is_not_sent_again(self, visitor: FlaskClient, night: Night) -> None:
        tag = visitor.get(night.address).headers["ETag"]
        again = visitor.get(night.address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert visitor.get(night.address).status_code == 200

    def test_first_asked_for_by_a_browser_that_has_it_is_kept_whole(
        self, client: FlaskClient, visitor: FlaskClient, night: Night
    ) -> None:
        tag = client.get(night.address).headers["ETag"]
        assert visitor.get(night.address, headers={"If-None-Match": tag}).status_code == 304
        assert "<html" in visitor.get(night.address).text

    def test_is_one_whatever_else_stands_in_its_address(
        self, visitor: FlaskClient, night: Night, redis_client: redis.Redis
    ) -> None:
        artist = f"/artists/{night.artist.id}"
        for address in (f"{artist}?utm_source=x", f"{artist}?page=1&songs=some", artist):
            assert visitor.get(address).status_code == 200
        assert kept(redis_client) == {artist}

    def test_with_more_songs_is_another_one(
        self, visitor: FlaskClient, night: Night, redis_client: redis.Redis
    ) -> None:
        artist = f"/artists/{night.artist.id}"
        visitor.get(f"{artist}?songs=all&page=2")
        assert kept(redis_client) == {f"{artist}?songs=all&page=2"}

    def test_past_its_time_is_made_anew(
        self, site: Flask, visitor: FlaskClient, night: Night, rename: Rename
    ) -> None:
        past_their_time(site)
        visitor.get(night.address)
        rename("Somebody Else")
        assert "Somebody Else" in visitor.get(night.address).text

    def test_that_is_not_there_is_told_each_time(
        self, visitor: FlaskClient, night: Night, redis_client: redis.Redis
    ) -> None:
        for _ in range(2):
            assert visitor.get("/shows/999").status_code == 404
        assert kept(redis_client) == set()


class TestNeverKept:
    def test_anything_of_a_fans_own(
        self, visitor: FlaskClient, night: Night, redis_client: redis.Redis
    ) -> None:
        visitor.post(night.wish_address(), data={"wish": "on"})
        visitor.get(f"{night.address}?fan=1")
        visitor.get(f"/_fan{night.address}")
        visitor.get(night.address, headers=as_htmx("sheet"))
        visitor.get("/", headers=as_htmx("running"))
        visitor.get("/imports")
        visitor.get("/search?q=x")
        assert kept(redis_client) == set()

    def test_what_a_visitor_sent_along_is_nowhere_in_a_page(
        self, site: Flask, night: Night, redis_client: redis.Redis
    ) -> None:
        guest = site.test_client()
        guest.post(night.wish_address(), data={"wish": "on"})
        headers = {"User-Agent": "Secret-1", "Referer": "http://secret-2/", "Host": "secret-3"}
        guest.get(f"/artists/{night.artist.id}", headers=headers)
        served = site.test_client().get(f"/artists/{night.artist.id}")
        assert "ecret-" not in served.text
        assert "Set-Cookie" not in served.headers

    def test_an_answer_that_sets_a_cookie_or_is_not_public(
        self, site: Flask, night: Night, redis_client: redis.Redis
    ) -> None:
        original = site.view_functions["venues.show"]

        def personal(venue_id: int) -> object:
            response = original(venue_id)
            response.set_cookie("who", "me")
            return response

        site.view_functions["venues.show"] = personal
        address = f"/venues/{night.venue.id}"
        for _ in range(2):
            answer = site.test_client().get(address)
            assert answer.status_code == 200
            assert "who=me" in answer.headers["Set-Cookie"]
            assert "no-store" in answer.headers["Cache-Control"]
        assert kept(redis_client) == set()

    def test_with_the_setting_at_zero(
        self, client: FlaskClient, night: Night, rename: Rename, redis_client: redis.Redis
    ) -> None:
        client.get(night.address)
        rename("Somebody Else")
        assert "Somebody Else" in client.get(night.address).text
        assert kept(redis_client) == set()


class TestAFan:
    def test_sees_their_own_wish_on_the_page_that_is_kept_for_others(
        self, site: Flask, visitor: FlaskClient, night: Night
    ) -> None:
        before = visitor.get(night.address)
        visitor.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
        after = visitor.get(night.address)
        assert after.data != before.data
        assert site.test_client().get(night.address).data == before.data

    def test_sees_that_it_was_taken_back(self, visitor: FlaskClient, night: Night) -> None:
        before = visitor.get(night.address)
        visitor.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
        visitor.get(night.address)
        visitor.post(night.wish_address(), data={"wish": "off"}, headers=as_htmx())
        assert visitor.get(night.address).data == before.data

    def test_sees_what_others_see_again_once_that_is_newer(
        self, site: Flask, visitor: FlaskClient, night: Night, rename: Rename
    ) -> None:
        visitor.post(night.wish_address(), data={"wish": "on"}, headers=as_htmx())
        time.sleep(1.1)  # as far as clocks may differ
        shared = site.test_client().get(night.address)
        rename("Somebody Else")
        assert visitor.get(night.address).data == shared.data

    def test_whose_wish_was_refused_gets_no_cookie_for_it(self, visitor: FlaskClient, night: Night) -> None:
        for song in range(5):
            visitor.post(night.wish_address(song), data={"wish": "on"})
        refused = visitor.post(night.wish_address(5), data={"wish": "on"}, headers=as_htmx())
        assert refused.status_code == 409
        assert not any(cookie.startswith("wrote=") for cookie in refused.headers.getlist("Set-Cookie"))

    @pytest.mark.parametrize("forged", ["x", "-1", "1e99", "9" * 40, "٣"])
    def test_with_a_strange_cookie_sees_the_page(self, site: Flask, night: Night, forged: str) -> None:
        guest = site.test_client()
        guest.get(night.address)
        assert guest.get(night.address, headers={"Cookie": f"wrote={forged}"}).status_code == 200


class TestAnImport:
    def test_is_on_the_page_that_the_fan_is_sent_back_to(
        self, site: Flask, visitor: FlaskClient, night: Night
    ) -> None:
        address = f"/artists/{night.artist.id}"
        before = visitor.get(address)
        assert "is next in line" not in before.text
        answer = visitor.post(f"{address}/import")
        assert (answer.status_code, answer.location) == (303, address)
        assert "is next in line" in visitor.get(address).text
        assert "is next in line" in site.test_client().get(address).text

    def test_keeps_its_page_for_a_moment_only(
        self, site: Flask, visitor: FlaskClient, session: Session, night: Night
    ) -> None:
        add_import(session, night.artist)
        session.commit()
        address = f"/artists/{night.artist.id}"
        visitor.get(address)
        entry = site.extensions["page_cache"]._pages.lookup(address)
        assert 0 < entry.until - entry.at < 2 * MOVING_SECONDS
