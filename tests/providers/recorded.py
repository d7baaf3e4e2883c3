"""Real answers, which lie beside the project and are no part of it: providers' data under their terms."""

import json
from typing import Any

import pytest

from config import ROOT

FOLDER = ROOT.parent / "shared" / "payloads"
needs_recordings = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the recorded answers are not in ../shared/payloads"
)


def recorded(provider: str, name: str) -> Any:
    return json.loads((FOLDER / provider / f"{name}.json").read_text())


def all_recorded(provider: str, pattern: str = "*") -> dict[str, Any]:
    """By name, every recorded answer of a provider."""
    paths = sorted((FOLDER / provider).glob(f"{pattern}.json"))
    return {path.stem: json.loads(path.read_text()) for path in paths}
