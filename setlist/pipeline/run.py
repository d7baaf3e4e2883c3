"""One import under way: what its phases share, and how far they are."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from setlist.models import Artist, BallotSong, Setlist, Show, ShowArtist, Song, SyncJob
from setlist.models.played import SetlistKind
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.doubts import Question, ask
from setlist.pipeline.marks import Mark, marks_of, read_whole, still_so
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.postponed import Part, Postponed
from setlist.pipeline.scope import Scope, is_sync, scope_of
from setlist.pipeline.streams import Streams
from setlist.pipeline.tally import DOUBTS, Tally
from setlist.providers.errors import Misconfigured, NotOffered, NotRecorded, ProviderError
from setlist.providers.sources import Sources
from setlist.services.freshness import Listing, due

SPINE = "musicbrainz"  # without it nobody knows who is imported
FOR_THE_OPERATOR = (Misconfigured, NotOffered)
REST = "rest"  # in a checkpoint, after the phases: what was put off is tried once more
FINISHED = "finished"  # and after all


@dataclass(kw_only=True)
class ImportRun:
    """The state of an import lives in its SyncJob row; this is the hand that writes it."""

    session: Session
    sources: Sources
    sync: SyncJob
    now: Callable[[], datetime]
    default_start_hour: int
    calls: Counter[str] = field(default_factory=Counter)  # sent by `sources` so far, by provider
    is_last_attempt: bool = False
    streams: Streams = field(default_factory=Streams)
    asked: frozenset[Listing] = frozenset()  # what a sync is to read; nothing: what its kind usually does
    artist_id: int = field(init=False)
    mbid: str = field(init=False)
    postponed: Postponed = field(init=False)
    tally: Tally = field(init=False)
    marks: dict[Listing, Mark] = field(init=False)
    due: frozenset[Listing] = field(init=False)
    share: float = 0.0  # of the present phase that is done
    has_asked: bool = False  # for what its listings hold
    _phase_since: datetime = field(init=False)
    _calls_before: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        if self.sync.artist.mbid is None:
            raise ValueError(f"artist {self.sync.artist_id} has no MusicBrainz id to import by")
        self.artist_id = self.sync.artist_id
        self.mbid = self.sync.artist.mbid
        self.postponed = Postponed(self.sync)
        self.tally = Tally(self.sync.rows)
        self._phase_since = self.now()
        self._calls_before = dict(self.sync.calls)
        if self.sync.started_at is None:
            self.sync.started_at = self.now()
        self.sync.state = SyncState.RUNNING
        self.marks = marks_of(self.session, self.artist_id)
        self.due = self._due()

    @property
    def artist(self) -> Artist:
        return self.sync.artist

    @property
    def cursor(self) -> str | None:
        return self.sync.checkpoint.get("cursor")

    @property
    def done_of_page(self) -> int:
        return int(self.sync.checkpoint.get("done", 0))

    @property
    def began_at(self) -> datetime:
        """When the reading of the present listing began, perhaps in an earlier run or sync."""
        began = self.sync.checkpoint.get("began_at")
        return datetime.fromisoformat(began) if began else self.sync.started_at or self.now()

    @property
    def is_follow_up(self) -> bool:
        return self.sync.kind == SyncKind.FOLLOW_UP

    @property
    def scope(self) -> Scope:
        return scope_of(self.sync.kind)

    def remaining_phases(self) -> list[str]:
        names = [*self.scope.phases, REST, FINISHED]
        at = self.sync.checkpoint.get("phase", REST if self.is_follow_up else names[0])
        return names[names.index(at) : -1]

    def go_on_as(self, artist: Artist) -> None:
        """The artist of this run was merged into another one, which it reads for from now on."""
        self.sync.artist = artist
        self.artist_id, self.mbid = artist.id, artist.mbid or self.mbid
        self.marks = marks_of(self.session, artist.id)

    def begin(self, phase: str) -> None:
        if self.sync.checkpoint.get("phase") != phase:
            self.sync.checkpoint = {"phase": phase}
        self.sync.phase = phase
        self.share = 0.0
        self._phase_since = self.now()

    def complete(self) -> None:
        """The present phase is done; a restarted import goes on with the next."""
        self.progress(1.0)
        names = [*self.scope.phases, REST, FINISHED]
        self.sync.checkpoint = {"phase": names[names.index(self.sync.phase) + 1]}
        self.share = 0.0

    def take_up(self, part: Part) -> None:
        """A part that was put off goes on where it stopped."""
        at = self.sync.checkpoint
        if at.get("phase") != REST or at.get("part") != part:
            entry = self.postponed.entry(part)
            self.sync.checkpoint = {"phase": REST, "part": part.value, **entry.place}
        self.sync.phase = part.phase
        self._phase_since = self.now()

    def reached(self, *, cursor: str | None, done: int = 0) -> None:
        """From here a restarted import goes on: `done` entries into the page that `cursor` asks for."""
        self.sync.checkpoint = {**self.sync.checkpoint, "cursor": cursor, "done": done}

    def progress(self, share: float) -> None:
        """`share` of the present phase is done, 0 to 1. The percentage never falls."""
        self._follow_merge()
        self.share = share
        percent = round(self.scope.percent(self.sync.phase, share), 1)
        self.sync.percent = max(self.sync.percent or 0.0, percent)
        self.sync.counts = self._counts()
        self.sync.calls = dict(self.calls + Counter(self._calls_before))
        self.sync.rows = self.tally.as_json()
        self._clock_phase()

    def skip(self, reason: str, times: int = 1) -> None:
        if times:
            self.sync.skipped = {**self.sync.skipped, reason: self.sync.skipped.get(reason, 0) + times}

    def ask(self, questions: Sequence[Question]) -> None:
        """What nothing proves is left to a person."""
        self.tally.new(DOUBTS, ask(self.session, questions, now=self.now()))

    def can_wait(self, part: Part, steps: Iterator[float]) -> Iterator[float]:
        """The steps of a part that is postponed where its provider cannot answer."""
        try:
            yield from steps
        except ProviderError as error:
            if not self.goes_on_without(error, part):
                raise

    def read_whole(self, listing: Listing, **seen: object) -> None:
        read_whole(self.session, self.artist_id, listing, now=self.now(), **seen)

    def still_so(self, listing: Listing) -> None:
        still_so(self.session, self.artist_id, listing, self.marks[listing], now=self.now())

    def goes_on_without(self, error: ProviderError, part: Part) -> bool:
        """Whether the import does without a part for now: put off, or left out where that cannot help.

        What only an operator can mend is left out, and so is what fails for our own fault to the last.
        A sync has nothing else to do than that part: its job waits for the weather.
        """
        if error.is_weather and is_sync(self.sync.kind):
            return False
        if error.is_weather:
            self.postponed.put_off(part, error, now=self.now())
            return True
        is_vital = error.provider == SPINE and not isinstance(error, NotRecorded)
        if is_vital or not (isinstance(error, FOR_THE_OPERATOR) or self.is_last_attempt):
            return False
        self.skip(f"left out: {error}")
        self.postponed.settle(part)
        return True

    def finish(self) -> None:
        for reason in self.postponed.give_up():
            self.skip(reason)
        self.sync.percent = 100.0
        self.sync.counts = self._counts()
        self.sync.calls = dict(self.calls + Counter(self._calls_before))
        self.sync.rows = self.tally.as_json()
        self.sync.state = SyncState.DONE
        self.sync.finished_at = self.now()
        if not is_sync(self.sync.kind):
            self.sync.artist.imported_at = self.now()

    def _due(self) -> frozenset[Listing]:
        """What this run reads. What it has read already, before it was interrupted, is not due again.

        A follow-up reads what it was asked for, unless an import has read that meanwhile.
        """
        began = self.sync.started_at or self.now()
        since = self.sync.created_at if self.is_follow_up else began
        done = {listing for listing, mark in self.marks.items() if mark.checked_at >= since}
        if self.is_follow_up:
            return self.scope.listings - done
        if self.asked:
            return self.asked & self.scope.listings - done
        checked = {listing: mark.checked_at for listing, mark in self.marks.items()}
        return (self.scope.asked - done) | due(checked, now=began, offered=self.scope.listings - done)

    def _follow_merge(self) -> None:
        """Another run, or a person, may have merged the artist since: what this step wrote goes along."""
        if self.sync.artist_id != self.artist_id:
            left = self.session.get_one(Artist, self.artist_id)
            self.go_on_as(merge_artists(self.session, left, self.sync.artist, now=self.now()))

    def _clock_phase(self) -> None:
        now = self.now()
        spent = self.sync.phase_seconds.get(self.sync.phase, 0.0) + (now - self._phase_since).total_seconds()
        self._phase_since = now
        self.sync.phase_seconds = {**self.sync.phase_seconds, self.sync.phase: round(spent, 3)}

    def _counts(self) -> dict[str, int]:
        """Counted, not added up: right after any restart."""

        def count(statement: Select[int]) -> int:
            return self.session.scalar(statement) or 0

        setlists = select(func.count()).where(
            Setlist.artist_id == self.artist_id, Setlist.kind == SetlistKind.ACTUAL
        )
        shows = select(Show.id).join(ShowArtist).where(ShowArtist.artist_id == self.artist_id)
        of_theirs = BallotSong.show_id.in_(shows)
        return {
            "shows": count(select(func.count()).where(ShowArtist.artist_id == self.artist_id)),
            "venues": count(select(func.count(func.distinct(Show.venue_id))).where(Show.id.in_(shows))),
            "ballots": count(select(func.count(func.distinct(BallotSong.show_id))).where(of_theirs)),
            "songs": count(
                select(func.count()).where(Song.artist_id == self.artist_id, Song.merged_into_id.is_(None))
            ),
            "setlists": count(setlists.where(Setlist.is_stub.is_(False))),
        }
