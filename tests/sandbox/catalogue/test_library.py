"""The invented world: what is promised of it, whatever the provider."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from setlist.sandbox.catalogue.artists import Size
from setlist.sandbox.catalogue.calendar import Event
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.songs import folded
from setlist.sandbox.options import SandboxOptions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _catalogue(*, now: datetime = NOW, artists: int = 400, seed: int = 7) -> Catalogue:
    return Catalogue(SandboxOptions(artists=artists, seed=seed, now=now))


def _keys(events: list[Event]) -> set[tuple[bool, int, int]]:
    return {(event.is_festival, event.owner, event.number) for event in events}


class TestBenchmarkAct:
    @pytest.mark.parametrize("seed", [7, 8, 123])
    @pytest.mark.parametrize(
        "now", [NOW, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 7, 15, 22, 30, tzinfo=UTC)]
    )
    def test_it_always_has_60_shows_ahead_300_songs_and_200_setlists_behind(
        self, seed: int, now: datetime
    ) -> None:
        catalogue = _catalogue(now=now, seed=seed)
        ahead, behind = catalogue.upcoming(0), catalogue.past(0)
        assert len({(event.day, event.venue) for event in ahead}) == len({event.day for event in ahead}) == 60
        assert all(event.start > now for event in ahead)
        assert len({folded(song.title) for song in catalogue.records(0).songs}) == 300
        assert len({event.day for event in behind}) == 200

    def test_all_its_songs_are_on_studio_albums(self) -> None:
        records = _catalogue().records(0)
        assert {track.song.number for album in records.albums for track in album.tracks} == set(range(300))


class TestStability:
    def test_two_catalogues_of_one_seed_tell_the_same(self) -> None:
        one, other = _catalogue(), _catalogue()
        for act in (0, 1, 17, 399):
            assert one.artist(act) == other.artist(act)
            assert one.records(act) == other.records(act)
            assert one.upcoming(act) == other.upcoming(act)
            assert one.past(act, most=30) == other.past(act, most=30)
            for event in one.past(act, most=5):
                assert one.setlist(act, event) == other.setlist(act, event)

    def test_another_seed_tells_something_else(self) -> None:
        names = [
            [catalogue.artist(act).name for act in range(20)]
            for catalogue in (_catalogue(), _catalogue(seed=8))
        ]
        assert names[0] != names[1]

    def test_an_act_is_the_same_in_a_larger_catalogue(self) -> None:
        small, large = _catalogue(), _catalogue(artists=20_000)
        for act in (0, 3, 200):
            assert small.artist(act) == large.artist(act)
            assert _keys(small.upcoming(act)) == _keys(large.upcoming(act))

    def test_a_day_later_the_shows_have_the_same_dates(self) -> None:
        today, tomorrow = _catalogue(), _catalogue(now=NOW + timedelta(days=1))
        for act in range(60):
            dates = {(event.owner, event.number): (event.day, event.venue) for event in today.upcoming(act)}
            later = {
                (event.owner, event.number): (event.day, event.venue) for event in tomorrow.upcoming(act)
            }
            for key in dates.keys() & later.keys():
                assert dates[key] == later[key]

    def test_what_was_upcoming_is_past_later(self) -> None:
        called_off = {"cancelled", "postponed"}
        today, later = _catalogue(), _catalogue(now=NOW + timedelta(days=40))
        for act in range(1, 60):
            soon = [event for event in today.upcoming(act) if event.day < (NOW + timedelta(days=35)).date()]
            took_place = [event for event in soon if event.status not in called_off]
            assert _keys(took_place) <= _keys(later.past(act))


class TestVariety:
    def test_most_acts_are_small_and_few_large(self) -> None:
        catalogue = _catalogue()
        sizes = Counter(catalogue.artist(act).size for act in range(400))
        assert sizes[Size.SMALL] > sizes[Size.MIDDLE] > sizes[Size.LARGE] > 5

    def test_many_languages_and_scripts_occur(self) -> None:
        catalogue = _catalogue()
        acts = [catalogue.artist(act) for act in range(400)]
        assert len({act.language for act in acts}) > 12
        assert sum(not act.name.isascii() for act in acts) > 60

    def test_who_shares_a_name_says_who_it_is(self) -> None:
        catalogue = _catalogue()
        acts = [catalogue.artist(act) for act in range(400)]
        names = Counter(act.name for act in acts)
        shared = [act for act in acts if names[act.name] > 1]
        assert len(shared) > 10
        assert all(act.disambiguation for act in shared)

    def test_no_act_has_two_shows_elsewhere_on_a_day(self) -> None:
        catalogue = _catalogue()
        for act in range(120):
            venues: dict[object, set[int]] = {}
            for event in catalogue.past(act, most=150):
                venues.setdefault(event.day, set()).add(event.venue)
            assert all(len(found) == 1 for found in venues.values())

    def test_an_opening_act_shares_the_night_with_the_headliner(self) -> None:
        catalogue = _catalogue()
        shared = [
            event for act in range(100) for event in catalogue.past(act, most=40) if event.acts[1:] == (act,)
        ]
        assert shared
        assert all(event.owner == event.acts[0] for event in shared if not event.is_festival)


class TestSetlists:
    def test_well_known_songs_are_played_more_often(self) -> None:
        catalogue = _catalogue()
        songs = {song.title: song.number for song in catalogue.records(0).songs}
        played = Counter(
            songs[entry.name]
            for event in catalogue.past(0)
            for part in catalogue.setlist(0, event).sets
            for entry in part.entries
            if entry.name in songs
        )
        top, bottom = (sum(played[number] for number in numbers) for numbers in (range(30), range(270, 300)))
        assert top > 4 * bottom

    def test_a_tour_has_its_habits_and_varies_them(self) -> None:
        catalogue = _catalogue()
        nights = [catalogue.setlist(0, event) for event in catalogue.past(0, most=20)]
        played = [
            [entry.name for part in night.sets for entry in part.entries] for night in nights if night.sets
        ]
        openers = Counter(names[1] if names[0] == "Main Theme" else names[0] for names in played)
        assert openers.most_common(1)[0][1] >= len(played) / 2
        assert len({tuple(names) for names in played}) == len(played)

    def test_no_song_is_played_before_it_is_out(self) -> None:
        catalogue = _catalogue()
        records = catalogue.records(0)
        years = {song.title: records.year_of(song) for song in records.songs}
        for event in catalogue.past(0):
            for part in catalogue.setlist(0, event).sets:
                assert all(years.get(entry.name, 0) <= event.day.year for entry in part.entries)
