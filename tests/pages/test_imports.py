import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.pages.catalogue import NOW, add_artist, add_import, add_show, add_venue
from tests.pages.reading import as_htmx, assert_fragment, assert_page


def test_all_running_and_finished_imports_can_be_watched(client: FlaskClient, session: Session) -> None:
    add_import(session, add_artist(session, "On The Way"), percent=12)
    add_import(session, add_artist(session, "Arrived"), state="done", phase="ballots", finished_at=NOW)
    session.commit()
    page = assert_page(client.get("/imports"))
    assert page.index("On The Way") < page.index("Lately finished") < page.index("Arrived")
    running = assert_fragment(client.get("/imports", headers=as_htmx("running")), "running")
    assert "every 2s" in running
    assert "Arrived" not in running


def test_finished_ones_are_paged_back_to_the_first(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("setlist.pages.imports.SIZE", 2)
    for name in ("First", "Second", "Third"):
        add_import(session, add_artist(session, name), state="done", phase="ballots", finished_at=NOW)
    add_import(session, add_artist(session, "On The Way"))
    session.commit()
    page = assert_page(client.get("/imports"))
    assert "Third" in page
    assert "First" not in page
    address = re.search(r"/imports\?before=\d+", page)
    assert address is not None
    earlier = assert_page(client.get(address[0]))
    assert "First" in earlier
    assert "Second" not in earlier
    assert "On The Way" not in earlier
    assert "Earlier imports</a>" not in earlier
    assert "There are no earlier ones." in assert_page(client.get("/imports?before=1"))
    assert client.get(f"/imports?before={2**63}").status_code == 404


def test_details_tell_how_long_each_part_took(client: FlaskClient, session: Session) -> None:
    seconds = {"identify": 10.0, "shows": 30.0}
    artist = add_artist(session)
    done = add_import(
        session, artist, state="done", finished_at=NOW, estimate_error=0.18, phase_seconds=seconds
    )
    now = add_import(session, artist, started_at=NOW, left_at=NOW, left_seconds=9_000, phase_seconds=seconds)
    session.commit()
    running = client.get(f"/imports/{now.id}/progress", headers=as_htmx("import_progress")).text
    assert "2 hours left (usually within 20 %)" in running
    assert "who they are: 10 seconds · shows: 30 seconds" in running
    finished = client.get(f"/imports/{done.id}/progress", headers=as_htmx("import_progress")).text
    assert "<li>shows: 30 seconds</li>" in finished
    assert "off by 18 %" in finished


def test_nothing_coming_in_offers_the_search(client: FlaskClient) -> None:
    page = assert_page(client.get("/imports"))
    assert "Nothing is coming in" in page
    assert "every 2s" not in page


def test_progress_polls_itself_while_it_runs(client: FlaskClient, session: Session) -> None:
    sync = add_import(session, add_artist(session), phase="catalogue", percent=48, counts={"shows": 43})
    session.commit()
    address = f"/imports/{sync.id}/progress"
    answer = client.get(f"{address}?seen=43-0-0-running", headers=as_htmx("import_progress"))
    html = assert_fragment(answer, "import_progress")
    assert 'hx-trigger="load delay:1s' in html
    assert "43 shows" in html
    assert 'value="48"' in html
    assert "hx-swap-oob" not in html
    assert 'http-equiv="refresh"' in assert_page(client.get(address))


def test_what_was_found_since_takes_its_place_on_the_page(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    show = add_show(session, artist, venue=add_venue(session))
    sync = add_import(session, artist, counts={"shows": 1})
    session.commit()
    answer = client.get(f"/imports/{sync.id}/progress?seen=0-0-0-running", headers=as_htmx("import_progress"))
    html = assert_fragment(answer, "import_progress")
    assert html.count('hx-swap-oob="true"') == 3
    assert f"/shows/{show.id}" in html
    assert 'id="songs"' in html
    assert 'id="past"' in html


def test_a_finished_import_stops_polling_and_sums_up(client: FlaskClient, session: Session) -> None:
    sync = add_import(
        session,
        add_artist(session),
        state="done",
        phase="ballots",
        percent=100,
        counts={"shows": 43, "songs": 312, "setlists": 180},
        skipped={"parking, packages and upgrades": 4, "past setlists: setlist.fm is off": 1},
        started_at=NOW,
        finished_at=NOW,
    )
    session.commit()
    html = client.get(f"/imports/{sync.id}/progress", headers=as_htmx("import_progress")).text
    assert "hx-trigger" not in html
    for words in ("43 shows", "312 songs", "180 past setlists", "ready"):
        assert words in html
    assert "parking, packages and upgrades (4)" in html
    assert "setlist.fm is off</li>" in html


def test_a_failed_import_says_what_to_do(client: FlaskClient, session: Session) -> None:
    sync = add_import(
        session, add_artist(session), state="failed", error="Unavailable: Ticketmaster <b>is down</b>."
    )
    session.commit()
    html = client.get(f"/imports/{sync.id}/progress", headers=as_htmx("import_progress")).text
    assert "Ticketmaster &lt;b&gt;is down" in html
    assert "Try again" in html
    assert "hx-trigger" not in html


@pytest.mark.parametrize(
    "error",
    [
        "DataError: INSERT INTO songs VALUES ('secret')",
        "its worker went silent: secret",
        "Unavailablesecret",
        "Unavailable: ",
        None,
    ],
)
def test_what_went_wrong_inside_is_not_for_fans(
    client: FlaskClient, session: Session, error: str | None
) -> None:
    artist = add_artist(session)
    sync = add_import(session, artist, state="failed", error=error, finished_at=NOW)
    session.commit()
    for address in (f"/imports/{sync.id}/progress", "/imports", f"/artists/{artist.id}"):
        page = assert_page(client.get(address))
        assert "Something went wrong on our side." in page
        assert "secret" not in page


def test_failed_imports_are_listed_with_what_to_do_until_they_are_tried_again(
    client: FlaskClient, session: Session
) -> None:
    artist = add_artist(session, "Stuck Somewhere")
    again = f'action="/artists/{artist.id}/import"'
    add_import(session, artist, state="failed", error="Unavailable: setlist.fm is down.", finished_at=NOW)
    session.commit()
    page = assert_page(client.get("/imports"))
    assert page.index("Stopped") < page.index("Stuck Somewhere") < page.index("setlist.fm is down.")
    assert again in page
    add_import(session, artist)
    session.commit()
    assert again not in assert_page(client.get("/imports"))


def test_an_unknown_import_is_404(client: FlaskClient) -> None:
    assert client.get("/imports/1/progress").status_code == 404
