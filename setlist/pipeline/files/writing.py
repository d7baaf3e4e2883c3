"""The hand that writes what one file tells of one artist."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from setlist.models import Artist
from setlist.pipeline.doubts import Question, ask
from setlist.pipeline.tally import DOUBTS, Tally


@dataclass(kw_only=True)
class Notes:
    """What became of a file: rows by table, and what was left out by reason."""

    tally: Tally = field(default_factory=Tally)
    skipped: Counter[str] = field(default_factory=Counter)

    def skip(self, reason: str, times: int = 1) -> None:
        if times:
            self.skipped[reason] += times


@dataclass(kw_only=True)
class FileWriter:
    """A Writer for answers that were recorded: no sync's row, no call."""

    session: Session
    artist: Artist
    at: datetime
    default_start_hour: int
    notes: Notes
    artist_id: int = field(init=False)
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.artist_id, self.tally = self.artist.id, self.notes.tally

    def now(self) -> datetime:
        return self.at

    def skip(self, reason: str, times: int = 1) -> None:
        self.notes.skip(reason, times)

    def ask(self, questions: Sequence[Question]) -> None:
        self.tally.new(DOUBTS, ask(self.session, questions, now=self.at))
