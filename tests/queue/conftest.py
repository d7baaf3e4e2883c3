"""The transport of the tests' app, and how many messages it holds."""

from collections.abc import Callable

import pytest
import redis
from flask import Flask

from config import Settings
from setlist.broker import NAMESPACE, Sender
from tests.servers import sender_to


@pytest.fixture
def messages(redis_client: redis.Redis) -> Callable[[str], int]:
    """How many messages of a queue nobody has fetched."""
    return lambda queue: redis_client.llen(f"{NAMESPACE}:{queue}")


@pytest.fixture
def sender(app: Flask, settings: Settings) -> Sender:
    return sender_to(settings)
