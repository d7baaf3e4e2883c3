"""Become another program that ends when its parent does, if need be as another user.

Run as a script, without any of the project's imports, since it stands between fork and exec:
    python -I -S tether.py '{"parent": 1, "signal": 15, "uid": null, ...}' program argument ...
A script instead of subprocess's preexec_fn, which may deadlock in a process with threads.
"""

import ctypes
import json
import os
import signal
import sys

# linux/prctl.h, linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522


class CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilitySets(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


def main(options: dict[str, int | None], command: list[str]) -> None:
    if options["uid"] is not None and options["gid"] is not None:
        _become(options["uid"], options["gid"], passes=bool(options["passes"]))
    # After the change of user, which would clear it. Tied to the parent's main thread.
    follow_parent(options["signal"] or signal.SIGTERM)
    if os.getppid() != options["parent"]:
        sys.exit("the process that started this one is gone")
    # Python ignores these two for itself; a program expects them as they were.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is what is wanted
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


def follow_parent(death: int) -> None:
    """Have the kernel send this process a signal when the one that started it ends (Linux)."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)


def _become(uid: int, gid: int, *, passes: bool) -> None:
    """Another user from here on; `passes` keeps the right to enter folders such as /root."""
    if passes:
        _libc().prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if passes:
        _keep(CAP_DAC_READ_SEARCH)


def _keep(capability: int) -> None:
    """Drop every capability but this one, and hand it on to the program."""
    libc = _libc()
    bit = 1 << capability
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    sets = (CapabilitySets * 2)(CapabilitySets(bit, bit, bit), CapabilitySets(0, 0, 0))
    if libc.capset(ctypes.byref(header), sets) or libc.prctl(
        PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0
    ):
        reason = os.strerror(ctypes.get_errno())
        sys.exit(f"an ordinary user cannot enter this folder, and root may not lend it the right: {reason}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
