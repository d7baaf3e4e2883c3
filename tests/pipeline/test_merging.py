"""After a merge nothing refers to the row given up, whatever table it is in, and nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import (
    Artist,
    Base,
    Doubt,
    ExternalId,
    Setlist,
    SetlistSong,
    Show,
    ShowArtist,
    Song,
    SongAlias,
    Venue,
)
from setlist.pipeline import merging_artists, merging_shows, merging_songs, merging_venues
from setlist.pipeline.merging import CannotMergeError, kept
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.merging_shows import merge_shows
from setlist.pipeline.merging_songs import merge_songs
from setlist.pipeline.merging_venues import merge_venues
from tests.pages.catalogue import add_artist, add_setlist, add_show, add_song, add_venue
from tests.pipeline.pairs import NOW, PAIRS, a_doubt, an_id, two_artists, two_songs

MODULES = {
    "artists": merging_artists,
    "venues": merging_venues,
    "shows": merging_shows,
    "songs": merging_songs,
}


def merge(session: Session, loser: Any, keeper: Any) -> Any:
    if isinstance(keeper, Artist):
        return merge_artists(session, loser, keeper, now=NOW)
    merging: Callable[..., Any] = {Venue: merge_venues, Show: merge_shows, Song: merge_songs}[type(keeper)]
    return merging(session, loser, keeper)


def references_to(table: str) -> set[str]:
    """Every column that refers to the table; votes refer to songs and shows by way of the ballot."""
    return {
        f"{column.table.name}.{column.name}"
        for found in Base.metadata.sorted_tables
        for column in found.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    }


def count_references(session: Session, table: str, row_id: int) -> dict[str, int]:
    found = {}
    for reference in references_to(table):
        name, column = reference.split(".")
        target = Base.metadata.tables[name].c[column]
        found[reference] = session.scalar(select(func.count()).where(target == row_id)) or 0
    return found


@pytest.mark.parametrize("table", MODULES)
def test_no_reference_is_forgotten(table: str) -> None:
    """A column added later has to be thought of here too."""
    handled = {f"{column.class_.__tablename__}.{column.key}" for column in MODULES[table].REFERENCES}
    assert handled == references_to(table)


# What becomes one with the kept one's, is forgotten or comes with the merge.
ONCE = {
    "artists": {"sync_marks.artist_id": 1, "external_ids.artist_id": 3},
    "shows": {"show_artists.show_id": 2},
    "songs": {"ballot_songs.song_id": 1},
}


@pytest.mark.parametrize("table", PAIRS)
def test_all_that_referred_to_the_one_refers_to_the_other(session: Session, table: str) -> None:
    loser, keeper = PAIRS[table](session)
    before = count_references(session, table, loser.id), count_references(session, table, keeper.id)
    own = ["artists.merged_into_id", "venues.merged_into_id", "shows.merged_into_id", "songs.merged_into_id"]
    assert all(times for reference, times in before[0].items() if reference not in own), "an empty test"
    merge(session, loser, keeper)
    session.commit()
    after = count_references(session, table, loser.id), count_references(session, table, keeper.id)
    assert set(after[0].values()) == {0}
    assert loser.merged_into_id == keeper.id
    once = ONCE.get(table, {})
    for reference, times in after[1].items():
        if reference in own:
            assert times == 1
        elif reference in {"song_aliases.song_id", "venue_aliases.venue_id"}:
            assert times == before[0][reference] + before[1][reference] + 1  # and the loser's own name
        else:
            assert times == once.get(reference, before[0][reference] + before[1][reference]), reference


@pytest.mark.parametrize("table", PAIRS)
def test_merging_again_changes_nothing(session: Session, table: str) -> None:
    loser, keeper = PAIRS[table](session)
    merge(session, loser, keeper)
    session.commit()
    before = count_references(session, table, keeper.id)
    merge(session, loser, keeper)
    session.commit()
    assert count_references(session, table, keeper.id) == before
    with pytest.raises(CannotMergeError):
        merge(session, keeper, loser)


@pytest.mark.parametrize("table", PAIRS)
def test_a_chain_is_flattened(session: Session, table: str) -> None:
    first, second = PAIRS[table](session)
    third = type(first)(**{"name": "Third", "name_folded": "third"} if table in {"artists", "venues"} else {})
    if isinstance(third, Song):
        third = add_song(session, first.artist, "Third")
    session.add(third)
    session.flush()
    merge(session, first, second)
    merge(session, second, third)
    session.commit()
    assert (first.merged_into_id, second.merged_into_id) == (third.id, third.id)
    assert kept(session, first) is third
    late = type(first)(**{"name": "Late", "name_folded": "late"} if table in {"artists", "venues"} else {})
    if isinstance(late, Song):
        late = add_song(session, third.artist, "Late")
    session.add(late)
    session.flush()
    assert merge(session, late, first) is third  # into a signpost: into where it leads


def test_songs_of_one_title_become_one_and_others_move(session: Session) -> None:
    loser, keeper = add_artist(session, "Low Tide"), add_artist(session, "Low Tide")
    twin, other = add_song(session, loser, "Harbour"), add_song(session, loser, "Salt")
    own = add_song(session, keeper, "Harbour")
    setlist = add_setlist(session, add_show(session, loser), loser, twin, other)
    merge_artists(session, loser, keeper, now=NOW)
    session.commit()
    played = session.scalars(select(SetlistSong.song_id).where(SetlistSong.setlist_id == setlist.id)).all()
    assert set(played) == {own.id, other.id}
    assert (twin.merged_into_id, other.artist_id) == (own.id, keeper.id)


def test_the_musicbrainz_id_given_up_is_one_of_the_kept_artist(session: Session) -> None:
    loser, keeper = add_artist(session), add_artist(session)
    old, own = loser.mbid, keeper.mbid
    merge_artists(session, loser, keeper, now=NOW)
    session.commit()
    assert (loser.mbid, keeper.mbid) == (None, own)
    tied = select(ExternalId.artist_id).where(
        ExternalId.provider == "musicbrainz", ExternalId.external_id == old
    )
    assert session.scalars(tied).all() == [keeper.id]


def test_an_artist_without_an_id_takes_that_of_the_other(session: Session) -> None:
    loser, keeper = add_artist(session), add_artist(session, mbid=None)
    mbid = loser.mbid
    merge_artists(session, loser, keeper, now=NOW)
    assert keeper.mbid == mbid


def test_both_on_one_bill_are_one_place_of_it(session: Session) -> None:
    loser, keeper = add_artist(session), add_artist(session)
    show = add_show(session, loser, keeper)
    merge_artists(session, loser, keeper, now=NOW)
    session.expire_all()
    assert [place.artist_id for place in show.line_up] == [keeper.id]


def test_two_setlists_of_a_night_stay_two_performances(session: Session) -> None:
    loser, keeper = add_artist(session), add_artist(session)
    show = add_show(session, loser, keeper)
    early, late = add_setlist(session, show, loser, "One"), add_setlist(session, show, keeper, "Two")
    merge_artists(session, loser, keeper, now=NOW)
    session.commit()
    assert early.show_id != late.show_id
    assert (early.show.local_date, early.artist_id) == (show.local_date, keeper.id)


def test_who_played_twice_gave_two_shows(session: Session) -> None:
    artist = add_artist(session)
    shows = add_show(session, artist), add_show(session, artist)
    for show in shows:
        add_setlist(session, show, artist)
    with pytest.raises(CannotMergeError, match="two performances"):
        merge_shows(session, *shows)


def test_a_show_given_up_happens_nowhere_and_never(session: Session) -> None:
    venue, artist = add_venue(session), add_artist(session)
    loser, keeper = add_show(session, artist, venue=venue), add_show(session, artist)
    merge_shows(session, loser, keeper)
    session.commit()
    assert (loser.venue_id, loser.local_date, loser.starts_at, loser.locks_at) == (None,) * 4
    assert keeper.venue_id == venue.id  # which the other one knew


def test_one_listing_of_a_provider_describes_the_show(session: Session) -> None:
    shows = add_show(session), add_show(session)
    for show in shows:
        session.add(an_id("ticketmaster", "show", f"E{show.id}", show_id=show.id))
    session.flush()
    merge_shows(session, *shows)
    matched = select(ExternalId.external_id, ExternalId.matched_by).where(ExternalId.show_id == shows[1].id)
    assert dict(session.execute(matched).all()) == {
        f"E{shows[0].id}": "night_and_venue",
        f"E{shows[1].id}": "same_id",
    }


def test_a_pinned_title_stays_pinned(session: Session) -> None:
    loser, keeper = two_songs(session)
    session.add(SongAlias(song_id=loser.id, title="X", title_folded="x", is_pinned=True))
    session.add(SongAlias(song_id=keeper.id, title="X", title_folded="x"))
    session.flush()
    merge_songs(session, loser, keeper)
    pinned = select(SongAlias.is_pinned).where(SongAlias.song_id == keeper.id, SongAlias.title_folded == "x")
    assert session.scalars(pinned).all() == [True]


def test_what_is_one_now_is_no_question_and_what_was_decided_stays(session: Session) -> None:
    loser, keeper = add_artist(session), add_artist(session)
    session.add_all(
        [
            an_id("ticketmaster", "artist", "tied", artist_id=loser.id),
            a_doubt("artist", "tied", artist_id=keeper.id),
            a_doubt("artist", "asked of both", artist_id=loser.id, state="rejected"),
            a_doubt("artist", "asked of both", artist_id=keeper.id),
        ]
    )
    session.flush()
    merge_artists(session, loser, keeper, now=NOW)
    states = select(Doubt.external_id, Doubt.state).where(Doubt.artist_id == keeper.id)
    assert dict(session.execute(states).all()) == {"tied": "merged", "asked of both": "rejected"}


def test_what_the_kept_one_does_not_know_comes_from_the_other(session: Session) -> None:
    loser = add_artist(session, country="GB", image_url="https://x.example/1.jpg", genres=["folk"])
    keeper = add_artist(session, country="IE")
    merge_artists(session, loser, keeper, now=NOW)
    assert (keeper.country, keeper.image_url, keeper.genres) == ("IE", "https://x.example/1.jpg", ["folk"])


def test_setlists_of_both_are_the_kept_artists(session: Session) -> None:
    loser, keeper = two_artists(session)
    merge_artists(session, loser, keeper, now=NOW)
    owners = select(Setlist.artist_id).distinct()
    assert session.scalars(owners).all() == [keeper.id]
    assert session.scalar(select(func.count()).where(ShowArtist.artist_id == keeper.id)) == 2
