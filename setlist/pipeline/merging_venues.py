"""Two venues that are one."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import Doubt, ExternalId, Show, Venue, VenueAlias
from setlist.pipeline.merging import complete, give_up, hold, move, move_doubts

REFERENCES = (
    Show.venue_id,
    VenueAlias.venue_id,
    ExternalId.venue_id,
    Doubt.venue_id,
    Venue.merged_into_id,
)
TOLD = ("city", "state", "country", "address", "timezone", "url", "checked_at")


def merge_venues(session: Session, loser: Venue, keeper: Venue) -> Venue:
    """The keeper has both venues' shows; the loser's name is another name of it."""
    loser, keeper = hold(session, loser, keeper)
    move(session, Show.venue_id, loser.id, keeper.id)
    move(session, VenueAlias.venue_id, loser.id, keeper.id, once_by=[VenueAlias.name_folded])
    if loser.name_folded != keeper.name_folded:
        alias = {"venue_id": keeper.id, "name": loser.name, "name_folded": loser.name_folded}
        session.execute(insert(VenueAlias).values(alias).on_conflict_do_nothing())
    move(session, ExternalId.venue_id, loser.id, keeper.id)
    move_doubts(session, Doubt.venue_id, loser.id, keeper.id)
    complete(keeper, loser, TOLD)
    if keeper.latitude is None:
        keeper.latitude, keeper.longitude = loser.latitude, loser.longitude
    give_up(session, loser, keeper)
    return keeper
