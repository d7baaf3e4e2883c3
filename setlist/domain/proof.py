"""Proof of work: a small sum that costs a browser a second or two, and a thousand made-up guests an hour.

A challenge is text that we signed: whose it is, at which show, how hard, and until when. It is solved by a
number: SHA-256 of the challenge, a colon and the number begins with that many zero bits. Nothing is stored
until it is solved.
"""

import hashlib
import hmac
import math
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CHALLENGE_LASTS = timedelta(minutes=10)
MOST_EXTRA_BITS = 4  # sixteen times the work: a telephone still does it within a minute
LONGEST_SOLUTION = 20  # digits
LONGEST_CHALLENGE = 200
NONCE_BYTES = 9


class ProofOutcome(StrEnum):
    GOOD = "good"
    EXPIRED = "expired"
    FOREIGN = "foreign"  # not ours, or of another guest or show
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Seeker:
    """Who wants to vote where."""

    show_id: int
    fan_key: uuid.UUID


def bits_for(excess: float, *, base: int) -> int:
    """A rate of twice the limit costs one bit more, which is twice the work."""
    return base + min(MOST_EXTRA_BITS, int(math.log2(max(1.0, excess))))


def make_challenge(key: bytes, seeker: Seeker, bits: int, *, now: datetime) -> str:
    """`show.bits.until.nonce.signature`: it goes into a page, so it has nothing of the guest's key in it."""
    until = int((now + CHALLENGE_LASTS).timestamp())
    told = f"{seeker.show_id}.{bits}.{until}.{secrets.token_hex(NONCE_BYTES)}"
    return f"{told}.{_signature(key, told, seeker)}"


def check_proof(key: bytes, challenge: str, solution: str, seeker: Seeker, *, now: datetime) -> ProofOutcome:
    told, _, signature = challenge.rpartition(".")
    if len(challenge) > LONGEST_CHALLENGE or not hmac.compare_digest(
        signature.encode(), _signature(key, told, seeker).encode()
    ):
        return ProofOutcome.FOREIGN
    _, bits, until, _ = told.split(".")  # we signed it, so it has this form
    if now.timestamp() >= int(until):
        return ProofOutcome.EXPIRED
    return ProofOutcome.GOOD if _solves(challenge, solution, int(bits)) else ProofOutcome.WRONG


def solve(challenge: str) -> str:
    """As proof_worker.js does it: for tests and for programs that vote."""
    bits = int(challenge.split(".")[1])
    number = 0
    while not _solves(challenge, str(number), bits):
        number += 1
    return str(number)


def _solves(challenge: str, solution: str, bits: int) -> bool:
    if not (solution.isascii() and solution.isdigit() and len(solution) <= LONGEST_SOLUTION):
        return False
    digest = hashlib.sha256(f"{challenge}:{solution}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def _signature(key: bytes, told: str, seeker: Seeker) -> str:
    bound = f"{told}.{seeker.show_id}.{seeker.fan_key.hex}"
    return hmac.digest(key, bound.encode(), "sha256").hex()[:32]
