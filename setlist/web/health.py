"""How the site's parts are, for the health endpoint and the operators.

`failed` means that fans are not served: without the database, or with tables that the code does not know.
Everything else is at worst `degraded`: pages and votes work without Redis, workers and clock.
"""

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum

import redis
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from config import Settings, Sources
from setlist.extensions import db
from setlist.queue.names import QUEUES
from setlist.web.probes import Probe

DEADLINE_SECONDS = 0.9
LAG_SECONDS = 60.0  # a due job that waits for longer says that workers do not keep up
WRITTEN_KEY = "setlist:health"  # a Redis that is full still answers to PING
WRITTEN_SECONDS = 60
CLOCK_NAME = "setlist clock "  # what the leading clock calls its connection

_FACTS = text("""
SELECT (SELECT version_num FROM alembic_version) AS revision,
    (SELECT count(*) FROM workers
        WHERE stopped_at IS NULL AND heartbeat_at > now() - make_interval(secs => :alive)) AS workers,
    (SELECT application_name FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE :clock LIMIT 1) AS clock,
    (SELECT extract(epoch FROM now() - min(oldest.run_at))::float8
        FROM unnest(CAST(:queues AS text[])) AS listed (name)
        CROSS JOIN LATERAL (  -- the first entry of each queue in the index, however many wait
            SELECT run_at FROM queue_jobs
            WHERE queue = listed.name AND state IN ('queued', 'retrying') AND run_at <= now()
            ORDER BY run_at LIMIT 1) AS oldest
        WHERE listed.name NOT IN (SELECT queue FROM queue_pauses)) AS lag
""")


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    OFF = "off"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Part:
    state: State
    latency_ms: float | None = None
    detail: str = ""
    where: str = ""  # which host and process, for operators alone


