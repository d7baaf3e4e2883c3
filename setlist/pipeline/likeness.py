"""Whether an act at Ticketmaster is one at MusicBrainz: what both name, and what speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from setlist.domain.likeness import NameLikeness, likeness
from setlist.models.base import Json
from setlist.providers.answers import ArtistRecord, Attraction

MBID, SPOTIFY, NAMED, LINK = "MusicBrainz id", "Spotify id", "Ticketmaster id", "web page"
MOST_SHOWN = 6


class Verdict(StrEnum):
    PROVEN = "proven"
    DOUBTFUL = "doubtful"
    OTHER_ID = "other_id"  # it names another MusicBrainz id: a namesake, or one that was merged
    ANOTHER = "another"


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    verdict: Verdict
    reason: str = ""


def compare(hit: Attraction, record: ArtistRecord) -> Likeness:
    """One id that both name proves it, unless another id, or the name, says otherwise.

    A page of their own that both name proves it where the name is the same. A name proves nothing.
    """
    agree, differ, name = agreements(hit, record), contradictions(hit, record), name_of(hit.name, record)
    is_namesake = name is NameLikeness.SAME
    if not is_namesake and agree in ([], [LINK]):
        return Likeness(verdict=Verdict.ANOTHER)
    if MBID in differ:
        return Likeness(verdict=Verdict.OTHER_ID, reason=_but(agree, name, "it names another MusicBrainz id"))
    reason = _why_not(agree, differ, name)
    return Likeness(verdict=Verdict.DOUBTFUL if reason else Verdict.PROVEN, reason=reason)


def agreements(hit: Attraction, record: ArtistRecord) -> list[str]:
    """What both name, ids first."""
    named = {
        MBID: record.mbid in hit.mbids,
        SPOTIFY: bool(set(record.spotify_ids) & set(hit.spotify_ids)),
        NAMED: hit.id in record.ticketmaster_ids,
        LINK: bool(set(record.links) & set(hit.links)),
    }
    return [what for what, is_same in named.items() if is_same]


def contradictions(hit: Attraction, record: ArtistRecord) -> list[str]:
    """Where each names one, and not the same."""
    named = {MBID: ((record.mbid,), hit.mbids), SPOTIFY: (record.spotify_ids, hit.spotify_ids)}
    return [what for what, (ours, theirs) in named.items() if ours and theirs and not set(ours) & set(theirs)]


def name_of(name: str, record: ArtistRecord) -> NameLikeness:
    return likeness(name, [record.name, record.sort_name, *record.aliases])


def evidence(hit: Attraction, record: ArtistRecord) -> Json:
    """Side by side, for whoever decides."""
    theirs = {
        "Name": hit.name,
        "Genres": _listed(hit.genres),
        "Coming shows": "" if hit.upcoming is None else str(hit.upcoming),
        "MusicBrainz": _listed(hit.mbids),
        "Spotify": _listed(hit.spotify_ids),
        "Pages": _listed(hit.links),
    }
    ours = {
        "Name": record.name,
        "Also called": _listed(record.aliases),
        "Genres": _listed(record.genres),
        "From": record.country,
        "MusicBrainz": record.mbid,
        "Spotify": _listed(record.spotify_ids),
        "Pages": _listed(record.links),
    }
    return {"theirs": _told(theirs), "ours": _told(ours)}


def _why_not(agree: list[str], differ: list[str], name: NameLikeness) -> str:
    if not agree:
        return "only the name is the same: it names no id and no page of theirs"
    if len(agree) > 1:
        return ""
    if name is NameLikeness.FOREIGN:
        return f"the {agree[0]} is the same, but the name is not theirs"
    return _but(agree, name, "it names another Spotify id") if differ else ""


def _but(agree: list[str], name: NameLikeness, against: str) -> str:
    same = [*agree, *(["name"] if name is NameLikeness.SAME else [])]
    return f"{' and '.join(same)} {'are' if len(same) > 1 else 'is'} the same, but {against}"


def _told(values: dict[str, str]) -> Json:
    return {label: value for label, value in values.items() if value}


def _listed(values: Iterable[str]) -> str:
    found = list(values)
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return ", ".join(found[:MOST_SHOWN]) + more
