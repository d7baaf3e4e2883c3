"""Votes a second beside a one-line view and a plain SQLAlchemy vote on the same server; size and p95.

    python -m benchmarks.votes

All three behind granian with the same processes and threads, hammered in turns by the same client. The
composite limit is what a one-line view and the bare statement (under pgbench) would reach in series.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from benchmarks.hammer import Result, hammer
from benchmarks.processes import ROOT, product, wait
from setlist.extensions import db
from setlist.models import Artist, BallotSong, Show, ShowArtist, Song
from setlist.sandbox.options import SandboxOptions

SONGS, FANS, WISHES = 40, 2_000, 5
CONNECTIONS, SECONDS, ROUNDS = 16, 6.0, 3
PROCESSES, THREADS = 2, 8
OURS, ONE_LINE, PLAIN = "wsgi:app", "benchmarks.vote_yardsticks:one_line", "benchmarks.vote_yardsticks:plain"
# All come from one machine, and from more guests in a second than any show has: none is asked for a proof.
SETTINGS = {"trusted_proxies": 1, "external_url": "http://127.0.0.1", "vote_rate_floor": 1_000_000}
PATHS = {OURS: "/shows/1/songs/{song}/wish", PLAIN: "/shows/1/songs/{song}/wish", ONE_LINE: "/"}
REQUEST = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: fan={cookie}\r\nHX-Request: true\r\n"
    "HX-Target: song-{song}\r\nX-Forwarded-For: {address}\r\nSec-Fetch-Site: same-origin\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
)
BARE = """
\\set fan random(1, 100000000)
\\set song random(1, {songs})
SELECT * FROM cast_wish(1, :song, lpad(:fan::text, 32, '0')::uuid, NULL, true, 5, now(), NULL);
"""


def main() -> None:
    options = SandboxOptions(artists=2, seed=1, latency_ms=0)
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options, **SETTINGS) as found,
        found[0].app_context(),
    ):
        app, _, environment = found
        _make_rows()
        hammered: dict[str, list[float]] = {server: [] for server in PATHS}
        for _ in range(ROUNDS):
            for server, path in PATHS.items():
                result = _hammered(server, environment, _requests(app, path))
                hammered[server].append(result.per_second)
                print(f"  {server:<40} {result.per_second:7,.0f}/s  {dict(result.statuses)}", flush=True)
        _told(hammered, _bare(environment["DATABASE_URL"]))
        _told_at_half(app, environment, statistics.median(hammered[OURS]) / 2)


def _told(hammered: dict[str, list[float]], bare: float) -> None:
    ours, one_line, plain = (statistics.median(hammered[server]) for server in (OURS, ONE_LINE, PLAIN))
    to_one_line, to_plain = (_ratio(hammered, other) for other in (ONE_LINE, PLAIN))
    limit = 1 / (1 / one_line + 1 / bare)
    print(f"vote {ours:,.0f}/s; one-line view {one_line:,.0f}/s, ratio {to_one_line:.2f}   (bar: 0.25)")
    print(f"plain SQLAlchemy vote {plain:,.0f}/s, ratio {to_plain:.2f}   (bar: 3)")
    print(f"bare statement under pgbench {bare:,.0f}/s; in series {limit:,.0f}/s: {ours / limit:.2f} of it")


def _ratio(hammered: dict[str, list[float]], other: str) -> float:
    pairs = zip(hammered[OURS], hammered[other], strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def _told_at_half(app: Flask, environment: dict[str, str], rate: float) -> None:
    result = _hammered(OURS, environment, _requests(app, PATHS[OURS]), rate=rate)
    p95 = statistics.quantiles(result.latencies, n=20)[-1] * 1000
    print(f"at half of that, {rate:,.0f}/s: p95 {p95:.1f} ms   (bar: 100 ms)")
    print(f"the largest answer has {result.largest:,} bytes   (bar: 3,072)")


def _make_rows() -> None:
    session = db.session()
    artist = Artist(name="The Long Names of Winter", name_folded="the long names of winter")
    session.add(artist)
    session.flush()
    show = Show(local_date=datetime.now(UTC).date(), locks_at=datetime.now(UTC) + timedelta(days=1))
    show.line_up = [ShowArtist(position=0, billed_as=artist.name, artist_id=artist.id)]
    titles = [f"A Song of Middle Length {n}" for n in range(SONGS)]
    songs = [Song(artist_id=artist.id, title=title, title_folded=title.lower()) for title in titles]
    session.add_all([show, *songs])
    session.flush()
    session.add_all(
        BallotSong(show_id=show.id, song_id=song.id, recent_plays=8, recent_shows=20) for song in songs
    )
    session.execute(text("CREATE TABLE plain_fans (id serial PRIMARY KEY, key text UNIQUE)"))
    session.execute(
        text(
            "CREATE TABLE plain_votes (id serial PRIMARY KEY, show_id int, song_id int,"
            " fan_id int REFERENCES plain_fans, UNIQUE (show_id, fan_id, song_id))"
        )
    )
    for column in ("show_id", "song_id", "fan_id"):
        session.execute(text(f"CREATE INDEX ON plain_votes ({column})"))
    session.commit()


def _requests(app: Flask, path: str) -> Sequence[bytes]:
    """Each fan gives some wishes and takes them back, from an address of their own; each request writes."""
    signer = app.extensions["fan_cookie"].signer
    cookies = [signer.sign(uuid.uuid4().hex).decode() for _ in range(FANS)]
    addresses = [f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(FANS)]
    return [
        _request(path, 1 + (fan * 7 + wish) % SONGS, cookie, address, body)
        for body in ("wish=on", "wish=off")
        for wish in range(WISHES)
        for fan, (cookie, address) in enumerate(zip(cookies, addresses, strict=True))
    ]


def _request(path: str, song: int, cookie: str, address: str, body: str) -> bytes:
    return REQUEST.format(
        path=path.format(song=song), song=song, cookie=cookie, address=address, length=len(body), body=body
    ).encode()


def _hammered(
    server: str, environment: dict[str, str], requests: Sequence[bytes], *, rate: float | None = None
) -> Result:
    with serving(server, environment) as port:
        hammer(port, requests, connections=CONNECTIONS, seconds=1.0)  # what is prepared at first use
        return hammer(port, requests, connections=CONNECTIONS, seconds=SECONDS, rate=rate)


@contextmanager
def serving(server: str, environment: dict[str, str]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [
        Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port",
        str(port), "--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--log-level", "error",
        "--no-ws", server,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True)
    try:
        wait("it listens", lambda: _listens(port), seconds=60)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _bare(url: str) -> float:
    """Of the statement alone, a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(BARE.format(songs=SONGS))
        script.flush()
        command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", "--jobs=2",
                   f"--time={SECONDS:.0f}", f"--file={script.name}", url.replace("+psycopg", "")]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(next(line for line in done.stdout.splitlines() if line.startswith("tps")).split()[2])


if __name__ == "__main__":
    main()
