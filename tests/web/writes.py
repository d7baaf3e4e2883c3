"""Every address that takes a write, with a form that it accepts and the rows that this form means."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from setlist.models import Base, Mail, QueueJob, SyncJob, Vote
from tests.domain.bursts_of_votes import add_burst, give
from tests.pages.catalogue import NOW, add_artist, add_show, add_song, add_to_ballot, add_venue
from tests.pages.conftest import Night
from tests.pages.test_search import CANDIDATE, add_search
from tests.pipeline.pairs import a_doubt, an_id
from tests.web.accounts import FAN, PASSWORD

OWN_HOSTS = {"localhost", "127.0.0.1"}
OTHER_PASSWORD = "another long and boring one"
SAFE = {"GET", "HEAD", "OPTIONS"}
# Whoever sends these may be signed out by them, so they come last.
ENDING = (
    "accounts.end",
    "accounts.end_everywhere",
    "accounts.really_delete",
    "security.change_password",
    "security.logout",
)
ROWS = {"name": "cleanup"}  # what arguments of addresses name; an id is 1
CONFIRM = {"choice": "confirm", "seen": "open"}
TOKEN = {"csrf_token": ""}
FORMS: dict[str, tuple[dict[str, str], ...]] = {
    "accounts.end": ({},),
    "accounts.end_everywhere": ({},),
    "accounts.really_delete": ({"sure": "yes"},),
    "adding.add": ({"song": "2", "q": "kite"},),
    "admin.act": ({"on": "imports"}, {}),
    "admin.answer": (CONFIRM,),
    "admin.cancel_job": ({},),
    "admin.cancel_waiting": ({"until": NOW.isoformat()},),
    "admin.decide": ({"choice": "void"},),
    "admin.discard_dead": ({"until": NOW.isoformat()},),
    "admin.discard_job": ({},),
    "admin.merge": ({"kind": "artist", "loser": "2", "keeper": "1"},),
    "admin.pause_queue": ({"reason": "for repairs"},),
    "admin.resume_queue": ({},),
    "admin.retry_job": ({},),
    "admin.send_mail_again": ({},),
    "admin.split": (
        {"kind": "song", "song": "1", "title": "Glass"},
        {"kind": "artist", "provider": "ticketmaster", "external_id": "K1"},
    ),
    "api.wish": ({},),
    "artists.choose": ({"q": "paper lanterns", "mbid": CANDIDATE["mbid"]},),
    "artists.import_again": ({},),
    "proofs.mail": ({"email": FAN},),
    "proofs.solve": ({"challenge": "1.8.9999999999.abc.def", "solution": "12"},),
    "search.look_further": ({"q": "paper lanterns"},),
    "security.change_password": ({"password": PASSWORD, "new_password": OTHER_PASSWORD, **TOKEN},),
    "security.confirm_email": ({},),
    "security.forgot_password": ({"email": FAN, **TOKEN},),
    "security.login": ({"email": FAN, "password": PASSWORD, "next": "/", **TOKEN},),
    "security.logout": ({},),
    "security.mf_recovery": ({"code": "0123-4567-89ab", **TOKEN},),
    "security.mf_recovery_codes": ({"generate_new_codes": "yes", **TOKEN},),
    "security.register": ({"email": "new@example.org", "password": OTHER_PASSWORD, "next": "/", **TOKEN},),
    "security.reset_password": ({"password": OTHER_PASSWORD, **TOKEN},),
    "security.send_confirmation": ({"email": FAN, **TOKEN},),
    "security.tf_select": ({"which": "authenticator", **TOKEN},),
    "security.two_factor_rescue": ({"help_setup": "help", **TOKEN},),
    "security.two_factor_setup": ({"setup": "authenticator", **TOKEN},),
    "security.two_factor_setup_validate": ({"code": "123456", **TOKEN},),
    "security.two_factor_token_validation": ({"code": "123456", **TOKEN},),
    "security.verify": ({"password": PASSWORD, "next": "/account", **TOKEN},),
    "votes.wish": ({"wish": "on"},),
}
ALL_IN_SHORT = "md5(string_agg(t::text, chr(10) ORDER BY t::text))"
# Written while pages are asked for, whoever asks: they count visits.
COUNTS_OF_VISITS = {"traffic"}


@dataclass(frozen=True, kw_only=True)
class Write:
    endpoint: str
    method: str
    arguments: Mapping[str, object]
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def writes(app: Flask, **given: object) -> list[Write]:
    """All of them at rows that exist, or at what is given for an argument; those of ENDING are the last."""
    found = sorted(_writes(app, given), key=lambda write: (_place(write.endpoint), write.name))
    assert {write.endpoint for write in found} == FORMS.keys()
    return found


def _place(endpoint: str) -> int:
    return 1 + ENDING.index(endpoint) if endpoint in ENDING else 0


def _writes(app: Flask, given: Mapping[str, object]) -> Iterator[Write]:
    addresses = app.url_map.bind("127.0.0.1:8000")
    for rule in app.url_map.iter_rules():
        arguments = {name: given.get(name, ROWS.get(name, 1)) for name in rule.arguments}
        arguments |= rule.defaults or {}
        for method in sorted((rule.methods or set()) - SAFE):
            path = addresses.build(rule.endpoint, arguments, method=method)
            yield Write(endpoint=rule.endpoint, method=method, arguments=arguments, path=path)


def add_rows(session: Session) -> Night:
    """One of everything that can be written to, each with the id 1."""
    artist, other, venue = add_artist(session), add_artist(session, "Low Tide"), add_venue(session)
    show = add_show(session, artist, venue=venue)
    songs = tuple(add_song(session, artist, title) for title in ("Glass", "Kite"))
    add_to_ballot(session, show, songs[0])
    session.add_all(
        [
            SyncJob(kind="import", artist_id=artist.id, state="failed", error="no", finished_at=NOW),
            QueueJob(queue="cleanup", args={}, state="dead", max_attempts=5, error="no", finished_at=NOW),
            Mail(recipient=FAN, kind="test", subject="Hello", body="", state="failed", last_error="no"),
            a_doubt("artist", "K2", artist_id=artist.id),
            an_id("ticketmaster", "artist", "K1", artist_id=other.id),
        ]
    )
    session.commit()
    give(session, show.id, 1, songs[0].id)
    add_burst(session, show.id, *session.scalars(select(Vote)))
    add_search(session, finished_at=datetime.now(UTC))
    return Night(artist, venue, show, songs)


def leads_elsewhere(answer: TestResponse) -> bool:
    return is_elsewhere(answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "/")


def is_elsewhere(location: str) -> bool:
    """As a browser reads it: blanks at the ends, tabs and newlines are dropped, backslashes are slashes."""
    read = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    if re.match(r"https?:", read, re.IGNORECASE):  # any number of slashes, none too, is followed by a host
        return urlsplit("//" + read.partition(":")[2].lstrip("/")).hostname not in OWN_HOSTS
    return ":" in re.split(r"[/?#]", read)[0] or read.startswith("//")


def all_rows(session: Session) -> dict[str, str]:
    """What each table holds, in short; two that are alike hold the same rows."""
    session.rollback()
    return {
        table.name: session.scalar(text(f'SELECT {ALL_IN_SHORT} FROM "{table.name}" t'))  # noqa: S608 - our own
        for table in Base.metadata.sorted_tables
        if table.name not in COUNTS_OF_VISITS
    }
