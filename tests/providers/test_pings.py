"""An operator's ping: well only if what came can be read."""

from typing import Any

import pytest

from setlist.providers.errors import BadAnswer
from tests.providers.conftest import Serve


@pytest.mark.parametrize("provider", ["musicbrainz", "ticketmaster", "setlistfm", "spotify"])
@pytest.mark.parametrize("body", [{}, {"fine": True}, {"artists": 7, "artist": 7, "_embedded": 7}])
def test_an_answer_that_is_not_the_provider_s_is_no_sign_of_health(
    request: pytest.FixtureRequest, serve: Serve, provider: str, body: dict[str, Any]
) -> None:
    client = request.getfixturevalue(provider)
    serve(body)
    with pytest.raises(BadAnswer):
        client.ping()
