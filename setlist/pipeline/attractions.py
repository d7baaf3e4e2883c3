"""Which acts at Ticketmaster are the artist: proven by an id or a page of theirs, never by a name."""

from collections.abc import Sequence

from setlist.models.identity import Matched
from setlist.pipeline.artist_ties import Named, ask_about, holds, tie_artist
from setlist.pipeline.likeness import Likeness, Verdict, agreements, compare, evidence
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import ArtistRecord, Attraction
from setlist.providers.errors import NotFound

TICKETMASTER = "ticketmaster"
MERGES_LOOKED_UP = 2  # a call each
NAMESAKES = 25


def match_attractions(
    run: ImportRun, hits: Sequence[Attraction], record: ArtistRecord, *, look_further: bool
) -> Attraction | None:
    """Ties those that are proven, asks about those that may be meant, and returns the first of the artist's.

    `look_further`: what a hit names may be an id that was merged into the artist's; MusicBrainz knows.
    """
    sure = {id for id, tied in holds(run, TICKETMASTER).items() if tied.matched_by != Matched.UNIQUE_NAME}
    found = [(hit, compare(hit, record)) for hit in hits if hit.id not in sure]
    proven = [hit for hit, likeness in found if likeness.verdict is Verdict.PROVEN]
    others = [(hit, likeness) for hit, likeness in found if likeness.verdict is Verdict.OTHER_ID]
    doubtful = [(hit, likeness) for hit, likeness in found if likeness.verdict is Verdict.DOUBTFUL]
    if others and not proven and not sure and look_further:
        merged, unclear = _look_up(run, others, record)
        proven, doubtful = merged, doubtful + unclear
    else:
        doubtful += [(hit, likeness) for hit, likeness in others if agreements(hit, record)]
    ours = sure | tie_artist(run, TICKETMASTER, [_named(hit, record) for hit in proven], Matched.SHARED_ID)
    for hit, likeness in doubtful:
        ask_about(run, TICKETMASTER, [_named(hit, record)], likeness.reason)
    if not ours:
        run.skip("acts of this name at Ticketmaster that nothing proves to be this artist", len(doubtful))
    return next((hit for hit in hits if hit.id in ours), None)


def _look_up(
    run: ImportRun, others: Sequence[tuple[Attraction, Likeness]], record: ArtistRecord
) -> tuple[list[Attraction], list[tuple[Attraction, Likeness]]]:
    """Those whose id was merged into the artist's, and those of which nobody knows whose it is."""
    # One search tells who else is called so: only ids that it does not know may have been merged.
    namesakes = {hit.mbid for hit in run.sources.musicbrainz.search_artists(record.name, limit=NAMESAKES)}
    merged, unclear, looked_up = [], [], 0
    for hit, likeness in others:
        is_namesake = bool(namesakes & set(hit.mbids))
        if not is_namesake and looked_up < MERGES_LOOKED_UP:
            looked_up += 1
            if _was_merged_into(run, hit.mbids[0], record):
                merged.append(hit)
                continue
        if not is_namesake or agreements(hit, record):
            unclear.append((hit, likeness))
    return merged, unclear


def _was_merged_into(run: ImportRun, mbid: str, record: ArtistRecord) -> bool:
    try:
        return run.sources.musicbrainz.artist(mbid).mbid == record.mbid
    except NotFound:
        return False


def _named(hit: Attraction, record: ArtistRecord) -> Named:
    return Named(external_id=hit.id, name=hit.name, url=hit.url, evidence=evidence(hit, record))
