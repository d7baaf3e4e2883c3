"""The time zone of a country that has one only, by the tables that come with the zones."""

from collections import defaultdict
from functools import cache
from importlib.resources import files


def only_zone(country: str) -> str | None:
    """Its IANA name, by the country's ISO 3166-1 code; None for a country with several."""
    return _zones().get(country.upper())


@cache
def _zones() -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country].add(zone)
    return {country: zones.pop() for country, zones in found.items() if len(zones) == 1}
