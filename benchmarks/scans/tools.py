"""The scanners, each a function from what is scanned to what it found."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.scans.explained import is_explained, is_meant
from benchmarks.scans.target import Target, Watch

PLACES = ROOT / ".venv-scan"  # as `make scan` fills it
SCAN, WAPITI = PLACES / "scan/bin", PLACES / "scan-wapiti/bin"
REPORTS = ROOT / "var/scans"  # what each scanner said at length
OURS = ("setlist", "config.py", "wsgi.py", "migrations", "benchmarks")
MODULES = (
    "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "methods",
    "permanentxss", "redirect", "sql", "timesql", "upload", "xss",
)  # fmt: skip
SCHEMA_SECONDS, WAPITI_SECONDS, SQL_SECONDS = 180, 420, 600
TIME_IS_OVER = 124
LATE_SECONDS = 120  # beyond its own limit, before a scanner is ended
STREAM = "/api/import/progress"  # does not end while the import runs
FAILED = re.compile(r"^- (.+)\n\n((?:    .*\n|\[\d+\].*\n|\n)+)", re.MULTILINE)
INJECTED = re.compile(r"^Parameter: .+$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Scan:
    findings: list[str] = field(default_factory=list)
    explained: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


def bandit() -> Scan:
    """The code alone."""
    places = [str(ROOT / place) for place in OURS]
    said, _ = _run([SCAN / "bandit", "--quiet", "--recursive", "--format", "json", *places], 120)
    found = json.loads(said)["results"]
    meant = [one for one in found if is_explained(one)]
    findings = [
        f"{one['test_id']} {one['filename']}:{one['line_number']} {one['issue_text']}"
        for one in found
        if one not in meant
    ]
    return Scan(findings=findings, explained=len(meant))


def schemathesis(target: Target) -> Scan:
    """The API against its description, as an operator, with what keeps its rules and what breaks them."""
    watch = Watch(target)
    command = [
        SCAN / "schemathesis", "run", f"{target.url}/api/openapi.json", "--checks", "all",
        "--max-examples", "100", "--max-time", SCHEMA_SECONDS, "--request-timeout", "10",
        "--exclude-path", STREAM, "--seed", "7", "--header", f"Cookie: {target.cookie}",
        "--continue-on-failure", "--no-color",
    ]  # fmt: skip
    said, status = _run(command, SCHEMA_SECONDS + LATE_SECONDS)
    (REPORTS / "schemathesis.txt").write_text(said)
    found = [f"{what}: {' '.join(how.split())[:400]}" for what, how in FAILED.findall(said)]
    if status not in {0, 1}:
        found.append(f"ended with {status}: {said[-400:]}")
    return _judged(found, watch)


def wapiti(target: Target) -> Scan:
    """Every page that links lead to, as an operator, with what its parameters and forms make of attacks."""
    watch, report = Watch(target), REPORTS / "wapiti.json"
    report.unlink(missing_ok=True)
    command = [
        WAPITI / "wapiti", "--url", f"{target.url}/", "--start", f"{target.url}/admin/", "--scope", "folder",
        "--module", ",".join(MODULES), "--flush-session", "--no-bugreport", "--max-scan-time", WAPITI_SECONDS,
        "--max-attack-time", "60", "--max-links-per-page", "40", "--tasks", "4",
        "--store-session", target.folder,
        "--header", f"Cookie: {target.cookie}", "--exclude", f"{target.url}/logout",
        "--exclude", f"{target.url}{STREAM}*", "--format", "json", "--output", report,
    ]  # fmt: skip
    said, _ = _run(command, WAPITI_SECONDS + LATE_SECONDS)
    if not report.exists():
        return Scan(findings=[f"gave no report: {said[-500:]}"], statuses=watch.statuses)
    told = json.loads(report.read_text())
    found = [
        f"{kind}: {one['method']} {one['path']} {one.get('parameter') or ''} {one['info']}"
        for kind, ones in (told["vulnerabilities"] | told["anomalies"]).items()
        for one in ones
    ]
    return _judged(found, watch)


def sqlmap(target: Target) -> Scan:
    """Every parameter that a page or the API reads, and the ids in paths (marked with a star)."""
    watch, pages = Watch(target), target.folder / "pages.txt"
    pages.write_text("\n".join(f"{target.url}{path}" for path in _with_parameters(target)) + "\n")
    command = [
        SCAN / "sqlmap", "-m", pages, "--batch", "--level", "2", "--risk", "2", "--dbms", "PostgreSQL",
        "--cookie", target.cookie, "--param-exclude", "session", "--technique", "BEUST", "--time-sec", "2",
        "--threads", "4", "--disable-coloring", "--output-dir", target.folder / "sqlmap", "--flush-session",
    ]  # fmt: skip
    said, status = _run(command, SQL_SECONDS)
    (REPORTS / "sqlmap.txt").write_text(said)
    late = ["its time was over before all were asked"] if status == TIME_IS_OVER else []
    return _judged(INJECTED.findall(said) + late, watch)


def version(scanner: str) -> str:
    """As installed."""
    found = PLACES.glob(f"*/lib/python*/site-packages/{scanner}*.dist-info")
    return next((place.name.removesuffix(".dist-info").partition("-")[2] for place in found), "")


def _judged(found: list[str], watch: Watch) -> Scan:
    """An answer of 500 and above is a finding whatever the scanner thinks of it."""
    open_ones = [one for one in found if not is_meant(one)]
    return Scan(
        findings=open_ones + watch.broken(), explained=len(found) - len(open_ones), statuses=watch.statuses
    )


def _with_parameters(target: Target) -> list[str]:
    show, artist, site = target.site.open_show, target.site.artists[0], target.site
    return [
        "/search?q=low", "/search/candidates?q=x+y", f"/artists/{artist}*?songs=all&page=1",
        f"/shows/{show}*?fan=1", f"/shows/{show}/songs?q=song", f"/venues/{site.venues[0]}*",
        "/imports?before=9",
        f"/imports/{site.ended_sync}*/progress?seen=1", f"/api/shows/{show}*/tallies",
        "/api/queues/history?queue=cleanup&minutes=60", f"/_fan/shows/{show}*",
        f"/shows/{show}/proof/link?token=x", "/admin/jobs?queue=cleanup&state=dead&words=x&after=1",
        "/admin/doubts?kind=artist&state=open&page=1", "/admin/bursts?state=open&page=1",
        "/admin/syncs?queue=artist_import&before=9", "/admin/imports?state=failed&before=9",
        "/admin/queues/cleanup*", f"/admin/jobs/{site.jobs[0]}*", f"/pictures/artists/{artist}*.svg",
    ]  # fmt: skip


def _run(command: Sequence[object], seconds: float) -> tuple[str, int]:
    """What it printed and how it ended, or TIME_IS_OVER: sqlmap knows no limit of its own."""
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
        cwd=Path("/"),  # a folder of ours would give it our settings
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            return said, TIME_IS_OVER
    return said, process.returncode
