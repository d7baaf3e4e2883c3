"""Tracks find their songs: by a person's word, by code and length, by title. Nothing undoes a decision."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import Doubt, ExternalId, Song, SongAlias, SongIsrc
from setlist.models.identity import DoubtState, Matched
from setlist.pipeline.merging_songs import merge_songs
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import write_setlists
from setlist.pipeline.songs import SongBook
from setlist.pipeline.tracks import write_tracks
from setlist.providers.answers import PlayedSong, TrackRecord
from tests.pipeline.test_shows import ALPHA, BETA, HALL, act, played

RunOf = Callable[..., ImportRun]


@pytest.fixture
def alpha(run_of: RunOf) -> ImportRun:
    run = act(run_of, ALPHA)
    run.begin("catalogue")
    return run


def track(id: str, title: str, *, isrc: str = "", seconds: int | None = None) -> TrackRecord:
    codes = (isrc,) if isrc else ()
    return TrackRecord(id=id, title=title, isrcs=codes, duration_ms=seconds * 1000 if seconds else None)


def titles(session: Session) -> list[str]:
    session.expire_all()
    kept = select(Song.title).where(Song.merged_into_id.is_(None)).order_by(Song.id)
    return list(session.scalars(kept))


def song_of(session: Session, recording: str) -> str:
    session.expire_all()
    tied = select(Song.title).join(ExternalId, ExternalId.song_id == Song.id)
    return session.scalars(tied.where(ExternalId.external_id == recording)).one()


def write(run: ImportRun, *tracks: TrackRecord, provider: str = "spotify") -> None:
    write_tracks(run, provider, tracks)
    run.session.commit()


class TestCodes:
    def test_one_code_and_length_is_one_song_though_a_title_says_more(
        self, alpha: ImportRun, session: Session
    ) -> None:
        write(alpha, track("a", "Running Up That Hill", isrc="X1", seconds=300))
        write(alpha, track("b", "Running Up That Hill (A Deal with God)", isrc="X1", seconds=302))
        assert titles(session) == ["Running Up That Hill"]
        assert session.scalars(select(SongAlias.title)).all() == ["Running Up That Hill (A Deal with God)"]
        matched = session.scalars(select(ExternalId.matched_by).order_by(ExternalId.id)).all()
        assert matched[-2:] == [Matched.TITLE, Matched.SHARED_ID]

    @pytest.mark.parametrize(
        ("title", "seconds"),
        [
            ("Breathe Again", 400),  # another length
            ("Breathe Again", None),  # an unknown one
        ],
    )
    def test_a_code_without_its_length_joins_nothing(
        self, alpha: ImportRun, session: Session, title: str, seconds: int | None
    ) -> None:
        write(alpha, track("a", "Breathe", isrc="X1", seconds=200))
        write(alpha, track("b", title, isrc="X1", seconds=seconds))
        assert titles(session) == ["Breathe", title]
        assert session.scalars(select(Doubt)).all() == []

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Sappy", "Moist Vagina"),
            ("Echoes, Part 1", "Echoes, Part 2"),
            ("Sgt. Pepper", "Sgt. Pepper (Reprise)"),
            ("Ghosts", "Ghosts 2"),
        ],
    )
    def test_titles_with_nothing_in_common_stay_two_and_a_person_is_asked_once(
        self, alpha: ImportRun, session: Session, one: str, other: str
    ) -> None:
        write(alpha, track("a", one, isrc="X1", seconds=200))
        for _ in range(2):
            write(alpha, track("b", other, isrc="X1", seconds=201))
        assert titles(session) == [one, other]
        [doubt] = session.scalars(select(Doubt))
        assert (doubt.kind, doubt.external_id, doubt.state) == ("song", "b", "open")
        assert doubt.song_id == session.scalars(select(Song.id).where(Song.title == one)).one()

    def test_what_a_person_refused_is_not_joined_by_code(self, alpha: ImportRun, session: Session) -> None:
        write(alpha, track("a", "Hill", isrc="X1", seconds=300))
        hill = session.scalars(select(Song.id)).one()
        no = {"kind": "song", "provider": "spotify", "external_id": "b", "name": "", "reason": ""}
        session.add(Doubt(song_id=hill, state=DoubtState.REJECTED, **no))
        session.commit()
        write(alpha, track("b", "Hill Street", isrc="X1", seconds=300))
        assert titles(session) == ["Hill", "Hill Street"]

    def test_one_song_may_have_many_codes(self, alpha: ImportRun, session: Session) -> None:
        write(alpha, track("a", "Hill", isrc="X1", seconds=300), track("b", "Hill", isrc="X2", seconds=290))
        assert titles(session) == ["Hill"]
        assert session.scalars(select(SongIsrc.isrc).order_by(SongIsrc.isrc)).all() == ["X1", "X2"]


class TestTwoActs:
    def test_what_they_recorded_together_is_a_song_of_each(
        self, alpha: ImportRun, run_of: RunOf, session: Session
    ) -> None:
        """One id at Spotify on the pages of both."""
        write(alpha, track("a", "Under Pressure"))
        beta = act(run_of, BETA)
        beta.begin("catalogue")
        for _ in range(2):
            write(beta, track("a", "Under Pressure"))
        owners = session.scalars(select(Song.artist_id).order_by(Song.id)).all()
        assert owners == [alpha.artist_id, beta.artist_id]
        assert beta.tally.as_json()["songs"] == {"new": 1, "unchanged": 1}

    def test_a_song_that_was_merged_into_the_other_acts_goes_on_as_theirs(
        self, alpha: ImportRun, run_of: RunOf, session: Session
    ) -> None:
        write(alpha, track("a", "Under Pressure"))
        beta = act(run_of, BETA)
        beta.begin("catalogue")
        write(beta, track("b", "Under Pressure"))
        keeper, loser = session.scalars(select(Song).order_by(Song.id)).all()
        merge_songs(session, loser, keeper)
        session.commit()
        write(beta, track("b", "Under Pressure"), track("c", "Under Pressure (Remastered 2011)"))
        assert titles(session) == ["Under Pressure"]


class TestDecisions:
    def test_a_merge_by_hand_survives_every_import(self, alpha: ImportRun, session: Session) -> None:
        tracks = [track("a", "Heroes"), track("b", "Helden"), track("c", "Héros")]
        write(alpha, *tracks)
        helden, heroes, heros = session.scalars(select(Song).order_by(Song.title)).all()
        merge_songs(session, heros, helden)
        merge_songs(session, helden, heroes)
        session.commit()
        write(alpha, *tracks, track("d", "Helden - Remastered"), track("e", "Héros (live)"))
        assert titles(session) == ["Heroes"]
        assert [song_of(session, id) for id in "abcde"] == ["Heroes"] * 5

    def test_a_split_by_hand_survives_every_import(self, alpha: ImportRun, session: Session) -> None:
        """The ten-minute one is a song of its own: a person said so."""
        long = "All Too Well (10 Minute Version)"
        write(alpha, track("a", "All Too Well"))
        own = Song(artist_id=alpha.artist_id, title=long, title_folded="all too well 10 minute version")
        session.add(own)
        session.flush()
        alias = {"title": long, "title_folded": own.title_folded, "is_pinned": True}
        session.add(SongAlias(song_id=own.id, **alias))
        session.commit()
        write(alpha, track("a", "All Too Well"), track("b", long), track("c", "All Too Well (Live)"))
        assert titles(session) == ["All Too Well", long]
        assert [song_of(session, id) for id in "abc"] == ["All Too Well", long, "All Too Well"]

    def test_a_tied_recording_stays_whatever_its_title_becomes(
        self, alpha: ImportRun, session: Session
    ) -> None:
        write(alpha, track("a", "Hill"))
        write(alpha, track("a", "Something Else"))
        assert titles(session) == ["Hill"]


def test_the_same_again_changes_nothing_and_is_counted_so(
    alpha: ImportRun, run_of: RunOf, session: Session
) -> None:
    tracks = [
        track("a", "Hill", isrc="X1", seconds=200),
        track("b", "Hill - Live"),
        track("c", "Blackout"),
        track("d", "Black Out (demo)"),
        track("e", "Hill (Karaoke)"),
    ]
    write(alpha, *tracks)
    assert titles(session) == ["Blackout", "Hill"]
    assert alpha.tally.as_json() == {"songs": {"new": 2}}
    again = act(run_of, ALPHA)
    again.begin("catalogue")
    write(again, *tracks)
    assert again.tally.as_json() == {"songs": {"unchanged": 2}}
    write(again, track("f", "Hill (2011 Remaster)"))
    assert again.tally.as_json() == {"songs": {"unchanged": 2, "changed": 1}}


class TestSetlistEntries:
    def entries(self, alpha: ImportRun, *names: str, **more: object) -> list[tuple[str, str | None]]:
        """What became of each name: its title, and its song's."""
        songs = tuple(PlayedSong(name=name, set_index=0, **more) for name in names)
        record = played("s", HALL)
        record = type(record)(**{**{f: getattr(record, f) for f in record.__slots__}, "songs": songs})
        alpha.begin("setlists")
        write_setlists(alpha, [record])
        alpha.session.commit()
        book = SongBook(alpha.session, alpha.artist_id)
        return [(name, book.title(found) if (found := book.find(name)) else None) for name in names]

    def test_a_medley_is_split_where_all_its_parts_are_known(
        self, alpha: ImportRun, session: Session
    ) -> None:
        write(alpha, track("a", "Painkiller"), track("b", "Breaking the Law"))
        self.entries(alpha, "Painkiller  /  Breaking the Law", "AC/DC Bag", "Painkiller / Unheard Of")
        assert titles(session) == ["Breaking the Law", "Painkiller", "AC/DC Bag", "Painkiller / Unheard Of"]

    def test_a_cover_named_in_the_title_alone_is_no_song_of_the_act(
        self, alpha: ImportRun, session: Session
    ) -> None:
        found = self.entries(alpha, "Call the Shots (Girls Aloud cover)", "Ours")
        assert found == [("Call the Shots (Girls Aloud cover)", None), ("Ours", "Ours")]
        assert titles(session) == ["Ours"]

    def test_what_nobody_knew_stays_unknown_unless_the_catalogue_has_it(
        self, alpha: ImportRun, session: Session
    ) -> None:
        write(alpha, track("a", "New Song"))
        found = self.entries(alpha, "", "Unknown", "[unknown]", "New Song", "Untitled")
        assert [song for _, song in found] == [None, None, None, "New Song", "Untitled"]

    def test_a_tape_makes_no_song(self, alpha: ImportRun, session: Session) -> None:
        self.entries(alpha, "Also sprach Zarathustra", tape=True)
        assert session.scalar(select(func.count()).select_from(Song)) == 0
