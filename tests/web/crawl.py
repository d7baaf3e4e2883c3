"""Every address that can be read, asked for as browser and htmx ask, and what was found in the answers."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config import ROOT
from tests.web.hostile_site import Site
from tests.web.hostile_texts import EVALUATED
from tests.web.markup import MADE, faults, faults_of_drawing, ids, links

FRAGMENTS = re.compile(r'fragments=\(([^)]*)\)|^HERE = "(\w+)"', re.MULTILINE)
ARGUMENTS = re.compile(r'request\.args(?:\.get\(|\[)"(\w+)"')
SENDS_AWAY = {"id"}  # to the job of that number, whatever else is asked
SEARCHES = ("/search?q=low+tide", "/search/candidates?q=x+y", "/search/candidates?q=broken", "/nowhere/{7*7}")
OF_A_SHAPE = 2  # links that differ in nothing but ids and values


def _sources() -> str:
    return "\n".join(file.read_text() for file in (ROOT / "setlist").rglob("*.py"))


@cache
def fragments() -> set[str]:
    """HTML ids that a view answers with alone."""
    found = " ".join(" ".join(groups) for groups in FRAGMENTS.findall(_sources()))
    return set(re.findall(r"\w+", found)) - {"HERE"}


@cache
def arguments() -> set[str]:
    """Names that views read from an address."""
    return set(ARGUMENTS.findall(_sources())) - SENDS_AWAY


def is_ours(rule: Rule) -> bool:
    """And not one of the few that tests add, which are in no blueprint."""
    return "." in rule.endpoint or rule.endpoint == "static"


@dataclass
class Crawl:
    """Of one visitor. `found`: what is wrong, by address; `asked`: how many answers came, by status."""

    app: Flask
    client: FlaskClient
    site: Site
    hostile: str
    found: list[str] = field(default_factory=list)
    asked: Counter[int] = field(default_factory=Counter)

    def go(self, *, deeply: bool) -> None:
        """Every rule with every id; deeply: with hostile arguments, its fragments, and on by its links."""
        given = dict.fromkeys(arguments(), self.hostile)
        waiting = [(path, {}) for path in SEARCHES]
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and is_ours(rule):
                waiting += [(path, {}) for path in self._paths(rule)]
                waiting += [(path, given) for path in self._paths(rule)[:1] if deeply]
        shapes = Counter[str]()
        for path, query in waiting:
            answer = self.client.get(path, query_string=query or None)
            self.look_at(answer)
            for link in self._go_on(answer) if deeply and answer.mimetype == "text/html" else ():
                shape = re.sub(r"\d+|(?<==)[^&]*", "", link)
                shapes[shape] += 1
                if shapes[shape] <= OF_A_SHAPE:
                    waiting.append((link, {}))

    def look_at(self, answer: TestResponse) -> None:
        self.asked[answer.status_code] += 1
        name = f"{answer.request.path}?{answer.request.query_string[:60]!r} ({answer.status_code})"
        if answer.status_code >= 500:
            self.found.append(f"{name}: broken")
        self.found += [f"{name}: {fault}" for fault in self._faults(answer)]

    def _go_on(self, answer: TestResponse) -> Iterator[str]:
        """The page's fragments, as htmx asks for them; where its links lead."""
        for target in sorted(ids(answer.text) & fragments()):
            headers = {"HX-Request": "true", "HX-Target": target}
            self.look_at(self.client.get(answer.request.full_path, headers=headers))
        yield from (link for link in links(answer.text) if not link.startswith("/static/"))

    def _paths(self, rule: Rule) -> list[str]:
        """The rule with each id that it can have, and with the text where it takes one."""
        ids_of = {
            "artist_id": self.site.artists, "show_id": self.site.shows, "venue_id": self.site.venues,
            "sync_id": self.site.syncs, "job_id": self.site.jobs, "name": ["cleanup", self.hostile[:80]],
            "filename": ["app.css", self.hostile[:80]], "mail_id": self.site.mails,
            "token": ["x.y.z", self.hostile[:80]],
        }  # fmt: skip
        adapter = self.app.url_map.bind("localhost")
        if not rule.arguments:
            return [adapter.build(rule.endpoint)]
        [name] = rule.arguments
        return [adapter.build(rule.endpoint, {name: value}) for value in ids_of[name]]

    def _faults(self, answer: TestResponse) -> list[str]:
        kind = answer.mimetype
        if kind == "image/svg+xml":
            return faults_of_drawing(answer.text) + (["the text"] if MADE in answer.text else [])
        if kind in {"application/json", "application/problem+json"}:
            json.loads(answer.text)
            return [] if answer.headers["X-Content-Type-Options"] == "nosniff" else ["JSON may be sniffed"]
        if kind != "text/html":
            return [] if kind in {"text/event-stream", "text/css", "text/javascript"} else [f"is {kind}"]
        evaluated = ["a template was made of it"] if EVALUATED in answer.text else []
        return faults(answer.text) + evaluated
