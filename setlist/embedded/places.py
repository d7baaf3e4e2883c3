"""The folder of an embedded server: its lock, its log, and a place short enough for its socket."""

import errno
import fcntl
import getpass
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

# sockaddr_un.sun_path: 108 bytes on Linux, 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 103
LARGEST_LOG = 10_000_000


class EngineError(Exception):
    """An embedded server cannot start: a sentence that says why and what to do."""


class Home:
    """An engine's folder under var/, held by one running server at a time."""

    def __init__(self, path: Path, held: IO[str]) -> None:
        self.path = path
        self.log = path / "log"
        self._held = held
        self._elsewhere: Path | None = None  # the folder of the socket, if this one is too deep

    @classmethod
    def open(cls, path: Path, engine: str) -> Self:
        with file_problems(path):
            path.mkdir(parents=True, exist_ok=True)
            return cls(path, hold(path / "lock", f"{engine} in {path} is already in use"))

    def close(self) -> None:
        if self._elsewhere is not None:
            shutil.rmtree(self._elsewhere, ignore_errors=True)
        self._held.close()

    def socket_folder(self, socket: str) -> Path:
        """Where the socket of this name goes: here, or in a short folder of our own if this path is deep."""
        folder = self.path / "socket"
        if len(os.fsencode(folder / socket)) > LONGEST_SOCKET_PATH:
            digest = hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:16]
            folder = self._elsewhere = Path(tempfile.gettempdir()) / f"setlist-{os.geteuid()}-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid != os.geteuid() != 0:
            raise EngineError(f"{folder} is not a folder of this user's own: remove it")
        return folder

    def open_log(self) -> IO[bytes]:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.rename(self.path / "log.1")
        return self.log.open("ab")

    def last_words(self, since: int) -> str:
        """The log from a place in it on."""
        with self.log.open("rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace").strip()


def hold(file: Path, taken: str) -> IO[str]:
    """Hold a lock file until it is closed or this process ends in any way; `taken` is the complaint."""
    handle = file.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        holder = handle.read().strip() or "of unknown number"
        handle.close()
        raise EngineError(f"{taken} by process {holder}: stop that one first") from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


@contextmanager
def file_problems(place: Path) -> Iterator[None]:
    """Files that cannot be read or written become a sentence."""
    try:
        yield
    except OSError as error:
        raise EngineError(file_problem(error, place)) from error


def file_problem(error: OSError, place: Path) -> str:
    """What an OSError means to the one who starts the servers."""
    where = error.filename or place
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{where} cannot be written by the user {getpass.getuser()}: "
            "give the folder to that user (chown -R), or set VAR_DIR to another one"
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full at {where}: free some space, or set VAR_DIR to a folder on another disk"
    return f"{where}: {error.strerror or error}"
