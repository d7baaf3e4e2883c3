"""Fifty fans wish forty times each, all at once, for one show, while something happens; the rows are read.

    python -m benchmarks.vote_storm [lock] [redis] [postgres] [sign_in] [--fans N] [--rounds N]

Each sends wishes, double clicks and withdrawals side by side, and again whatever was not answered. Afterwards
tallies equal rows, no quota is passed, nothing was written after the lock, and every wish that was
acknowledged and never taken back is there.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.drills.scene import Scene, open_scene
from benchmarks.storm_fans import VOTES_EACH, StormFan, storm
from benchmarks.votes import OURS, SETTINGS, serving
from setlist.domain.tally_check import tallies_apart
from setlist.models import Account, Fan, Show, Vote
from tests.pages.catalogue import open_show
from tests.web.accounts import make_account

SONGS = 12
QUOTAS = {False: 5, True: 15}  # by whether it is an account's
EVENT_AFTER = 1.5  # seconds into the storm
AWAY_SECONDS = 3.0


@dataclass(kw_only=True)
class Round:
    answers: Counter[int] = field(default_factory=Counter)
    acknowledged: int = 0
    complaints: list[str] = field(default_factory=list)


Event = Callable[[Scene], None]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vote_storm", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*EVENTS, []], metavar="NAME")
    parser.add_argument("--fans", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    is_clean = True
    for name in asked.names or EVENTS:
        with tempfile.TemporaryDirectory() as folder, _scene(Path(folder)) as (scene, port):
            for _ in range(asked.rounds):
                done = _round(name, scene, port, asked.fans)
                is_clean = is_clean and not done.complaints
                answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(done.answers.items()))
                verdict = "holds" if not done.complaints else f"BROKEN {done.complaints}"
                print(
                    f"{name:<9} answers {answers}; {done.acknowledged:,} acknowledged; {verdict}", flush=True
                )
    return 0 if is_clean else 1


@contextmanager
def _scene(folder: Path) -> Iterator[tuple[Scene, int]]:
    with open_scene(folder, **SETTINGS) as scene:
        scene.app.app_context().push()
        with serving(OURS, scene.environment | {"LOG_LEVEL": "ERROR"}) as port:
            yield scene, port


def _round(name: str, scene: Scene, port: int, count: int) -> Round:
    with Session(scene.engine) as session:
        show, songs = open_show(session, songs=SONGS)
        show_id, song_ids = show.id, [song.id for song in songs]
        if name == "lock":
            show.locks_at = datetime.now(UTC) + timedelta(seconds=EVENT_AFTER)
        session.commit()
    fans = [_fan(scene, show_id, song_ids, number, signs_in=name == "sign_in") for number in range(count)]
    # The servers die with the thread that started them, so what happens to them happens in this one.
    blowing = threading.Thread(target=lambda: asyncio.run(storm(port, fans)))
    blowing.start()
    time.sleep(EVENT_AFTER)
    EVENTS[name](scene)
    blowing.join()
    answers = sum((fan.answers for fan in fans), Counter())
    done = Round(answers=answers, acknowledged=sum(len(fan.acknowledged) for fan in fans))
    with Session(scene.engine) as session:
        done.complaints += _complaints(session, show_id, fans)
    return done


def _fan(scene: Scene, show_id: int, song_ids: list[int], number: int, *, signs_in: bool) -> StormFan:
    key = uuid.uuid4()
    email = f"fan{key.hex}@example.org" if signs_in else ""
    if email:
        with Session(scene.engine) as session:
            make_account(session, email).confirmed_at = datetime.now(UTC)
            session.commit()
    dice = random.Random(number)  # noqa: S311 - repeatable, not secret
    kept, others = song_ids[:5], song_ids[5:]
    wishes = [(song, True) for song in kept * 2] + [
        (dice.choice(others), dice.random() < 0.6) for _ in range(VOTES_EACH - 10)
    ]
    dice.shuffle(wishes)
    signer = scene.app.extensions["fan_cookie"].signer
    return StormFan(
        key=key,
        cookie=f"fan={signer.sign(key.hex).decode()}",
        address=f"10.1.{number >> 8}.{number & 255}",
        show_id=show_id,
        wishes=wishes,
        kept=frozenset(kept),
        email=email,
    )


def _complaints(session: Session, show_id: int, fans: list[StormFan]) -> list[str]:
    found = [str(apart) for apart in tallies_apart(session)]
    given = (
        select(Fan.account_id.is_not(None), func.count())
        .join(Vote, Vote.fan_id == Fan.id)
        .where(Vote.show_id == show_id, Vote.state == "on")
        .group_by(Fan.id)
    )
    found += [f"{count} wishes of one fan" for by, count in session.execute(given) if count > QUOTAS[by]]
    late = (
        select(func.count())
        .select_from(Vote)
        .join(Show, Show.id == Vote.show_id)
        .where(Vote.show_id == show_id, Vote.changed_at >= Show.locks_at)
    )
    found += [f"{count} written after the lock" for count in session.scalars(late) if count]
    return found + [words for fan in fans for words in _missing(session, show_id, fan)]


def _missing(session: Session, show_id: int, fan: StormFan) -> list[str]:
    """Acknowledged and never taken back, and not there: as the guest's, or as the account's."""
    whose = Fan.key == fan.key
    if fan.email:
        whose |= Fan.account_id.in_(select(Account.id).where(Account.email == fan.email))
    standing = select(Vote.song_id).join(Fan, Fan.id == Vote.fan_id).where(whose, Vote.state == "on")
    lost = fan.acknowledged - set(session.scalars(standing.where(Vote.show_id == show_id)))
    return [f"{len(lost)} acknowledged wishes are lost"] if lost else []


def _stop_redis(scene: Scene) -> None:
    scene.stop_redis()
    time.sleep(AWAY_SECONDS)
    scene.redis.start()


def _restart_postgres(scene: Scene) -> None:
    scene.engine.dispose()
    scene.stop_postgres(2)  # SIGINT: connections are cut, transactions rolled back
    time.sleep(AWAY_SECONDS)
    scene.postgres.start()


def _nothing(_: Scene) -> None:
    """What happens is the fans' own doing, or the clock's."""


EVENTS: dict[str, Event] = {
    "lock": _nothing,
    "redis": _stop_redis,
    "postgres": _restart_postgres,
    "sign_in": _nothing,
}

if __name__ == "__main__":
    sys.exit(main())
