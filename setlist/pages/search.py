"""Search: who is here, at once; who the providers know, when somebody asks to look further."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for

from setlist.domain import search as searching
from setlist.extensions import db
from setlist.models import ArtistSearch
from setlist.queue.enqueue import enqueue
from setlist.web.limits import limit_lookups
from setlist.web.rendering import go_to, private, render, wants_fragment

HITS = 12
SHORTEST_LOOKUP = 2

blueprint = Blueprint("search", __name__, url_prefix="/search")


@blueprint.get("")
def index() -> Response:
    """Typing changes the block `results`; the providers are asked only for the whole page."""
    query = searching.clean_query(request.args.get("q", ""))
    search = _usable(query)
    hits = searching.find_artists(db.session(), query, limit=HITS)
    return private(
        render(
            "search/index.html",
            fragments=("results",),
            query=query,
            hits=hits,
            asks_at_once=not wants_fragment() and len(query) >= SHORTEST_LOOKUP,
            search=search,
            here=searching.already_here(db.session(), search),
        )
    )


@blueprint.post("/lookups")
@limit_lookups
def look_further() -> Response:
    query = searching.clean_query(request.form.get("q", ""))
    if len(query) < SHORTEST_LOOKUP:
        return go_to(url_for("search.index"))
    lookup = searching.request_lookup(db.session(), query, now=datetime.now(UTC))
    if lookup.is_due:
        search_id = lookup.search.id
        key = f"artist_search:{search_id}"
        enqueue(db.session(), "artist_search", {"search_id": search_id}, dedup_key=key)
    db.session.commit()
    if wants_fragment():
        return _candidates(query, lookup.search)
    return go_to(url_for("search.index", q=query, _anchor="candidates"))


@blueprint.get("/candidates")
def candidates() -> Response:
    query = searching.clean_query(request.args.get("q", ""))
    search = searching.stored_search(db.session(), query)
    is_lost = search is not None and searching.is_lost(search, datetime.now(UTC))
    return _candidates(query, None if is_lost else search)


def _candidates(query: str, search: ArtistSearch | None) -> Response:
    page = render(
        "search/candidates.html",
        fragments=("candidates",),
        query=query,
        search=search,
        here=searching.already_here(db.session(), search),
        asks_at_once=False,
    )
    return private(page)


def _usable(query: str) -> ArtistSearch | None:
    """An answer that is fresh or on its way; without one, the page offers to ask."""
    search = searching.stored_search(db.session(), query) if query else None
    now = datetime.now(UTC)
    if search is None or searching.is_fresh(search, now):
        return search
    return search if search.finished_at is None and not searching.is_lost(search, now) else None
