"""What scanners say that is meant so, each with its reason."""

import re
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT

# Everywhere: programs are started, with lists of arguments and never by a shell (ruff watches over that too).
ANYWHERE = {"B404", "B603", "B607"}
IN_FOLDERS = {
    "setlist/sandbox": {"B311"},  # its seeded generator has to be repeatable, not secret
    "benchmarks": {"B101", "B105", "B106", "B311", "B404"},  # asserts, scratch passwords, dice
}
AT = {
    (
        "setlist/cli/admin.py",
        "B106",
    ): "an account is made without a password for a moment, and cannot sign in so",
    ("setlist/pipeline/import_figures.py", "B608"): "two constants, one after the other",
    ("setlist/providers/recorded.py", "B105"): "the name of an endpoint",
    ("setlist/sandbox/spotify.py", "B105"): "a scheme's name, and the sandbox's wrong secret",
    ("setlist/sandbox/wire.py", "B406"): "escape() writes XML; none is read",
    ("setlist/services/breaker_storage.py", "B105"): "a trial's token that is not there",
    ("setlist/web/account_mail.py", "B105"): "subjects of mails",
    ("setlist/web/sign_in.py", "B105"): "an address of ours",
    ("setlist/web/sign_in.py", "B106"): "the name of an algorithm",
}
# Of the running product: what is said, and why it is so.
MEANT = (
    (r"Lack of anti CSRF token", "Sec-Fetch-Site and Origin are asked instead (web/origin.py)"),
    (
        r"^Secure Flag cookie: .* : session$",
        "the scan is over http; over https it is set (tests/web/test_sign_in.py)",
    ),
    (
        r"^ST202 .*minutes must be a number",
        "how many minutes there are depends on whether a queue is named, which no schema can say",
    ),
)


def is_explained(finding: dict[str, Any]) -> bool:
    """Here, or at its lines: ruff's S608 is bandit's B608, and a reason for one is a reason for the other."""
    test, path = finding["test_id"], str(Path(finding["filename"]).relative_to(ROOT))
    if test in ANYWHERE or (path, test) in AT:
        return True
    if any(path.startswith(folder) and test in tests for folder, tests in IN_FOLDERS.items()):
        return True
    lines = (ROOT / path).read_text().splitlines()
    own = "\n".join(lines[line - 1] for line in finding["line_range"])
    return bool(re.search(rf"noqa: .*\bS{test[1:]}\b", own))


def is_meant(finding: str) -> bool:
    """Of what is said about the running product."""
    return any(re.search(words, finding) for words, _ in MEANT)
