"""docs/security.md answers every requirement of OWASP ASVS 5.0.0 that is of level 1 or 2, once."""

import re
from collections import Counter

from config import ROOT

# How many of each section; sections number theirs from 1, those of level 3 come last.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \|(.*)\|$", re.MULTILINE)
STANDING = re.compile(r" [^|]*\S \| \*\*(?:met|not met|not applicable)\*\*[^|]*: [^|]*\S ")
FILE = re.compile(r"\btests/[\w/]+\.py")
TEST = re.compile(r"`(test_\w+)`")
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def test_every_requirement_has_one_row() -> None:
    asked = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    assert len(asked) == 253
    assert Counter(id for id, _ in ROW.findall(TEXT)) == Counter(asked)


def test_every_row_says_how_it_stands_and_why() -> None:
    assert [id for id, rest in ROW.findall(TEXT) if not STANDING.fullmatch(rest)] == []


def test_what_is_named_as_proof_is_there() -> None:
    files = set(FILE.findall(TEXT))
    assert [name for name in sorted(files) if not (ROOT / name).is_file()] == []
    written = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    tests = set(TEST.findall(TEXT))
    assert tests
    assert [name for name in sorted(tests) if f"def {name}(" not in written] == []
