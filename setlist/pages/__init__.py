"""The fans' pages. create_app() registers every blueprint of the tuple."""

from setlist.pages import (
    accounts,
    adding,
    artists,
    home,
    imports,
    pictures,
    proofs,
    search,
    shows,
    venues,
    votes,
)

blueprints = tuple(
    module.blueprint
    for module in (home, search, artists, venues, shows, votes, adding, proofs, imports, accounts, pictures)
)
