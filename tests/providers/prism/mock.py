"""Prism, which answers from an API description and refuses what that does not allow.

Installed once into var/, from the versions that package-lock.json here names.
"""

import fcntl
import hashlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import ROOT

SPECS = ROOT.parent / "shared" / "specs"
HOME = ROOT / "var" / "prism"
FILES = ("package.json", "package-lock.json")
INSTALL_SECONDS = 300
START_SECONDS = 60
needs_specs = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the providers' API descriptions are not in ../shared/specs"
)
needs_npm = pytest.mark.skipif(
    not (shutil.which("npm") and shutil.which("node")), reason="Prism needs npm and node"
)


@contextmanager
def serving(description: str) -> Iterator[str]:
    """The address of a mock server for one of the descriptions."""
    port = _free_port()
    command = [str(_program()), "mock", "--host", "127.0.0.1", "--port", str(port), str(SPECS / description)]
    with (
        (HOME / f"{port}.log").open("w+") as said,
        subprocess.Popen(command, stdout=said, stderr=said) as prism,
    ):
        try:
            _wait_for(port, prism, Path(said.name))
            yield f"http://127.0.0.1:{port}"
        finally:
            prism.terminate()
    Path(said.name).unlink()


def _program() -> Path:
    """Tests of other processes wait while one installs it."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = b"".join((Path(__file__).parent / name).read_bytes() for name in FILES)
        stamp, version = HOME / "installed", hashlib.sha256(wanted).hexdigest()
        if not stamp.exists() or stamp.read_text() != version:
            _install()
            stamp.write_text(version)
    return HOME / "node_modules" / ".bin" / "prism"


def _install() -> None:
    for name in FILES:
        shutil.copy(Path(__file__).parent / name, HOME / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=HOME, capture_output=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not install Prism within {INSTALL_SECONDS} seconds")
    if done.returncode:
        pytest.skip("npm could not install Prism; `npm ci` in var/prism says why")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, prism: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and prism.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"Prism did not start:\n{log.read_text()[-2_000:]}")
