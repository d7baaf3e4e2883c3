"""The Procfile: a process a line, its settings as $NAMES."""

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from config import Settings
from setlist.cli.complaints import ComplaintError

LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>.+)")
NAME = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


@dataclass(frozen=True, kw_only=True)
class Program:
    name: str
    command: tuple[str, ...]


def setlist_program(command: str) -> Program:
    """One of our own commands, run by this very Python."""
    return Program(name=command, command=(sys.executable, "-m", "setlist.cli", command))


def read_procfile(file: Path, settings: Settings) -> dict[str, Program]:
    """Its programs by name, in its order."""
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        raise ComplaintError(f"{file} is missing: get it back with git checkout {file.name}") from None
    values = _values(settings)
    programs = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = LINE.fullmatch(text)
        if found is None:
            raise ComplaintError(f"{file}, line {number}: expected `name: command`")
        command = _expanded(found["command"], values, f"{file}, line {number}")
        programs[found["name"]] = Program(name=found["name"], command=command)
    return programs


def _values(settings: Settings) -> dict[str, str]:
    """Every setting but the secret ones, which would show in the list of processes."""
    return {
        name.upper(): str(value)
        for name, value in settings
        if value is not None and not isinstance(value, SecretStr)
    }


def _expanded(command: str, values: dict[str, str], where: str) -> tuple[str, ...]:
    """Split as a shell would, with names replaced after it, so that a value stays one argument."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in values:
            raise ComplaintError(f"{where}: ${name} is not a setting")
        return values[name]

    return tuple(NAME.sub(value, part) for part in shlex.split(command))
