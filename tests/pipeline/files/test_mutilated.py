"""Real answers with parts torn out or replaced: they go in as far as they can, and raise nothing."""

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from setlist.pipeline.files.batch import fill_ballots, introduce, write
from setlist.pipeline.files.hand import Hand
from setlist.pipeline.files.shapes import shapes_in
from setlist.pipeline.files.writing import Notes
from tests.providers.recorded import FOLDER, needs_recordings

pytestmark = needs_recordings
NONSENSE = (None, "", "\x00", "x" * 3_000, -1, 10**30, 1.5, True, [], {}, [None], {"id": None}, "0000-00-00")
SEEDS = range(2)
WOUNDS = 12  # places of a file that are hurt


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("provider", ["musicbrainz", "setlistfm", "spotify", "ticketmaster"])
def test_whatever_is_torn_out_nothing_raises(session: Session, provider: str, seed: int) -> None:
    hurting = random.Random(f"{provider} {seed}")
    hand = Hand(session=session, now=datetime.now(UTC), default_start_hour=20)
    answers = [_hurt(json.loads(path.read_text()), hurting) for path in _paths(provider)]
    for step in (introduce, write):
        for answer in answers:
            for found in shapes_in(answer):
                step(hand, found, Notes())
            fill_ballots(hand)
    session.commit()


def _paths(provider: str) -> list[Path]:
    return sorted((FOLDER / provider).glob("*.json"))


def _hurt(answer: Any, hurting: random.Random) -> Any:
    """Some values replaced by nonsense, some torn out, some told twice."""
    answer = copy.deepcopy(answer)
    for _ in range(WOUNDS):
        places = list(_places(answer))
        if not places:
            break
        inside, key = hurting.choice(places)
        match hurting.randrange(4):
            case 0:
                del inside[key]
            case 1 if isinstance(inside, list):
                inside.append(copy.deepcopy(inside[key]))
            case _:
                inside[key] = copy.deepcopy(hurting.choice(NONSENSE))
    return answer


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in list(entries):
        yield value, key
        yield from _places(part)
