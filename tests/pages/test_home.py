from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.pages.catalogue import NOW, add_artist, add_import, add_show, add_venue
from tests.pages.conftest import Night
from tests.pages.reading import as_htmx, assert_fragment, assert_page


def test_an_empty_site_offers_the_search_and_names_to_try(client: FlaskClient) -> None:
    page = assert_page(client.get("/"))
    assert 'name="q"' in page
    assert "No show is coming up" in page
    assert "Nothing is rising yet" in page
    assert "The Copper Meridian" in page  # of the sandbox


def test_tonight_is_the_day_at_the_venue(client: FlaskClient, session: Session) -> None:
    """It begins in an hour, so it is tonight wherever the venue is."""
    artist, venue = add_artist(session), add_venue(session, timezone="Pacific/Auckland")
    start = NOW + timedelta(hours=1)
    local = start.astimezone(tz=None)
    add_show(session, artist, venue=venue, locks_at=start, local_date=local.date() - timedelta(days=1))
    session.commit()
    assert ">Tonight</h2>" in assert_page(client.get("/"))


def test_this_week_leaves_out_cancelled_and_later_shows(client: FlaskClient, session: Session) -> None:
    for name, days, status in (
        ("Soon Enough", 3, "scheduled"),
        ("Called Off", 3, "cancelled"),
        ("Far Away", 30, "scheduled"),
    ):
        add_show(session, add_artist(session, name), in_days=days, status=status)
    session.commit()
    page = assert_page(client.get("/"))
    assert "This week" in page
    assert "Soon Enough" in page
    assert "Called Off" not in page
    assert "Far Away" not in page


def test_what_fans_wish_for_rises(client: FlaskClient, session: Session, night: Night) -> None:
    client.post(night.wish_address(), data={"wish": "on"})
    session.execute(text("SELECT refresh_trending_data()"))
    session.commit()
    page = assert_page(client.get("/"))
    assert "1 fan" in page
    assert "Nothing is rising" not in page


def test_running_imports_are_watched_until_there_are_none(client: FlaskClient, session: Session) -> None:
    sync = add_import(session, add_artist(session), percent=40)
    session.commit()
    running = assert_fragment(client.get("/", headers=as_htmx("running")), "running")
    assert "40%" in running
    assert 'hx-trigger="every 3s, again"' in running
    sync.state = "done"
    session.commit()
    assert "hx-trigger" not in assert_fragment(client.get("/", headers=as_htmx("running")), "running")


def test_the_page_is_the_same_for_everyone_and_asked_for_anew_only_if_changed(client: FlaskClient) -> None:
    first = client.get("/")
    assert "public" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_in_a_week_without_shows_the_nearest_ones_are_there(client: FlaskClient, session: Session) -> None:
    for name, days, status in (("Far Away", 30, "scheduled"), ("Called Off", 20, "cancelled")):
        add_show(session, add_artist(session, name), in_days=days, status=status)
    session.commit()
    page = assert_page(client.get("/"))
    assert "Coming up" in page
    assert "Far Away" in page
    assert "Called Off" not in page
