"""What a check found: a line each, in words and as JSON."""

from dataclasses import dataclass
from enum import StrEnum

from setlist.cli.complaints import ComplaintError


class State(StrEnum):
    OK = "ok"
    OFF = "off"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Finding:
    name: str
    state: State
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f": {self.remedy}" if self.remedy else ""
        return f"{self.state:<6}  {self.name:<16}  {self.detail}{remedy}"


def ok(name: str, detail: str) -> Finding:
    return Finding(name=name, state=State.OK, detail=detail)


def off(name: str, detail: str, remedy: str = "") -> Finding:
    return Finding(name=name, state=State.OFF, detail=detail, remedy=remedy)


def failed(name: str, detail: str, remedy: str) -> Finding:
    return Finding(name=name, state=State.FAILED, detail=detail, remedy=remedy)


def refuse_failed(findings: list[Finding]) -> None:
    """Stop the command at the first that failed."""
    for finding in findings:
        if finding.state is State.FAILED:
            raise ComplaintError(f"{finding.detail}: {finding.remedy}")
