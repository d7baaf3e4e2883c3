"""Pages a second, kept and made each time, in one run.

    python -m benchmarks.cache

In one thread, without a network: what is compared is the work of the site itself.
"""

import tempfile
import time
from contextlib import closing
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from config import Settings, Sources
from setlist.app import create_app
from setlist.extensions import db
from tests.pages.catalogue import add_artist, add_setlist, add_show, add_song, add_to_ballot, add_venue
from tests.servers import scratch_postgres, scratch_redis

SECONDS = 5.0
ROUNDS = 3
SONGS = 40


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        scratch_postgres(Path(name)) as database,
        scratch_redis(Path(name)) as redis_url,
    ):
        made, kept = (_app(database, redis_url, seconds) for seconds in (0.0, 15.0))
        with made.app_context():
            upgrade()
            addresses = _pages()
        for address in addresses:
            _compare(address, made, kept)
        for app in (made, kept):
            with app.app_context():
                db.engine.dispose()
            app.extensions["redis_link"].close()


def _app(database: str, redis_url: str, seconds: float) -> Flask:
    settings = Settings(
        _env_file=None,
        database_url=database,
        redis_url=redis_url,
        sources=Sources.SANDBOX,
        page_cache_seconds=seconds,
        redis_seconds=2,
        log_level="ERROR",
    )
    return create_app(settings)


def _pages() -> tuple[str, ...]:
    """An artist with a sheet of forty songs and three past setlists."""
    session = db.session()
    artist, venue = add_artist(session), add_venue(session)
    songs = [add_song(session, artist, f"Song {number}") for number in range(SONGS)]
    show = add_show(session, artist, venue=venue)
    add_to_ballot(session, show, *songs, recent_plays=8, recent_shows=10)
    for days in (-3, -2, -1):
        add_setlist(session, add_show(session, artist, venue=venue, in_days=days), artist, *songs[:20])
    session.commit()
    return f"/shows/{show.id}", f"/artists/{artist.id}", "/"


def _compare(address: str, made: Flask, kept: Flask) -> None:
    """The best of rounds that take turns: whatever else the machine does, it does to both."""
    rates = [(_rate(made, address), _rate(kept, address)) for _ in range(ROUNDS)]
    slow, fast = (max(column) for column in zip(*rates, strict=True))
    print(f"{address:<14} made {slow:7.0f}/s   kept {fast:7.0f}/s   {fast / slow:5.1f} x", flush=True)


def _rate(app: Flask, address: str) -> float:
    client = app.test_client()
    count, started = 0, time.perf_counter()
    while (took := time.perf_counter() - started) < SECONDS / ROUNDS:
        with closing(client.get(address)) as answer:
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
        count += 1
    return count / took


if __name__ == "__main__":
    main()
