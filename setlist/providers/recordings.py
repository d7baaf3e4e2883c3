"""A folder of recorded answers: a file for each question, in JSON.

It holds what was asked, without keys and without the host, so that it answers wherever the provider is said
to be; status, headers that a client reads, and body.
"""

import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from requests.structures import CaseInsensitiveDict

from setlist.providers.errors import Misconfigured, NotRecorded
from setlist.providers.reading import Json
from setlist.providers.wire import Answer, Call

# Parameters that do not belong to the question: a key, and since when, which differs from run to run.
LEFT_OUT = frozenset({"apikey", "lastUpdated"})
KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Retry-After", "X-Rate-Limited")
HIDDEN = b"***"

_KEY_IN_TEXT = re.compile(rb"(?i)(apikey=)[^&\s\"'<>\\]+")
_UNSAFE = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recordings:
    """One provider's answers in a folder. `secrets` are hidden wherever an answer repeats them."""

    folder: Path
    provider: str
    base_url: str
    secrets: tuple[bytes, ...] = ()

    def find(self, call: Call) -> Answer:
        """Raises NotRecorded where there is none, or none that can be used."""
        path = self._path(call)
        try:
            return self._here(json.loads(path.read_bytes()))
        except FileNotFoundError:
            raise NotRecorded(self.provider, f"has no recorded answer to {self._words(call)}") from None
        except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
            says = f"has a recorded answer that cannot be read, {path.name}"
            raise NotRecorded(self.provider, says) from error

    def keep(self, call: Call, answer: Answer) -> None:
        """A failure does not replace what was answered before."""
        path = self._path(call)
        if answer.status >= 400 and path.exists():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            unfinished.write_text(json.dumps(self._envelope(call, answer), indent=1))
            unfinished.replace(path)
        except OSError as error:
            says = f"answered, but {self.folder} does not take the recording ({error.strerror})"
            raise Misconfigured(self.provider, says) from error

    def _here(self, kept: Json) -> Answer:
        """Its links lead on at the address by which we ask, whatever it was when they were recorded."""
        answer, there = answer_in(kept), str(kept.get("base_url") or self.base_url)
        return replace(answer, body=answer.body.replace(there.encode(), self.base_url.encode()))

    def _envelope(self, call: Call, answer: Answer) -> Json:
        return {
            "provider": self.provider,
            "endpoint": call.endpoint,
            "base_url": self.base_url,
            "asked": self._asked(call),
            "status": answer.status,
            "headers": self._headers(answer.headers),
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **_body(self._hide(answer.body)),
        }

    def _asked(self, call: Call) -> Json:
        path = call.url.removeprefix(self.base_url.rstrip("/")).lstrip("/")
        return {"path": path, "params": sorted(pair for pair in call.params if pair[0] not in LEFT_OUT)}

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """A redirect may repeat the key: its path is all that the gate follows."""
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        if "Location" in kept:
            kept["Location"] = re.sub(r"^[a-z]+://[^/]*", "", kept["Location"].partition("?")[0])
        return kept

    def _hide(self, body: bytes) -> bytes:
        for secret in self.secrets:
            body = body.replace(secret, HIDDEN)
        return _KEY_IN_TEXT.sub(rb"\1" + HIDDEN, body)

    def _path(self, call: Call) -> Path:
        number = hashlib.sha256(json.dumps(self._asked(call)).encode()).hexdigest()[:16]
        return self.folder / self.provider / f"{_UNSAFE.sub('-', call.endpoint)}-{number}.json"

    def _words(self, call: Call) -> str:
        return f"{call.endpoint} ({self._path(call).name})"


def answer_in(kept: Json) -> Answer:
    """What a recorded file holds."""
    if "text" in kept:
        body = str(kept["text"]).encode(errors="surrogateescape")
    else:
        body = json.dumps(kept["body"]).encode()
    headers = CaseInsensitiveDict(kept.get("headers") or {})
    return Answer(status=int(kept["status"]), headers=headers, body=body)


def _body(body: bytes) -> Json:
    """As JSON where it is some, so that a person can read and mend it; else the text, to the byte."""
    try:
        return {"body": json.loads(body)}
    except (ValueError, RecursionError):
        return {"text": body.decode(errors="surrogateescape")}
