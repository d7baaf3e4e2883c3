"""Prism, which answers from an API description and refuses what that does not allow.

Installed once into var/, from the versions that package-lock.json here names.
"""

import fcntl
import functools
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import ROOT
from setlist.bootstrap import VENV

SPECS = ROOT.parent / "shared" / "specs"
HOME = ROOT / "var" / "prism"
FILES = ("package.json", "package-lock.json")
INSTALL_SECONDS = 300
START_SECONDS = 60
# npm and node of the venv come first: they are there only where the machine has none that will do.
ENVIRONMENT = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
# What npm says of a registry that it cannot reach or that does not let it in. Anything else is a mistake.
NO_REGISTRY = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|CERT|\bE[45]\d\d\b"
)
LINES_SHOWN = 3


def installed() -> Path:
    """Prism's program, or a skip that says what is missing. Other test processes wait while one installs."""
    if not SPECS.is_dir():
        pytest.skip("the providers' API descriptions are not in ../shared/specs")
    for program in ("npm", "node"):
        if not shutil.which(program, path=ENVIRONMENT["PATH"]):
            pytest.skip(f"Prism needs {program}, which is neither on PATH nor in .venv")
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = b"".join((Path(__file__).parent / name).read_bytes() for name in FILES)
        stamp, version = HOME / "installed", hashlib.sha256(wanted).hexdigest()
        if not stamp.exists() or stamp.read_text() != version:
            stamp.unlink(missing_ok=True)
            _install()
            stamp.write_text(version)
    return HOME / "node_modules" / ".bin" / "prism"


@contextmanager
def serving(program: Path, description: str) -> Iterator[str]:
    """The address of a mock server for one of the descriptions."""
    port = _free_port()
    command = [str(program), "mock", "--host", "127.0.0.1", "--port", str(port), str(SPECS / description)]
    with (HOME / f"{port}.log").open("w+") as said:
        # In a group of its own: node of the venv is a script that starts the real one.
        prism = subprocess.Popen(command, stdout=said, stderr=said, env=ENVIRONMENT, start_new_session=True)
        try:
            _wait_for(port, prism, Path(said.name))
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(prism.pid, signal.SIGTERM)
            prism.wait()
    Path(said.name).unlink()


@functools.cache
def parameters(description: str) -> frozenset[str]:
    """The names of all parameters in a description, whichever call they belong to."""
    text = (SPECS / description).read_text()
    return frozenset(re.findall(r'^[\s-]*"?name"?: "?(\w+)"?,?$', text, re.MULTILINE))


def _install() -> None:
    for name in FILES:
        shutil.copy(Path(__file__).parent / name, HOME / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        done = subprocess.run(
            command, cwd=HOME, env=ENVIRONMENT, timeout=INSTALL_SECONDS, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not install Prism within {INSTALL_SECONDS} seconds")
    if done.returncode:
        said = done.stdout.decode(errors="replace")
        give_up = pytest.skip if NO_REGISTRY.search(said) else pytest.fail
        problems = [line for line in said.splitlines() if "npm warn" not in line.lower()]
        give_up(f"npm could not install Prism: {' | '.join(problems[:LINES_SHOWN])}")


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
