"""Reading server-sent events as a browser does."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Event:
    id: str = ""
    name: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def events_of(answer: http.client.HTTPResponse) -> Iterator[Event]:
    """Until the stream ends. Comments and the reconnection time are left out."""
    event = Event()
    for line in lines_of(answer):
        key, _, value = line.partition(": ")
        if not line and event.name:
            yield event
            event = Event()
        elif key == "id":
            event.id = value
        elif key == "event":
            event.name = value
        elif key == "data":
            event.data = json.loads(value)


def lines_of(answer: http.client.HTTPResponse) -> Iterator[str]:
    while raw := answer.readline():
        yield raw.decode().rstrip("\n")
