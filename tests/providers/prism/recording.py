"""A wire that keeps what was asked of a mock server and what became of it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from setlist.providers.wire import Answer, Call, Limits, Wire

LOG = logging.getLogger(__name__)
LEGAL = 200


class RecordingWire(Wire):
    """Lets albums say that they have more tracks. A failed test shows its log: why calls were refused."""

    def __init__(self, provider: str, root: str) -> None:
        super().__init__(provider, Limits(), user_agent="Setlist tests", direct=True)
        self._root = root
        self.statuses: list[tuple[str, int]] = []
        self.parameters: set[str] = set()

    def send(self, call: Call) -> Answer:
        answer = super().send(call)
        if not call.url.startswith(self._root):
            return answer  # of the token server
        self.statuses.append((call.endpoint, answer.status))
        self.parameters.update(name for name, _ in call.params)
        if answer.status != LEGAL:
            LOG.warning("%s: %d, %s", call.endpoint, answer.status, why(answer))
        if call.endpoint == "album" and (body := answer.json()):
            body["tracks"]["next"] = f"{call.url}/tracks?offset=50&limit=50"
            return replace(answer, body=json.dumps(body).encode())
        return answer


@contextmanager
def recording(provider: str, root: str) -> Iterator[RecordingWire]:
    wire = RecordingWire(provider, root)
    yield wire
    wire.close()


def why(answer: Answer) -> str:
    """What the mock finds illegal: in a header where the description has an example of a refusal."""
    return answer.headers.get("sl-violations") or answer.body.decode(errors="replace")
