"""Data that is wrong, missing or there twice, in a share of the entities of otherwise healthy answers.

A fault spoils a call; a mistake is believed by whoever does not look. Each is drawn by the entity's own id,
so that an entity is wrong in the same way however often it is asked for. Ids of doubled entities end in
DOUBLED: what is left of one is the id that tells what it truly is.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from setlist.sandbox.catalogue.draw import number, share
from setlist.sandbox.catalogue.isrcs import isrc_of, read_isrc
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.wire import Answer, Json, as_json

DOUBLED = "Dbl"
TAKES = 8


@dataclass
class Mistakes:
    """`share`: of the entities, for each of the three kinds of mistake a third. 0: none."""

    catalogue: Catalogue
    share: float = 0.0
    made: dict[str, set[str]] = field(default_factory=dict)  # by what was done, the ids it was done to

    def within(self, provider: str, answer: Answer) -> Answer:
        if not self.share or answer.status != 200 or provider not in _WALKS:
            return answer
        body = json.loads(answer.body)
        _WALKS[provider](self, body)
        headers = {name: value for name, value in answer.headers.items() if name != "ETag"}
        return replace(answer, body=as_json(body).encode(), headers=headers)

    def strikes(self, what: str, identity: str) -> bool:
        """Whether this entity has this mistake."""
        struck = share(self.catalogue.seed, "mistake", what, identity) < self.share / 3
        if struck:
            self.made.setdefault(what, set()).add(identity)
        return struck

    def another(self, identity: str) -> int:
        """Some act that has nothing to do with it."""
        return number(self.catalogue.seed, "another", identity) % self.catalogue.size


def _ticketmaster(mistakes: Mistakes, body: Json) -> None:
    inside = body.get("_embedded", {})
    if attractions := inside.get("attractions"):
        inside["attractions"] = list(chain.from_iterable(_attraction(mistakes, one) for one in attractions))
    if events := inside.get("events"):
        inside["events"] = list(chain.from_iterable(_event(mistakes, one) for one in events))


def _attraction(mistakes: Mistakes, act: Json) -> list[Json]:
    _links(mistakes, act)
    if mistakes.strikes("attraction doubled", act["id"]):
        without = {name: value for name, value in act.items() if name != "externalLinks"}
        return [act, {**without, "id": act["id"] + DOUBLED}]
    return [act]


def _links(mistakes: Mistakes, act: Json) -> None:
    links = act.get("externalLinks", {})
    if mistakes.strikes("attraction without links", act["id"]):
        act.pop("externalLinks", None)
    elif "musicbrainz" in links and mistakes.strikes("attraction with another's MBID", act["id"]):
        links["musicbrainz"] = [{"id": mistakes.catalogue.mbid(mistakes.another(act["id"]))}]


def _event(mistakes: Mistakes, event: Json) -> list[Json]:
    inside = event["_embedded"]
    for act in inside.get("attractions", []):
        _links(mistakes, act)
    inside["venues"] = [_venue(mistakes, venue) for venue in inside["venues"]]
    if mistakes.strikes("event without time", event["id"]):
        for name in ("localTime", "dateTime"):
            event["dates"]["start"].pop(name, None)
    if mistakes.strikes("event without venue", event["id"]):
        del inside["venues"]
    if mistakes.strikes("event doubled", event["id"]):
        return [event, {**event, "id": event["id"] + DOUBLED}]
    return [event, event] if mistakes.strikes("event twice", event["id"]) else [event]


def _venue(mistakes: Mistakes, venue: Json) -> Json:
    venue = json.loads(json.dumps(venue))
    if mistakes.strikes("venue without place", venue["id"]):
        for name in ("location", "timezone", "address"):
            venue.pop(name, None)
    elif "location" in venue and mistakes.strikes("venue misplaced", venue["id"]):
        venue["location"] = {"latitude": "0", "longitude": "0"}
    if mistakes.strikes("venue doubled", venue["id"]):
        venue["id"] += DOUBLED
    return dict(venue)


def _setlistfm(mistakes: Mistakes, body: Json) -> None:
    listed: list[Json] = body.get("setlist", [])
    found: list[Json] = []
    for setlist in listed:
        if mistakes.strikes("setlist without city", setlist["id"]):
            setlist["venue"].pop("city", None)
        if mistakes.strikes("setlist of another act", setlist["id"]):
            act = mistakes.another(setlist["id"])
            setlist["artist"] = {"mbid": mistakes.catalogue.mbid(act), "name": "Somebody Else"}
        found += [setlist, setlist] if mistakes.strikes("setlist twice", setlist["id"]) else [setlist]
    if listed:
        body["setlist"] = found


def _musicbrainz(mistakes: Mistakes, body: Json) -> None:
    if "relations" in body and "id" in body:
        _relations(mistakes, body)
    recordings: list[Json] = body.get("recordings", [])
    for recording in recordings:
        _isrcs(mistakes, recording)
    if recordings:
        body["recordings"] = list(chain.from_iterable(_twice(mistakes, one) for one in recordings))


def _relations(mistakes: Mistakes, artist: Json) -> None:
    for relation in artist["relations"]:
        resource = relation.get("url", {}).get("resource", "")
        if "spotify" in resource and mistakes.strikes("link to another's Spotify", artist["id"]):
            other = mistakes.catalogue.spotify_id(mistakes.another(artist["id"]))
            relation["url"]["resource"] = f"https://open.spotify.com/artist/{other}"
    if mistakes.strikes("artist without links", artist["id"]):
        artist["relations"] = []


def _isrcs(mistakes: Mistakes, recording: Json) -> None:
    codes = recording.get("isrcs") or []
    meaning = read_isrc(codes[0]) if codes else None
    if meaning is not None and mistakes.strikes("recording with another's ISRC", recording["id"]):
        act, take = meaning
        recording["isrcs"] = [isrc_of(act, take // TAKES + 1, take % TAKES)]


def _twice(mistakes: Mistakes, recording: Json) -> list[Json]:
    return [recording, recording] if mistakes.strikes("recording twice", recording["id"]) else [recording]


def _spotify(mistakes: Mistakes, body: Json) -> None:
    albums: list[Any] = body.get("items", [])
    if albums and all(isinstance(album, dict) and album.get("type") == "album" for album in albums):
        doubled = [album for album in albums if mistakes.strikes("album twice", album["id"])]
        body["items"] = albums + doubled


_WALKS: Mapping[str, Callable[[Mistakes, Json], None]] = {
    "ticketmaster": _ticketmaster,
    "setlistfm": _setlistfm,
    "musicbrainz": _musicbrainz,
    "spotify": _spotify,
}
