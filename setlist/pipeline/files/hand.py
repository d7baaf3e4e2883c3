"""What bringing in recorded answers takes, and how entries of one are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from setlist.models import Artist
from setlist.pipeline.files.people import People
from setlist.pipeline.files.shapes import Found
from setlist.pipeline.files.writing import FileWriter, Notes
from setlist.providers import reading
from setlist.providers.reading import Json

R = TypeVar("R")

UNREADABLE = "entries that could not be read"


@dataclass(kw_only=True)
class Hand:
    session: Session
    now: datetime
    default_start_hour: int
    said: str = ""  # the MusicBrainz id of whose a file is that does not say
    people: People = field(init=False)
    touched: set[int] = field(default_factory=set)  # artists whose shows or songs were written

    def __post_init__(self) -> None:
        self.people = People(session=self.session, now=self.now, writer_of=self._writer)

    def writing(self, artist: Artist, notes: Notes) -> FileWriter:
        self.touched.add(artist.id)
        return self._writer(artist, notes)

    def _writer(self, artist: Artist, notes: Notes) -> FileWriter:
        return FileWriter(
            session=self.session,
            artist=artist,
            at=self.now,
            default_start_hour=self.default_start_hour,
            notes=notes,
        )


def read(found: Found, read: Callable[[Json], R | None], notes: Notes) -> Sequence[R]:
    records, unreadable = reading.read_all(found.entries, read)
    notes.skip(UNREADABLE, unreadable)
    return records
