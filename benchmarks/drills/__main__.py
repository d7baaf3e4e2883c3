"""Runs drills and prints a table of what the rows say; the exit status is 1 if an invariant broke."""

import argparse
import signal
import sys
import tempfile
import time
import traceback
from datetime import datetime
from pathlib import Path

from benchmarks.drills.catalogue import DRILLS, Drill
from benchmarks.drills.report import Report, table
from benchmarks.drills.verdict import Outcome
from benchmarks.processes import ROOT

RESULTS = ROOT / "var/drills"


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    reports = [_report(name, DRILLS[name], asked.rounds) for name in asked.names or DRILLS]
    written = table(reports)
    print(f"\n{written}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.txt").write_text(f"{written}\n")
    return 0 if all(report.holds for report in reports) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DRILLS))
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    unknown = set(asked.names) - set(DRILLS)
    if unknown:
        parser.error(f"no such drill: {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}")
    return asked


def _report(name: str, drill: Drill, rounds: int) -> Report:
    report = Report(name=name)
    if drill.obstacle:
        report.skipped = drill.obstacle
        return report
    with tempfile.TemporaryDirectory(prefix=f"setlist-{name}-") as folder:
        Path(folder).chmod(0o755)
        try:
            with drill.scene(Path(folder)) as scene:
                for number in range(1, rounds + 1):
                    began = time.monotonic()
                    outcome = drill.run(scene)
                    report.rounds.append(outcome)
                    _say(f"{name} {number}", outcome, time.monotonic() - began)
        except Exception as error:  # the other drills are run all the same, and this one has failed
            traceback.print_exc()
            report.error = f"{type(error).__name__}: {error}"
    return report


def _say(what: str, outcome: Outcome, seconds: float) -> None:
    slowest = f"{max(outcome.recoveries):.1f} s" if outcome.recoveries else "-"
    word = "well" if outcome.is_clean else "BROKEN"
    print(
        f"{what}: {word}, {outcome.jobs} jobs, slowest recovery {slowest}, took {seconds:.0f} s", flush=True
    )
    for line in (*outcome.notes, *outcome.complaints):
        print(f"    {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
