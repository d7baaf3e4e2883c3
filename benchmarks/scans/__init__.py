"""Known scanners against the code and the running product: `make scan`, or `make scan SCAN="bandit sqlmap"`.

Each comes in its exact version from a lock of its own (requirements/scan*.txt) and has a bounded time. What
they find and is not explained here makes the run fail. What was found and done: docs/security.md, "Scans".
"""
