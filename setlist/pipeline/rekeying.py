"""Songs under the keys of today's rules.

Keys are kept in rows, so that a rule which is mended leaves songs behind whose titles are one by now. They
become one; what a person decided about stays as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.titles import base_title, match_key, song_key
from setlist.models import Doubt, Song, SongAlias
from setlist.models.identity import DoubtState
from setlist.pipeline.merging_songs import merge_songs


def rekey_songs(session: Session, artist_id: int) -> int:
    """How many songs were merged or got another key. Flushes."""
    of_artist = select(Song).where(Song.artist_id == artist_id).order_by(Song.id)
    songs = session.scalars(of_artist).all()
    taken = {song.title_folded for song in songs}
    changed = 0
    for group in _of_one_key(songs, _decided(session, artist_id)):
        keeper, *others = sorted(group, key=_keeps_least)
        for other in others:
            merge_songs(session, other, keeper)
        changed += len(others) + _rekey(keeper, taken)
    session.flush()
    return changed


def _of_one_key(songs: Sequence[Song], decided: set[int]) -> Iterable[list[Song]]:
    groups: dict[str, list[Song]] = defaultdict(list)
    for song in songs:
        if song.merged_into_id is None and song.id not in decided:
            groups[match_key(song_key(song.title))].append(song)
    return groups.values()


def _decided(session: Session, artist_id: int) -> set[int]:
    """Songs that a person split off, or said of that something else is not it."""
    split = select(SongAlias.song_id).join(Song, Song.id == SongAlias.song_id).where(SongAlias.is_pinned)
    refused = select(Doubt.song_id).join(Song, Song.id == Doubt.song_id)
    refused = refused.where(Doubt.state == DoubtState.REJECTED)
    both = split.where(Song.artist_id == artist_id).union(refused.where(Song.artist_id == artist_id))
    return set(session.scalars(both))


def _keeps_least(song: Song) -> tuple[bool, bool, int]:
    """First whose key stands already, then whose title needs no change, then the oldest."""
    return song.title_folded != song_key(song.title), song.title != base_title(song.title), song.id


def _rekey(song: Song, taken: set[str]) -> bool:
    """A key that another row holds, if only as a signpost, stays with it."""
    key = song_key(song.title)
    if key == song.title_folded or key in taken:
        return False
    song.title, song.title_folded = base_title(song.title), key
    return True
