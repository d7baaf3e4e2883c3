"""Ticketmaster's events, attractions and venues."""

from datetime import timedelta
from functools import lru_cache

from setlist.sandbox.catalogue.artists import Artist
from setlist.sandbox.catalogue.calendar import Event, Status
from setlist.sandbox.catalogue.draw import Dice, number, share
from setlist.sandbox.catalogue.festivals import NUMBERS_A_YEAR, PASS
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.tours import tour_name
from setlist.sandbox.catalogue.venues import Venue
from setlist.sandbox.listings import FESTIVAL_DAY, Listing, Variant
from setlist.sandbox.wire import Json, as_json

MUSIC = "KZFzniwnSyZfZ7v7nJ"
_GENRES = {
    "rock": "Rock", "pop": "Pop", "folk": "Folk", "electronic": "Dance/Electronic", "hip hop": "Hip-Hop/Rap",
    "metal": "Metal", "jazz": "Jazz", "soul": "R&B", "country": "Country", "punk": "Alternative",
    "latin": "Latin", "classical": "Undefined",
}  # fmt: skip
_SIZES = (("16_9", 1136, 639), ("3_2", 640, 427), ("4_3", 305, 225), ("16_9", 205, 115))
_UNDEFINED = {"id": "KZAyXgnZfZ7v7nI", "name": "Undefined"}
_VANISHED_TIMEZONE, _VANISHED_LOCATION, _NO_PICTURES = 0.2, 0.06, 0.3


