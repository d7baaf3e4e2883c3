"""Who writes rows of an artist: an import under way, or a file of recorded answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from setlist.models import Artist
from setlist.pipeline.doubts import Question
from setlist.pipeline.tally import Tally


class Writer(Protocol):
    """What writing takes, whatever the answers came from."""

    session: Session
    artist_id: int
    default_start_hour: int
    tally: Tally

    @property
    def artist(self) -> Artist: ...

    def now(self) -> datetime: ...

    def skip(self, reason: str, times: int = 1) -> None: ...

    def ask(self, questions: Sequence[Question]) -> None: ...
