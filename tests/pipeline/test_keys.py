"""Keys stay where they are: in no row, in no line of a log, in no error, whatever the providers answer."""

import logging
from collections.abc import Callable

import pytest
import requests
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import Settings
from config import Sources as Origin
from setlist.models import Base
from setlist.pipeline.run import ImportRun
from setlist.providers.sources import Providers
from setlist.sandbox.server import RunningSandbox
from tests.pipeline.conftest import finish

KEYS = {
    "ticketmaster_key": "tm-key-0123456789",
    "setlistfm_key": "sf-key-0123456789",
    "spotify_client_id": "sp-id-0123456789",
    "spotify_client_secret": "sp-secret-0123456789",
}
WEATHERS = (None, "garbage", "truncated", "redirect_loop", "error_in_200", "status:500", "429")


@pytest.fixture
def live(sandbox: RunningSandbox, settings: Settings) -> Settings:
    """The real settings' ways, with keys, that lead to the sandbox."""
    root = sandbox.url
    places = {
        "musicbrainz_url": f"{root}/musicbrainz/ws/2",
        "ticketmaster_url": f"{root}/ticketmaster/discovery/v2",
        "setlistfm_url": f"{root}/setlistfm/rest/1.0",
        "spotify_url": f"{root}/spotify/v1",
        "spotify_token_url": f"{root}/spotify/api/token",
    }
    paces = dict.fromkeys(
        (f"{name}_per_second" for name in ("musicbrainz", "ticketmaster", "setlistfm", "spotify")), 1_000.0
    )
    known = settings.model_dump(include={"database_url", "redis_url", "var_dir"})
    return Settings(_env_file=None, sources=Origin.LIVE, **known, **places, **paces, **KEYS)


@pytest.mark.parametrize("weather", WEATHERS, ids=str)
def test_no_key_is_written_down(
    run_of: Callable[..., ImportRun],
    session: Session,
    sandbox: RunningSandbox,
    live: Settings,
    weather: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    if weather is not None:
        faults = [
            {"provider": name, "kind": weather, "share": 0.4, "seed": 5}
            for name in ("ticketmaster", "setlistfm", "spotify")
        ]
        requests.post(f"{sandbox.url}/_control", json={"faults": faults}, timeout=5).raise_for_status()
    providers = Providers(settings=live, open_session=lambda: Session(session.get_bind()))
    run = run_of(sandbox.sandbox.catalogue.mbid(10), using=providers.sources())
    try:
        finish(run)
    except Exception as error:  # which one is others' matter
        logging.getLogger("setlist").exception("the import ended early: %s", error)
        session.rollback()
    providers.close()
    requests.delete(f"{sandbox.url}/_control", timeout=5).raise_for_status()
    written = caplog.text + everything(session)
    assert {name for name, key in KEYS.items() if key in written} == set()


def everything(session: Session) -> str:
    """Every row of every table as text."""
    rows = []
    for table in Base.metadata.sorted_tables:
        rows += session.scalars(text(f'SELECT t::text FROM "{table.name}" AS t'))  # noqa: S608 - our own names
    return "\n".join(rows)
