"""Challenges: bound to guest, show and time, and as hard as they say."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from setlist.domain.proof import (
    CHALLENGE_LASTS,
    ProofOutcome,
    Seeker,
    bits_for,
    check_proof,
    make_challenge,
    solve,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEY, BITS = b"k" * 32, 8
SEEKER = Seeker(show_id=7, fan_key=uuid.UUID(int=1))
CHALLENGE = make_challenge(KEY, SEEKER, BITS, now=NOW)
SOLUTION = solve(CHALLENGE)


def check(
    challenge: str = CHALLENGE, solution: str = SOLUTION, seeker: Seeker = SEEKER, now: datetime = NOW
) -> ProofOutcome:
    return check_proof(KEY, challenge, solution, seeker, now=now)


def test_a_solved_one_is_good_until_its_time_is_over() -> None:
    assert check() is ProofOutcome.GOOD
    assert check(now=NOW + CHALLENGE_LASTS - timedelta(seconds=1)) is ProofOutcome.GOOD
    assert check(now=NOW + CHALLENGE_LASTS) is ProofOutcome.EXPIRED


def test_the_sum_is_sha_256_with_leading_zero_bits() -> None:
    assert hashlib.sha256(f"{CHALLENGE}:{SOLUTION}".encode()).digest()[0] == 0


@pytest.mark.parametrize(
    "solution",
    ["", "-1", "0x10", "１２", "1" * 21, "a", f" {SOLUTION}", f"{SOLUTION}\n"],
    ids=(
        "empty",
        "negative",
        "hex",
        "wide",
        "long",
        "letter",
        "space",
        "line",
    ),  # the solution is another one each time, and all processes must name the tests alike
)
def test_what_is_no_solution_is_wrong(solution: str) -> None:
    assert check(solution=solution) is ProofOutcome.WRONG


def test_another_number_is_wrong() -> None:
    hard = make_challenge(KEY, SEEKER, 24, now=NOW)
    assert check(hard, "12345") is ProofOutcome.WRONG


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        ".",
        "....",
        CHALLENGE[:-1],
        CHALLENGE.replace("7.8.", "7.1.", 1),  # made easier
        CHALLENGE.replace("7.8.", "8.8.", 1),
        CHALLENGE + "é",
        CHALLENGE * 10,
        "\x00",
    ],
    ids=("empty", "dot", "dots", "cut", "easier", "other show", "more", "long", "nul"),
)
def test_what_we_did_not_sign_is_foreign(challenge: str) -> None:
    assert check(challenge) is ProofOutcome.FOREIGN


@pytest.mark.parametrize(
    "seeker",
    [Seeker(show_id=8, fan_key=SEEKER.fan_key), Seeker(show_id=7, fan_key=uuid.UUID(int=2))],
)
def test_it_is_good_for_one_guest_at_one_show(seeker: Seeker) -> None:
    assert check(seeker=seeker) is ProofOutcome.FOREIGN


def test_no_two_are_the_same() -> None:
    assert make_challenge(KEY, SEEKER, BITS, now=NOW) != CHALLENGE


def test_it_says_nothing_of_the_guest() -> None:
    assert SEEKER.fan_key.hex not in CHALLENGE


@pytest.mark.parametrize(("excess", "bits"), [(0.5, 17), (1, 17), (1.9, 17), (2, 18), (9, 20), (1000, 21)])
def test_the_faster_the_harder_and_never_too_hard(excess: float, bits: int) -> None:
    assert bits_for(excess, base=17) == bits
