"""Who is on the bill of a show, in billing order."""

from setlist.models import Show, ShowArtist
from setlist.pipeline.writer import Writer
from setlist.providers.answers import EventRecord


def bill(run: Writer, show: Show, event: EventRecord, artists: dict[str, int]) -> bool:
    """The line-up in billing order; whether it changed.

    The artist of this import is on the bill even if the listing forgot, and so are those whom another
    listing of the night has brought.
    """
    brought = {place.billed_as: place.artist_id for place in show.line_up if place.artist_id}
    billing: list[tuple[int | None, str]] = []
    for act in event.attractions:
        artist_id = artists.get(act.id) or brought.get(act.name)
        if artist_id is None or artist_id not in {listed for listed, _ in billing}:
            billing.append((artist_id, act.name))
    for name, artist_id in (*brought.items(), (run.artist.name, run.artist_id)):
        if artist_id not in {listed for listed, _ in billing}:
            billing.append((artist_id, name))
    if [(place.artist_id, place.billed_as) for place in show.line_up] == billing:
        return False
    show.line_up.clear()
    run.session.flush()
    show.line_up.extend(
        ShowArtist(position=position, artist_id=artist_id, billed_as=name)
        for position, (artist_id, name) in enumerate(billing)
    )
    run.session.flush()
    return True


def add_to_bill(run: Writer, show: Show) -> bool:
    is_missing = run.artist_id not in {place.artist_id for place in show.line_up}
    if is_missing:
        position = max((place.position for place in show.line_up), default=-1) + 1
        show.line_up.append(ShowArtist(position=position, artist_id=run.artist_id, billed_as=run.artist.name))
        run.session.flush()
    return is_missing
