"""`setlist settings-example`: .env.example, made from the settings themselves."""

from enum import Enum
from pathlib import Path
from textwrap import wrap
from typing import Any

import click
from pydantic import SecretStr

from config import ROOT, Settings

WIDTH = 100
HEAD = """\
# Every setting, its default and what it means. Copy to .env and change what you need; the environment
# counts before .env. A line that is commented out is the default. `setlist validate` checks them all.
"""


@click.command()
def settings_example() -> None:
    """Print .env.example."""
    click.echo(example(), nl=False)


def example() -> str:
    parts = [HEAD]
    for name, about in Settings.model_fields.items():
        meaning = "\n".join(wrap(about.description or "", WIDTH, initial_indent="# ", subsequent_indent="# "))
        parts.append(f"{meaning}\n#{name.upper()}={_shown(about.default)}\n")
    return "\n".join(parts)


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        return str(value.relative_to(ROOT))
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return ",".join(f"{name}={'x'.join(map(str, size))}" for name, size in value.items())
    if isinstance(value, tuple):
        return ",".join(part if isinstance(part, str) else "-".join(map(str, part)) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
