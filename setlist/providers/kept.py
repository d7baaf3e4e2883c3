"""Answers that may be given again without a call, for as long as each endpoint's client says.

They are kept in the cache that all processes share, so that of jobs that ask the same at once one asks. An
answer that came with an ETag is asked for again with it: "not modified" costs a call, but hardly a byte.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from setlist.providers.reading import Json
from setlist.providers.wire import Call, Kept
from setlist.services.cache import Cache, Namespace

SECRETS = frozenset({"apikey"})  # parameters that no key of the cache may hold


class KeptAnswers:
    """Of one account with a provider: the sandbox's are never taken for the real ones."""

    def __init__(self, cache: Cache, account: str) -> None:
        self._cache = cache
        self._account = account

    def get(self, call: Call, fetch: Callable[[Kept | None], Kept]) -> Json:
        """The kept body if it is fresh, else that of `fetch`, which is given what is known."""
        namespace, key = self._namespace(call), question(call)

        def create() -> dict[str, Any]:
            entry = namespace.lookup(key)
            known = Kept(**entry.value) if entry is not None else None
            made = fetch(known)
            return {"body": made.body, "etag": made.etag}

        found: Json = namespace.get_or_create(key, create)["body"]
        return found

    def _namespace(self, call: Call) -> Namespace:
        name = f"{self._account} {call.endpoint}"
        return self._cache.namespace(name, ttl=call.fresh_for, stale=call.kept_for)


def question(call: Call) -> str:
    """What is asked, without who asks: two calls that get the same answer have the same one."""
    asked = [call.url, sorted(pair for pair in call.params if pair[0] not in SECRETS)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
