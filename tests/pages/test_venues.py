from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.pages.catalogue import add_artist, add_show, add_venue, day_ago
from tests.pages.reading import assert_page


def test_where_it_is_what_comes_and_what_was(client: FlaskClient, session: Session) -> None:
    venue = add_venue(session, address="3 Boulevard", latitude=45.78, longitude=4.86)
    add_show(session, add_artist(session, "Coming Soon"), venue=venue)
    add_show(session, add_artist(session, "Long Gone"), venue=venue, local_date=day_ago(40))
    session.commit()
    page = assert_page(client.get(f"/venues/{venue.id}"))
    assert "3 Boulevard, Lyon, France" in page
    assert "Paris time" in page
    assert "openstreetmap.org/?mlat=45.78&amp;mlon=4.86" in page
    assert page.index("Coming Soon") < page.index("Past shows") < page.index("Long Gone")


def test_a_venue_of_which_nothing_is_known_says_so(client: FlaskClient, session: Session) -> None:
    venue = add_venue(session, city="", country="", timezone=None)
    session.commit()
    page = assert_page(client.get(f"/venues/{venue.id}"))
    assert "Place unknown" in page
    assert "No coming show here is known" in page
    assert "No past show here is known" in page


def test_an_unknown_venue_is_404(client: FlaskClient) -> None:
    assert client.get("/venues/1").status_code == 404
