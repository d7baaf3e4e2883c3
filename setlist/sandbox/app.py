"""The sandbox as a WSGI application: whose call it is, what it costs, what may go wrong with it."""

import re
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.control import NO_ANSWER, Switches
from setlist.sandbox.faults import PREFIXES, Faults, Strike, huge_body, spoilt
from setlist.sandbox.front import front_page
from setlist.sandbox.handler import CONNECTION
from setlist.sandbox.limits import Limits
from setlist.sandbox.musicbrainz import MusicBrainz
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.pictures import picture
from setlist.sandbox.setlistfm import SetlistFm
from setlist.sandbox.spotify import Spotify
from setlist.sandbox.ticketmaster import Ticketmaster
from setlist.sandbox.wire import Answer, Call, Provider, json_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PICTURE = re.compile(r"/pictures/([a-z]+)/([\w-]{1,64})\.svg", re.ASCII)


class Sandbox:
    def __init__(self, options: SandboxOptions) -> None:
        self.catalogue = Catalogue(options)
        self.switches = Switches(
            options, self.catalogue, Limits(enforced=options.limits, speed=options.limit_speed), Faults()
        )
        self._public_url = options.public_url.rstrip("/") if options.public_url else None
        self.spotify = Spotify(self.catalogue, lambda: self.switches.spotify_mode)
        providers: tuple[Provider, ...] = (
            MusicBrainz(self.catalogue),
            Ticketmaster(self.catalogue),
            SetlistFm(self.catalogue),
            self.spotify,
        )
        self._providers = {f"/{PREFIXES[provider.name]}/": provider for provider in providers}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        base = self._public_url or request.host_url.rstrip("/")
        for prefix, provider in self._providers.items():
            if request.path.startswith(prefix):
                response = self._provided(provider, _call(request, prefix, base), environ)
                return response(environ, start_response)
        return _response(self._own(request, base))(environ, start_response)

    def _own(self, request: Request, base: str) -> Answer:
        """What is the sandbox's and no provider's."""
        if request.path == "/":
            return front_page(self.catalogue, base)
        if request.path == "/_control":
            return self.switches.answer(request.method, request.get_data())
        match = _PICTURE.fullmatch(request.path)
        drawn = picture(match[1], match[2]) if match else None
        if drawn is None:
            return json_answer({"error": "not found"}, 404)
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return Answer(drawn, 200, "image/svg+xml", headers)

    def _provided(self, provider: Provider, call: Call, environ: "WSGIEnvironment") -> Response:
        """Limits are about when calls arrive, so they are applied first of all."""
        name, endpoint = provider.name, provider.endpoint(call)
        refusal = provider.refusal(call) or self.switches.limits.throttle(name)
        strike = self.switches.faults.striking(name, endpoint)
        self.switches.counts.called(name, endpoint)
        time.sleep(self.switches.latency_ms / 1000)
        answer = refusal or provider.answer(call if strike is None else call.unconditional())
        answer = self._with_quota(name, self.switches.mistakes.within(name, answer))
        if strike is None:
            self.switches.counts.answered(name, endpoint, answer.status)
            return _response(answer)
        answer = spoilt(strike.kind, name, call, answer)
        status = NO_ANSWER if strike.kind == "timeout" else answer.status
        self.switches.counts.answered(name, endpoint, status)
        return _response(answer, _body(strike, answer, environ))

    def _with_quota(self, name: str, answer: Answer) -> Answer:
        extra = self.switches.limits.headers(name, answer.status)
        return replace(answer, headers={**answer.headers, **extra}) if extra else answer


def _call(request: Request, prefix: str, base: str) -> Call:
    return Call(
        method=request.method,
        path=request.path.removeprefix(prefix).rstrip("/"),
        args=request.args,
        headers=request.headers,
        form=request.form,
        base=base,
        query=request.query_string.decode("latin-1"),
    )


def _body(strike: Strike, answer: Answer, environ: "WSGIEnvironment") -> Iterable[bytes] | None:
    """How the bytes come, if not at once."""
    if strike.kind.partition(":")[0] == "slow":
        return strike.drip(answer.body)
    if strike.kind == "huge":
        return huge_body()
    if strike.kind == "timeout":
        strike.silence()
        return _hung_up(b"", environ)
    return _hung_up(answer.body[: len(answer.body) // 2], environ) if strike.kind == "truncated" else None


def _response(answer: Answer, body: Iterable[bytes] | None = None) -> Response:
    """With its own body the length is still the whole answer's, so that a client sees what is missing."""
    headers = dict(answer.headers)
    if body is None:
        return Response(answer.body, answer.status, headers, content_type=answer.content_type)
    if answer.body:
        headers["Content-Length"] = str(len(answer.body))
    return Response(body, answer.status, headers, content_type=answer.content_type)


def _hung_up(body: bytes, environ: "WSGIEnvironment") -> Iterator[bytes]:
    """Some bytes, and then the connection is gone."""
    if body:
        yield body
    connection = environ.get(CONNECTION)
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
