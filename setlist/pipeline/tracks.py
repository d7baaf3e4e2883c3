"""Recordings and tracks become songs, each of which may have many."""

from collections.abc import Sequence

from setlist.domain.titles import is_by_the_act, match_key, song_key
from setlist.models.identity import DoubtKind, Matched
from setlist.pipeline.doubts import Question, refused
from setlist.pipeline.identity import Ties, known, tie
from setlist.pipeline.songs import SongBook
from setlist.pipeline.tally import CHANGED, NEW, UNCHANGED
from setlist.pipeline.writer import Writer
from setlist.providers.answers import TrackRecord

KIND = "recording"


def write_tracks(run: Writer, provider: str, tracks: Sequence[TrackRecord]) -> None:
    """Each track finds its song or becomes one. One that is tied stays where it is. Flushes."""
    own = [track for track in tracks if not track.is_video and is_by_the_act(track.title) and track.title]
    run.skip("videos, karaoke and commentary", len(tracks) - len(own))
    tied = known(run.session, provider, KIND, [track.id for track in own])
    _Writing(run, provider, tied).write(own)


class _Writing:
    def __init__(self, run: Writer, provider: str, tied: dict[str, int]) -> None:
        self._run, self._provider = run, provider
        self._book = SongBook(run.session, run.artist_id)
        # What two acts recorded together is on the pages of both; the tie is of whom it came with first.
        self._elsewhere = {id for id, song_id in tied.items() if not self._book.holds(song_id)}
        self._tied = {id: song_id for id, song_id in tied.items() if id not in self._elsewhere}
        self._questions: list[Question] = []

    def write(self, tracks: Sequence[TrackRecord]) -> None:
        """Titles first, since a code may be that of a song which stands on the same page."""
        refusals = refused(self._run.session, DoubtKind.SONG, self._provider, [track.id for track in tracks])
        by_code = {track.id: self._by_code(track, refusals) for track in tracks if track.id not in self._tied}
        unnamed = [t for t in tracks if by_code.get(t.id) is None and self._by_title(t) is None]
        new = self._book.add(unnamed)
        songs = [(track, self._song(track, by_code)) for track in tracks]
        changed = self._book.keep_spellings({track.title: song_id for track, song_id in songs})
        self._book.keep_codes(songs)
        changed |= self._tie(songs, by_code)
        self._count({song_id for _, song_id in songs}, new, changed)
        self._run.ask(self._questions)

    def _by_code(self, track: TrackRecord, refusals: set[tuple[str, int]]) -> int | None:
        coded = self._book.find_by_code(track)
        if coded.song_id is not None and (track.id, coded.song_id) not in refusals:
            return coded.song_id
        if coded.doubtful is not None:
            self._doubt(track, *coded.doubtful)
        return None

    def _doubt(self, track: TrackRecord, isrc: str, song_id: int) -> None:
        if self._book.find(track.title) == song_id:
            return
        reason = "one ISRC and length, and titles with nothing in common: one of the two has a wrong code"
        length = None if track.duration_ms is None else round(track.duration_ms / 1000)
        self._questions.append(
            Question(
                kind=DoubtKind.SONG,
                provider=self._provider,
                external_id=track.id,
                name=track.title,
                url=track.url,
                candidate_id=song_id,
                reason=reason,
                details={
                    "theirs": {"title": track.title, "ISRC": isrc, "seconds": length},
                    "ours": {"title": self._book.title(song_id)},
                },
            )
        )

    def _by_title(self, track: TrackRecord) -> int | None:
        return self._tied.get(track.id) or self._book.find(track.title)

    def _song(self, track: TrackRecord, by_code: dict[str, int | None]) -> int:
        song_id = self._tied.get(track.id) or by_code.get(track.id) or self._book.find(track.title)
        if song_id is None:
            raise LookupError(f"no song for {match_key(song_key(track.title))!r}, which was just added")
        return song_id

    def _tie(self, songs: Sequence[tuple[TrackRecord, int]], by_code: dict[str, int | None]) -> set[int]:
        """The songs that gained a recording."""
        gained: set[int] = set()
        for matched_by in (Matched.SHARED_ID, Matched.TITLE):
            targets = {
                track.id: song_id
                for track, song_id in songs
                if track.id not in self._tied
                and track.id not in self._elsewhere
                and (matched_by is Matched.SHARED_ID) is (by_code.get(track.id) is not None)
            }
            ties = Ties(provider=self._provider, kind=KIND, targets=targets, matched_by=matched_by)
            tie(self._run.session, ties, now=self._run.now())
            gained |= set(targets.values())
        return gained

    def _count(self, songs: set[int], new: set[int], changed: set[int]) -> None:
        became = (NEW if one in new else CHANGED if one in changed else UNCHANGED for one in songs)
        self._run.tally.count("songs", became)
