"""What providers ask of pages that show their data (docs/terms.md)."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.pages.conftest import Night

PICTURE = "https://i.scdn.co/image/one"


@pytest.mark.parametrize(("provider", "name"), [("spotify", "Spotify"), ("ticketmaster", "Ticketmaster")])
def test_a_picture_says_whose_it_is_and_is_loaded_from_there(
    client: FlaskClient, session: Session, night: Night, provider: str, name: str
) -> None:
    night.artist.image_url, night.artist.image_provider = PICTURE, provider
    session.commit()
    page = " ".join(client.get(f"/artists/{night.artist.id}").text.split())
    assert re.search(rf"Picture: (<a [^>]*>)?{name}", page)
    assert f'src="{PICTURE}"' in page
    assert f"picture-{provider}" in page
    # Where it cannot be loaded the poster stands in.
    assert f'data-fallback="/pictures/artists/{night.artist.id}' in page


def test_tickets_lead_to_ticketmaster(client: FlaskClient, session: Session, night: Night) -> None:
    night.show.ticket_url = "https://www.ticketmaster.com/event/1"
    session.commit()
    page = client.get(night.address).text
    assert "Tickets at Ticketmaster" in page
    assert 'href="https://www.ticketmaster.com/event/1"' in page
