"""Whether the site serves: 200, also when a part that it can do without is away; else 503."""

from datetime import UTC, datetime

from flask import Response, jsonify

from setlist.web import health as site

RETRY_SECONDS = 5


def health() -> Response:
    found = site.check()
    response = jsonify(
        state=found.state,
        checked_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        parts={name: _told(part) for name, part in found.parts.items()},
        providers={name: _told(part) for name, part in found.providers.items()},
    )
    if found.state is site.State.FAILED:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _told(part: site.Part) -> dict[str, object]:
    """Anyone may ask, so not where in our network it runs."""
    return {"state": part.state, "latency_ms": part.latency_ms, "detail": part.detail}
