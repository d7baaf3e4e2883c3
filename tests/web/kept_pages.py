"""An app that keeps pages, its visitors, and pages whose names change under them."""

from collections.abc import Callable

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.services.cache import NamespaceStats
from tests.pages.conftest import Night
from tests.web.conftest import MakeApp

Rename = Callable[[str], None]


@pytest.fixture
def site(make_app: MakeApp) -> Flask:
    return make_app(page_cache_seconds=15)


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def rename(session: Session, night: Night) -> Rename:
    """Change a name that stands on every page of the night."""

    def renaming(name: str) -> None:
        night.artist.name = name
        night.venue.name = name
        session.commit()

    return renaming


def pages_of(night: Night) -> list[str]:
    return ["/", night.address, f"/artists/{night.artist.id}", f"/venues/{night.venue.id}"]


def counted(site: Flask) -> NamespaceStats:
    return next(stats for stats in site.extensions["cache"].stats() if stats.name == "pages")


def kept(client: redis.Redis) -> set[str]:
    return {key.decode().removeprefix("cache:pages:") for key in client.scan_iter("cache:pages:*")}


def past_their_time(site: Flask) -> None:
    """As if the setting's seconds had gone by."""
    site.extensions["page_cache"]._pages._ttl = 0.001
