"""An artist's ids at the providers: tied if nothing speaks against it, asked about if something does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from setlist.models import Artist, ExternalId
from setlist.models.base import Json
from setlist.models.identity import DoubtKind, Matched
from setlist.pipeline.doubts import Question, answered, refused
from setlist.pipeline.identity import Ties, known, tie
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.writer import Writer

KIND = "artist"


@dataclass(frozen=True, kw_only=True)
class Named:
    """An id as its provider presents it: what it is called there, its page, and what speaks for it."""

    external_id: str
    name: str
    url: str | None = None
    evidence: Json = field(default_factory=dict)


def tie_artist(run: Writer, provider: str, ids: Sequence[Named], matched_by: Matched) -> set[str]:
    """Which of the ids mean the artist now. One that means somebody else, or was refused, does not.

    Who is meant by an id that two lay claim to is a question for a person; but whoever is known by nothing
    but this id was the artist all along.
    """
    wanted = {one.external_id for one in ids}
    no = refused(run.session, DoubtKind.ARTIST, provider, wanted)
    wanted -= {external_id for external_id, artist_id in no if artist_id == run.artist_id}
    taken = {
        external_id: run.artist_id if _is_one(run, provider, external_id, holder) else holder
        for external_id, holder in known(run.session, provider, KIND, wanted).items()
    }
    new = {external_id: run.artist_id for external_id in wanted if external_id not in taken}
    tie(run.session, Ties(provider=provider, kind=KIND, targets=new, matched_by=matched_by), now=run.now())
    claimed = [one for one in ids if taken.get(one.external_id, run.artist_id) != run.artist_id]
    for one in claimed:
        holder = run.session.get_one(Artist, taken[one.external_id])
        ask_about(run, provider, [one], f"it means another artist here: {holder.name}")
    run.skip(f"ids at {provider} that belong to another artist here", len(claimed))
    ours = wanted - {one.external_id for one in claimed}
    answered(run.session, DoubtKind.ARTIST, provider, dict.fromkeys(ours, run.artist_id), now=run.now())
    return ours


def _is_one(run: Writer, provider: str, external_id: str, holder_id: int) -> bool:
    """Whether the holder of an id has no MusicBrainz id that speaks against it; then the two are merged."""
    if holder_id == run.artist_id:
        return True
    holder = run.session.get_one(Artist, holder_id)
    matched_by = select(ExternalId.matched_by).where(
        ExternalId.provider == provider, ExternalId.kind == KIND, ExternalId.external_id == external_id
    )
    if holder.mbid is not None or run.session.scalar(matched_by) == Matched.PERSON:
        return False
    merge_artists(run.session, holder, run.artist, now=run.now())
    run.tally.changed("artists")
    return True


def ask_about(run: Writer, provider: str, ids: Iterable[Named], reason: str) -> None:
    run.ask([_question(run, provider, one, reason) for one in ids])


def holds(run: Writer, provider: str) -> dict[str, ExternalId]:
    """The artist's ties at a provider, by id."""
    statement = select(ExternalId).where(
        ExternalId.provider == provider, ExternalId.kind == KIND, ExternalId.artist_id == run.artist_id
    )
    return {tied.external_id: tied for tied in run.session.scalars(statement)}


def _question(run: Writer, provider: str, one: Named, reason: str) -> Question:
    return Question(
        kind=DoubtKind.ARTIST,
        provider=provider,
        external_id=one.external_id,
        name=one.name,
        url=one.url,
        candidate_id=run.artist_id,
        reason=reason,
        details=one.evidence,
    )
