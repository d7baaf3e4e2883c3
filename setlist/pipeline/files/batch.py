"""Recorded answers become rows, file by file: first whom they are about, then what they tell.

All files are introduced before any is written, so that an event of one file and a listing of another one
are seen to be of the same artist. The caller commits after each.
"""

from setlist.pipeline.ballots import write_ballots
from setlist.pipeline.files.hand import Hand
from setlist.pipeline.files.shapes import Found
from setlist.pipeline.files.what import WHAT
from setlist.pipeline.files.who import WHO
from setlist.pipeline.files.writing import Notes

NOBODY_CHOSE = "search hits: nobody has said which of them is meant"


def introduce(hand: Hand, found: Found, notes: Notes) -> None:
    """The artists that it is about. Flushes."""
    if found.shape in WHO and not found.are_hits:
        WHO[found.shape](hand, found, notes)


def write(hand: Hand, found: Found, notes: Notes) -> None:
    """What it tells of them. Flushes."""
    if found.are_hits:
        notes.skip(NOBODY_CHOSE, len(found.entries))
    elif found.shape in WHAT:
        WHAT[found.shape](hand, found, notes)
    elif found.shape not in WHO:
        notes.skip(found.shape.value, max(1, len(found.entries)))


def fill_ballots(hand: Hand) -> None:
    """Of the artists whose shows or songs were written since the last call."""
    for artist_id in sorted(hand.touched):
        write_ballots(hand.session, artist_id, now=hand.now)
    hand.touched.clear()
