"""Answers from a folder instead of a provider, and into it.

With recorded answers no call leaves the machine. What was never asked, or failed when it was, is
`NotRecorded`: the import goes on without that part.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config import Settings
from config import Sources as Origin
from setlist.providers.base import Gate, Translate, uncounted
from setlist.providers.errors import NotRecorded, ProviderError
from setlist.providers.recordings import Recordings
from setlist.providers.sources import Providers
from setlist.providers.wire import Answer, Call, Carrier, Limits

TOKEN = "token"  # noqa: S105 - the endpoint, whose answer is the one that is never written
STAND_IN = Answer(
    status=200, body=b'{"access_token": "recorded", "token_type": "Bearer", "expires_in": 3600}'
)
PASSING = frozenset({429, *range(500, 600)})


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingWire:
    """Keeps every answer but a token's."""

    wire: Carrier
    recordings: Recordings

    @property
    def total_seconds(self) -> float:
        return self.wire.total_seconds

    def send(self, call: Call) -> Answer:
        answer = self.wire.send(call)
        if call.endpoint != TOKEN:
            self.recordings.keep(call, answer)
        return answer

    def close(self) -> None:
        self.wire.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayWire:
    """Sends nothing. That a provider was in trouble when it was recorded will not pass by waiting."""

    recordings: Recordings
    total_seconds: float = Limits().total_seconds

    def send(self, call: Call) -> Answer:
        if call.endpoint == TOKEN:
            return STAND_IN
        answer = self.recordings.find(call)
        if answer.status in PASSING:
            says = f"was recorded while it failed (HTTP {answer.status})"
            raise NotRecorded(self.recordings.provider, says)
        return answer

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReplayGate(Gate):
    def ask(self, call: Call, translate: Translate, read: Any) -> Any:
        """As the gate does; but what a live provider might answer better later stays as it is here."""
        try:
            return Gate.ask(replace(self, on_call=uncounted), call, translate, read)
        except ProviderError as error:
            if not error.is_weather:
                raise
            says = str(error).partition(" ")[2].rstrip(".")
            raise NotRecorded(self.provider, f"{says}, as it was recorded") from error


@dataclass(kw_only=True)
class ReplayedProviders(Providers):
    """All four, whichever keys are set: no call leaves the machine, no budget is spent, no pace kept."""

    folder: Path

    def __post_init__(self) -> None:
        update = {"sources": Origin.SANDBOX, "sandbox_limits": False}
        self.settings = self.settings.model_copy(update=update)
        super().__post_init__()

    def _gate(self, name: str) -> Gate:
        gate = super()._gate(name)
        wire = ReplayWire(recordings=_recordings(self, name, self.folder))
        gate.wire.close()
        return ReplayGate(provider=name, wire=wire, breaker=gate.breaker, budget=gate.budget)


def replayed(settings: Settings, folder: Path) -> Providers:
    """Providers whose answers come from a folder. Their calls are counted nowhere: there are none."""
    return ReplayedProviders(settings=settings, folder=folder)


def record(providers: Providers, folder: Path) -> None:
    """From now on every answer goes into the folder; none is taken from the cache instead."""
    for name, gate in providers.gates.items():
        wire = RecordingWire(wire=gate.wire, recordings=_recordings(providers, name, folder))
        providers.gates[name] = replace(gate, wire=wire, kept=None)


def _recordings(providers: Providers, name: str, folder: Path) -> Recordings:
    place = getattr(providers.places, name)
    base_url = place if isinstance(place, str) else place[0]
    return Recordings(
        folder=folder, provider=name, base_url=base_url, secrets=tuple(_secrets(providers, place))
    )


def _secrets(providers: Providers, place: Any) -> Iterable[bytes]:
    """The sandbox's key is a word of its addresses, and no secret."""
    if providers.in_sandbox or isinstance(place, str) or place[1] is None:
        return ()
    secret = getattr(place[1], "client_secret", place[1])
    value: str = secret.get_secret_value()
    return (value.encode(),) if value else ()
