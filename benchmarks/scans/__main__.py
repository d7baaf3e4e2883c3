import argparse
import sys

from benchmarks.scans.target import running_target
from benchmarks.scans.tools import REPORTS, Scan, bandit, schemathesis, sqlmap, version, wapiti

OF_THE_PRODUCT = {tool.__name__: tool for tool in (schemathesis, wapiti, sqlmap)}


def main() -> int:
    names = ["bandit", *OF_THE_PRODUCT]
    parser = argparse.ArgumentParser(prog="make scan", description="Scan the code and the running product.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; without any: all")
    asked = parser.parse_args().names or names
    if unknown := set(asked) - set(names):
        parser.error(f"no scanner: {', '.join(sorted(unknown))}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    found = tell("bandit", bandit()) if "bandit" in asked else 0
    if set(asked) & OF_THE_PRODUCT.keys():
        with running_target() as target:
            for name, tool in OF_THE_PRODUCT.items():
                found += tell(name, tool(target)) if name in asked else 0
    return 1 if found else 0


def tell(name: str, scan: Scan) -> int:
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(scan.statuses.items()))
    print(f"{name} {version(name)}: {len(scan.findings)} findings, {scan.explained} explained", flush=True)
    if answers:
        print(f"  {scan.statuses.total():,} answers ({answers})", flush=True)
    for finding in scan.findings:
        print(f"  - {finding}", flush=True)
    return len(scan.findings)


if __name__ == "__main__":
    sys.exit(main())