class Shapes:
    def __init__(self, catalogue: Catalogue, base: str) -> None:
        self._catalogue = catalogue
        self._seed = catalogue.seed
        self._base = base
        self.attraction = lru_cache(maxsize=4_000)(self._attraction)
        self.venue = lru_cache(maxsize=2_000)(self._venue)
        self.event_text = lru_cache(maxsize=4_000)(self._event_text)

    def event(self, listing: Listing) -> Json:
        event, acts = listing.event, self._acts(listing)
        place = self.venue(event.venue, listing.variant is Variant.RESALE)
        identity = self.event_id(listing)
        return {
            "name": self._name(listing),
            "type": "event",
            "id": identity,
            "test": False,
            "url": f"https://www.ticketmaster.example/event/{identity}",
            "locale": "en-us",
            "images": self._images(
                "artist", "generic" if event.number % 9 == 0 else self._catalogue.mbid(event.acts[0])
            ),
            "sales": {"public": self._sales(event)},
            "dates": self._dates(event),
            "classifications": [self._classification(self._catalogue.artist(event.acts[0]))],
            "promoter": {"id": "494", "name": "PROMOTED BY VENUE", "description": "PROMOTED BY VENUE / NTL"},
            "_links": {
                "self": {"href": f"/discovery/v2/events/{identity}?locale=en-us"},
                "attractions": [act["_links"]["self"] for act in acts],
                "venues": [place["_links"]["self"]],
            },
            "_embedded": {"venues": [place]} | ({"attractions": acts} if acts else {}),
        }

    def _event_text(self, listing: Listing) -> str:
        """What is told of a listing does not change, and pages of two hundred are asked for often."""
        return as_json(self.event(listing))

    def event_id(self, listing: Listing) -> str:
        event = listing.event
        if event.is_festival:
            return self._catalogue.ids.ticketmaster(Kind.FESTIVAL, event.owner, event.number, FESTIVAL_DAY)
        return self._catalogue.ids.ticketmaster(Kind.EVENT, event.owner, event.number, int(listing.variant))

    def _attraction(self, kind: Kind, index: int, upcoming: int) -> Json:
        identity = self._catalogue.ids.ticketmaster(kind, index)
        lead = index * 24 if kind is Kind.FESTIVAL else index  # any act, for the genre of a festival
        act = self._catalogue.artist(lead)
        name = {
            Kind.FESTIVAL: lambda: self._catalogue.festivals.name(index),
            Kind.TRIBUTE: lambda: f"{act.name} Tribute - The {act.city.name} Experience",
        }.get(kind, lambda: act.name)()
        data: Json = {
            "name": name,
            "type": "attraction",
            "id": identity,
            "test": False,
            "url": f"https://www.ticketmaster.example/artist/{kind * 1_000_000 + index}",
            "locale": "en-us",
            "images": self._images(
                "artist", self._catalogue.mbid(index) if kind is Kind.ARTIST else identity
            ),
            "classifications": [self._classification(act)],
            "upcomingEvents": {"_total": upcoming, "ticketmaster": upcoming, "_filtered": 0},
            "_links": {"self": {"href": f"/discovery/v2/attractions/{identity}?locale=en-us"}},
        }
        links = self._links(index) if kind is Kind.ARTIST else {}
        if links:
            data["externalLinks"] = links
        if kind is Kind.ARTIST and act.latin_name != act.name:
            data["aliases"] = [act.latin_name.casefold()]
        return data

    def _venue(self, place: int, resale: bool) -> Json:  # noqa: FBT001 -- lru_cache takes no keywords cheaply
        """Resale listings name the venue by an id of their own, and put it a few streets away."""
        venue = self._catalogue.venues.find(place)
        kind = Kind.RESALE_VENUE if resale else Kind.VENUE
        identity = self._catalogue.ids.ticketmaster(kind, 0, place)
        data: Json = {
            "name": self._spelled(venue, resale=resale),
            "type": "venue",
            "id": identity,
            "test": False,
            "url": f"https://www.ticketmaster.example/venue/{place + 10_000}",
            "locale": "en-us",
            "postalCode": venue.postal_code,
            "timezone": venue.city.timezone,
            "city": {"name": f" {venue.city.local_name}" if place % 37 == 0 else venue.city.local_name},
            "state": {"name": venue.city.state, "stateCode": venue.city.state_code},
            "country": {"name": venue.city.country.long_name, "countryCode": venue.city.country.code},
            "address": {"line1": venue.address},
            "location": _location(venue, resale=resale),
            "dmas": [{"id": 200 + place % 200}],
            "upcomingEvents": {"_total": 3 + place % 40, "ticketmaster": 3 + place % 40, "_filtered": 0},
            "_links": {"self": {"href": f"/discovery/v2/venues/{identity}?locale=en-us"}},
        }
        if share(self._seed, "no venue picture", place) >= _NO_PICTURES:
            data["images"] = self._images("venue", identity)[:2]
        if share(self._seed, "no zone", place) < _VANISHED_TIMEZONE / 2:
            del data["timezone"]
        if share(self._seed, "no location", place) < _VANISHED_LOCATION:
            del data["location"]
        return data

    def _spelled(self, venue: Venue, *, resale: bool) -> str:
        if resale:
            return f"{venue.name} - {venue.city.state_code}"
        return f"{venue.name} " if venue.number % 41 == 0 else venue.name

    def _acts(self, listing: Listing) -> list[Json]:
        """In billing order. A festival's own brand comes first, or last, or is left out."""
        if listing.variant is Variant.TRIBUTE:
            return [self.attraction(Kind.TRIBUTE, listing.event.owner, 5)]
        if listing.variant is Variant.PARKING:
            return [self.attraction(Kind.ARTIST, listing.event.owner, self._upcoming(listing.event.owner))]
        acts = [
            self.attraction(Kind.ARTIST, act, self._upcoming(act))
            for act in listing.event.acts
            if self._catalogue.artist(act).announced > 0
        ]
        if listing.event.is_festival:
            brand = self.attraction(Kind.FESTIVAL, listing.event.owner, 4)
            return (acts, [brand, *acts], [*acts, brand])[listing.event.owner % 3]
        return acts

    def _upcoming(self, act: int) -> int:
        return self._catalogue.artist(act).announced

    def _name(self, listing: Listing) -> str:
        event = listing.event
        if event.is_festival:
            name = self._catalogue.festivals.name(event.owner)
            day = event.number % NUMBERS_A_YEAR
            return f"{name} {event.day.year} - {'3 Day Pass' if day == PASS else event.day.strftime('%A')}"
        act = self._catalogue.artist(event.owner)
        name, tour = act.name, tour_name(self._seed, act, event, self._catalogue.records(event.owner))
        if listing.variant is Variant.TRIBUTE:
            return f"{name} Tribute - The {act.city.name} Experience"
        if tour and event.owner % 2:
            name = f"{name}: {tour}"
        elif len(event.acts) > 1 and event.owner % 4 == 0:
            name = f"{name} with {self._catalogue.artist(event.acts[1]).name}"
        return {Variant.VIP: f"{name} - VIP Package", Variant.PARKING: f"PARKING: {name}"}.get(
            listing.variant, name
        )

    def _dates(self, event: Event) -> Json:
        flags = {"dateTBD": event.status is Status.UNDECIDED, "dateTBA": event.status is Status.POSTPONED}
        flags |= {"timeTBA": False, "noSpecificTime": False}
        status = Status.ON_SALE if event.status is Status.UNDECIDED else event.status
        moment = _moment(event, 0)
        start: Json = moment | flags
        dates: Json = {"start": start, "status": {"code": status.value}, "spanMultipleDays": False}
        if event.status is Status.POSTPONED:
            dates |= {"start": flags, "initialStartDate": moment}
        elif event.status is Status.RESCHEDULED:
            dates["initialStartDate"] = _moment(event, 35 + event.number % 90)
        elif self._hides_time(event):
            dates["start"] = {"localDate": moment["localDate"]} | flags | {"noSpecificTime": True}
        if event.is_festival and event.number % NUMBERS_A_YEAR == PASS:
            end = (event.day + timedelta(days=2)).isoformat()
            dates |= {
                "end": {"localDate": end, "approximate": False, "noSpecificTime": True},
                "spanMultipleDays": True,
            }
        if share(self._seed, "no zone of dates", event.owner, event.number) >= _VANISHED_TIMEZONE:
            dates["timezone"] = event.timezone
        return dates

    def _hides_time(self, event: Event) -> bool:
        return event.is_festival or share(self._seed, "no time", event.owner, event.number) < 0.05

    def _sales(self, event: Event) -> Json:
        if event.number % 17 == 0:
            return {"startDateTime": "1900-01-01T06:00:00Z", "startTBD": False, "startTBA": False}
        begin = (event.start - timedelta(days=160)).strftime("%Y-%m-%dT15:00:00Z")
        end = event.start.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"startDateTime": begin, "startTBD": False, "startTBA": False, "endDateTime": end}

    def _classification(self, act: Artist) -> Json:
        genre = _GENRES[act.genre]
        return {
            "primary": True,
            "segment": {"id": MUSIC, "name": "Music"},
            "genre": {"id": f"KnvZfZ7v{genre[:3]}", "name": genre},
            "subGenre": {
                "id": f"KZazBEonSMnZfZ7v{genre[:3]}",
                "name": "Other" if act.index % 11 == 0 else genre,
            },
            "type": _UNDEFINED,
            "subType": {"id": "KZFzBErXgnZfZ7v7lJ", "name": "Undefined"},
            "family": False,
        }

    def _links(self, act: int) -> Json:
        """Three acts of four name their MusicBrainz id, some of them one that was merged since."""
        links: Json = {}
        if act == BENCHMARK_ACT or share(self._seed, "tm mbid", act) < 0.74:
            links["musicbrainz"] = [{"id": self._catalogue.merged_mbid(act) or self._catalogue.mbid(act)}]
        if share(self._seed, "tm spotify", act) < 0.1:
            links["spotify"] = [
                {"url": f"https://open.spotify.com/artist/{self._catalogue.spotify_id(act)}?autoplay=true"}
            ]
        if share(self._seed, "tm home", act) < 0.6:
            links["homepage"] = [
                {"url": f"https://act-{number(self._seed, 'homepage', act) % 10**9:09}.example/"}
            ]
        return links

    def _images(self, kind: str, identity: str) -> list[Json]:
        return [
            {
                "ratio": ratio,
                "url": f"{self._base}/pictures/{kind}/{identity}.svg?w={width}&h={height}",
                "width": width,
                "height": height,
                "fallback": identity == "generic",
            }
            for ratio, width, height in _SIZES
        ]


def _moment(event: Event, days_before: int) -> Json:
    day = event.day - timedelta(days=days_before)
    start = event.start - timedelta(days=days_before)
    return {
        "localDate": day.isoformat(),
        "localTime": event.at.isoformat(),
        "dateTime": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _location(venue: Venue, *, resale: bool) -> Json:
    shift = 0.0011 + Dice("resale", venue.number).below(15) / 1e4 if resale else 0.0  # 160 to 340 m
    return {
        "longitude": f"{venue.longitude:.6f}",
        "latitude": f"{venue.latitude + shift + (0.0006 if resale else 0):.6f}",
    }
