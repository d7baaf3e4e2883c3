"""Rows for pages to show, made with as little said as possible."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from setlist.domain.folding import fold
from setlist.domain.showtime import ShowTime, lock_instant, start_instant
from setlist.models import Artist, BallotSong, Setlist, SetlistSong, Show, ShowArtist, Song, SyncJob, Venue

NOW = datetime.now(UTC)
HOSTILE = "<script>alert('x')</script>\" onload=\"x & y"


def add_artist(session: Session, name: str = "Paper Lanterns", **more: object) -> Artist:
    given = {"mbid": str(uuid.uuid4()), "imported_at": NOW} | more
    artist = Artist(name=name, name_folded=fold(name), **given)
    session.add(artist)
    session.flush()
    return artist


def add_venue(session: Session, name: str = "Le Transbordeur", **more: object) -> Venue:
    given = {"city": "Lyon", "country": "FR", "timezone": "Europe/Paris"} | more
    venue = Venue(name=name, name_folded=fold(name), **given)
    session.add(venue)
    session.flush()
    return venue


def add_show(
    session: Session, *acts: Artist | str, venue: Venue | None = None, in_days: int = 3, **more: object
) -> Show:
    """At 20:00 by the venue's clock, `in_days` from today."""
    given = {"local_date": (NOW + timedelta(days=in_days)).date(), "local_time": time(20)} | more
    zone = venue.timezone if venue else "UTC"
    known = ShowTime(local_date=given["local_date"], local_time=given["local_time"], timezone=zone)
    given = {"starts_at": start_instant(known), "locks_at": lock_instant(known, default_hour=20)} | given
    show = Show(venue=venue, **given)
    show.line_up = [
        ShowArtist(position=position, billed_as=act, artist_id=None)
        if isinstance(act, str)
        else ShowArtist(position=position, billed_as=act.name, artist_id=act.id)
        for position, act in enumerate(acts)
    ]
    session.add(show)
    session.flush()
    return show


def add_song(session: Session, artist: Artist, title: str, **more: object) -> Song:
    song = Song(artist_id=artist.id, title=title, title_folded=fold(title), **more)
    session.add(song)
    session.flush()
    return song


def add_to_ballot(session: Session, show: Show, *songs: Song, **more: object) -> None:
    session.add_all(BallotSong(show_id=show.id, song_id=song.id, **more) for song in songs)
    session.flush()


def add_setlist(session: Session, show: Show, artist: Artist, *songs: Song | str, **more: object) -> Setlist:
    given = {"source_url": f"https://www.setlist.fm/setlist/{show.id}.html", "is_stub": not songs} | more
    setlist = Setlist(
        show_id=show.id, artist_id=artist.id, kind="actual", provider="setlistfm", is_final=False, **given
    )
    session.add(setlist)
    session.flush()
    session.add_all(
        SetlistSong(
            setlist_id=setlist.id,
            position=position,
            song_id=None if isinstance(song, str) else song.id,
            title=song if isinstance(song, str) else song.title,
            set_index=0,
            encore=0,
            is_tape=False,
        )
        for position, song in enumerate(songs)
    )
    session.flush()
    return setlist


def add_import(session: Session, artist: Artist, **more: object) -> SyncJob:
    sync = SyncJob(kind="import", artist_id=artist.id, **({"state": "running", "phase": "shows"} | more))
    session.add(sync)
    session.flush()
    return sync


def day_ago(days: int) -> date:
    return (NOW - timedelta(days=days)).date()


def open_show(session: Session, songs: int = 6, **more: object) -> tuple[Show, list[Song]]:
    """A coming show with songs on its ballot, committed."""
    artist = add_artist(session)
    show = add_show(session, artist, venue=add_venue(session), **more)
    added = [add_song(session, artist, f"Song {n}") for n in range(songs)]
    add_to_ballot(session, show, *added)
    session.commit()
    return show, added
