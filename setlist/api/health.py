"""Whether the site serves: 200, also when a part that it can do without is away; else 503."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Response, jsonify

from setlist.web import health as site

RETRY_SECONDS = 5


def health() -> Response:
    found = site.check()
    response = jsonify(
        state=found.state,
        checked_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        parts={name: asdict(part) for name, part in found.parts.items()},
        providers={name: asdict(part) for name, part in found.providers.items()},
    )
    if found.state is site.State.FAILED:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
