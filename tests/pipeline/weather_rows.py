"""Whether two imports brought the same, in whatever order the providers told it."""

import re
from ast import literal_eval

LOCKS_AT = re.compile(r"datetime\.datetime\([^()]*\)")
MOST_SHOWN = 10


def differing(found: dict[str, list[str]], whole: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rows that are on one side only, by table; but for what depends on the order of telling.

    How venues and titles are spelt, and how the other provider's was matched; the zone of a venue that only
    setlist.fm knows, guessed from its neighbours, and with it when a past show locked; songs that a ballot
    was filled with when less was known, since none is ever taken off.
    """
    here, there = _in_any_order(found), _in_any_order(whole)
    differ = {name: set(here[name]) ^ set(there[name]) for name in whole}
    differ["ballot_songs"] = set(whole["ballot_songs"]) - set(found["ballot_songs"])
    return {name: sorted(rows)[:MOST_SHOWN] for name, rows in differ.items() if rows}


def _in_any_order(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    ties = [literal_eval(row) for row in rows["external_ids"]]
    return {
        **rows,
        "venues": [literal_eval(row)[0] for row in rows["venues"]],
        "songs": [literal_eval(row)[2] for row in rows["songs"]],
        "song_aliases": [],
        "shows": [LOCKS_AT.sub("", row) for row in rows["shows"]],
        "external_ids": [repr((*tie[:3], *tie[4:])) for tie in ties],
        "ballot_songs": [],
    }
