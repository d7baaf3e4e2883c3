"""Redis, and Redis being away."""

import socket
from collections.abc import Iterator

import pytest
import redis

from setlist.services.redis_client import connect
from tests.services.breaker_calls import StartProcess, starting


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    client = connect(redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def unreachable() -> Iterator[redis.Redis]:
    """A client of a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = connect(f"redis://127.0.0.1:{taken.getsockname()[1]}/0")
        yield client
        client.close()


@pytest.fixture
def silent() -> Iterator[redis.Redis]:
    """A client of a server that accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client = connect(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield client
        client.close()


@pytest.fixture(params=["none", "shared", "down"])
def start(request: pytest.FixtureRequest) -> StartProcess:
    """Processes over no Redis at all, over a sound one and over one that is down."""
    name = {"none": None, "shared": "connection", "down": "unreachable"}[request.param]
    connection = request.getfixturevalue(name) if name else None
    return starting(connection)


@pytest.fixture
def start_shared(connection: redis.Redis) -> StartProcess:
    return starting(connection)