@dataclass(frozen=True, kw_only=True)
class Health:
    state: State
    parts: Mapping[str, Part] = field(default_factory=dict)
    providers: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What the database says. None: its tables could not be read."""

    latency_ms: float
    revision: str | None = None
    workers: int | None = None
    clock: str | None = None
    lag: float | None = None
    readable: bool = True


def install(app: Flask, settings: Settings) -> None:
    def ask_database() -> _Facts:
        with app.app_context():
            return _ask_database(db.engine, settings.job_lease_seconds)

    def ask_redis() -> float:
        started = time.perf_counter()
        app.extensions["redis"].set(WRITTEN_KEY, "", ex=WRITTEN_SECONDS)
        return _milliseconds_since(started)

    app.extensions["probes"] = (Probe(ask_database), Probe(ask_redis))


def check() -> Health:
    """Never takes much longer than DEADLINE_SECONDS, whatever hangs."""
    settings: Settings = current_app.extensions["settings"]
    database, redis_answer = (probe.start() for probe in current_app.extensions["probes"])
    deadline = time.monotonic() + DEADLINE_SECONDS
    facts = _facts(database, deadline)
    parts = {
        "database": _database(facts),
        "redis": _redis(redis_answer, deadline),
        "migrations": _migrations(facts),
        "workers": _workers(facts),
        "clock": _clock(facts),
        "queues": _queues(facts),
    }
    return Health(state=_worst(parts), parts=parts, providers=providers(settings))


def providers(settings: Settings) -> dict[str, Part]:
    """Which outside sources are asked at all."""
    if settings.data_sources is Sources.SANDBOX:
        names = ("musicbrainz", "ticketmaster", "setlistfm", "spotify")
        return {name: Part(state=State.OK, detail="sandbox") for name in names}
    spotify = settings.spotify_client_id and settings.spotify_client_secret
    on = {
        "musicbrainz": True,
        "ticketmaster": bool(settings.ticketmaster_key),
        "setlistfm": bool(settings.setlistfm_key),
        "spotify": bool(spotify),
    }
    off = Part(state=State.OFF, detail="no key")
    return {name: Part(state=State.OK, detail="live") if given else off for name, given in on.items()}


def _ask_database(engine: Engine, alive_seconds: float) -> _Facts:
    with engine.connect() as connection:
        started = time.perf_counter()
        connection.execute(text("SELECT 1"))
        latency = _milliseconds_since(started)
        connection.execute(text("SET LOCAL statement_timeout = 900"))
        try:
            given = {"alive": alive_seconds, "clock": f"{CLOCK_NAME}%", "queues": list(QUEUES)}
            row = connection.execute(_FACTS, given).one()
        except ProgrammingError:  # a table that the code knows is not there
            return _Facts(latency_ms=latency, readable=False)
    return _Facts(latency_ms=latency, **row._asdict())


def _facts(answer: "Future[_Facts]", deadline: float) -> _Facts | None:
    try:
        return answer.result(timeout=max(0.0, deadline - time.monotonic()))
    except (SQLAlchemyError, TimeoutError):
        return None


def _database(facts: _Facts | None) -> Part:
    if facts is None:
        return Part(state=State.FAILED, detail="no answer")
    return Part(state=State.OK, latency_ms=facts.latency_ms)


def _redis(answer: "Future[float]", deadline: float) -> Part:
    if "redis" not in current_app.extensions:
        return Part(state=State.OFF, detail="not configured")
    try:
        return Part(state=State.OK, latency_ms=answer.result(timeout=max(0.0, deadline - time.monotonic())))
    except redis.ResponseError:
        return Part(state=State.DEGRADED, detail="full or read-only; jobs wait, pages and votes work")
    except (redis.RedisError, TimeoutError):
        return Part(state=State.DEGRADED, detail="no answer; jobs wait, pages and votes work")


def _migrations(facts: _Facts | None) -> Part:
    if facts is None:
        return Part(state=State.UNKNOWN)
    head, known = _revisions(current_app)
    if facts.revision == head:
        return Part(state=State.OK, detail=f"at {head}")
    if facts.revision is None or facts.revision in known:
        return Part(state=State.FAILED, detail=f"at {facts.revision or 'nothing'}, the code needs {head}")
    return Part(state=State.DEGRADED, detail=f"at {facts.revision}, newer than this code")


def _workers(facts: _Facts | None) -> Part:
    if facts is None or facts.workers is None:
        return Part(state=State.UNKNOWN)
    if facts.workers == 0:
        return Part(state=State.DEGRADED, detail="none alive; imports wait")
    return Part(state=State.OK, detail=f"{facts.workers} alive")


def _clock(facts: _Facts | None) -> Part:
    if facts is None or not facts.readable:
        return Part(state=State.UNKNOWN)
    if facts.clock is None:
        return Part(state=State.DEGRADED, detail="none leads; retries and the timetable wait")
    return Part(state=State.OK, detail="one leads", where=facts.clock.removeprefix(CLOCK_NAME).strip())


def _queues(facts: _Facts | None) -> Part:
    if facts is None or not facts.readable:
        return Part(state=State.UNKNOWN)
    if facts.lag is None:
        return Part(state=State.OK, detail="nothing waits")
    slow = facts.lag > LAG_SECONDS
    return Part(
        state=State.DEGRADED if slow else State.OK, detail=f"the oldest due job waits for {facts.lag:.0f} s"
    )


def _worst(parts: Mapping[str, Part]) -> State:
    if State.FAILED in {part.state for part in parts.values()}:
        return State.FAILED
    calm = {State.OK, State.OFF}
    return State.OK if all(part.state in calm for part in parts.values()) else State.DEGRADED


def _revisions(app: Flask) -> tuple[str | None, frozenset[str]]:
    """The newest migration and all that the code has, read once from its files."""
    if "revisions" not in app.extensions:
        scripts = ScriptDirectory(app.extensions["migrate"].directory)
        known = frozenset(script.revision for script in scripts.walk_revisions())
        app.extensions["revisions"] = (scripts.get_current_head(), known)
    found: tuple[str | None, frozenset[str]] = app.extensions["revisions"]
    return found


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
