"""What a tour is called, if anything."""

from setlist.sandbox.catalogue.artists import Artist
from setlist.sandbox.catalogue.calendar import Event
from setlist.sandbox.catalogue.discography import Discography
from setlist.sandbox.catalogue.draw import Dice, share


def tour_name(seed: int, act: Artist, event: Event, records: Discography) -> str:
    """Four shows in ten belong to no named tour. The name is the latest album's, or the year's."""
    year = event.day.year
    if event.is_festival or share(seed, "unnamed tour", event.owner, year) < 0.36:
        return ""
    out = [album for album in records.albums if album.year <= year] or list(records.albums[:1])
    latest = out[-1].title
    names = (
        f"{latest} Tour",
        f"{latest} World Tour",
        f"{year} Tour",
        f"An Evening with {act.name}",
        f"{latest} {year}",
    )
    return Dice(seed, "tour name", event.owner, year).pick(names)
