"""The fans' pages. create_app() registers every blueprint of the tuple."""

from setlist.pages import artists, home, imports, pictures, search, shows, venues, votes

blueprints = tuple(
    module.blueprint for module in (home, search, artists, venues, shows, votes, imports, pictures)
)
