"""What we keep only for a while: by the providers' terms, marks of addresses, and mails.

Shows, songs, setlists and wishes stay: our record.
The ages are settings, and say where they come from (docs/terms.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

BATCH = 1_000

_PICTURES = """
UPDATE artists SET image_url = NULL, image_provider = NULL, image_fetched_at = NULL
WHERE id = ANY(ARRAY(
    SELECT id FROM artists
    WHERE image_provider = 'PROVIDER'
      AND coalesce(image_fetched_at, imported_at, created_at) < now() - :age
    LIMIT :batch)) RETURNING 1
"""
# A show without a day is still to come.
_TICKET_LINKS = """
UPDATE shows SET ticket_url = NULL
WHERE id = ANY(ARRAY(
    SELECT s.id FROM shows s
    WHERE s.ticket_url IS NOT NULL
      AND coalesce(s.starts_at, s.local_date + interval '1 day') < now() - :age
    LIMIT :batch)) RETURNING 1
"""
_LISTING_LINKS = """
UPDATE external_ids SET url = NULL
WHERE id = ANY(ARRAY(
    SELECT x.id FROM external_ids x JOIN shows s ON s.id = x.show_id
    WHERE x.provider = 'ticketmaster' AND x.url IS NOT NULL
      AND coalesce(s.starts_at, s.local_date + interval '1 day') < now() - :age
    LIMIT :batch)) RETURNING 1
"""
# A show without a day is still to come; without a lock it is over when its day is.
_ADDRESS_MARKS = """
UPDATE votes SET address_mark = NULL
WHERE id = ANY(ARRAY(
    SELECT v.id FROM votes v JOIN shows s ON s.id = v.show_id
    WHERE v.address_mark IS NOT NULL
      AND coalesce(s.locks_at, s.local_date + interval '1 day') < now() - :age
    LIMIT :batch)) RETURNING 1
"""
# Nobody has signed in with such an account, so nothing hangs on it; its mails go with it.
_UNCONFIRMED = """
DELETE FROM accounts
WHERE id = ANY(ARRAY(
    SELECT id FROM accounts
    WHERE confirmed_at IS NULL AND created_at < now() - :age
      AND NOT EXISTS (SELECT 1 FROM fans WHERE fans.account_id = accounts.id)
      AND NOT EXISTS (SELECT 1 FROM account_roles WHERE account_roles.account_id = accounts.id)
    LIMIT :batch)) RETURNING 1
"""
# Whatever became of them: texts that were not sent hold links, and each names an address.
_MAILS = """
DELETE FROM mails
WHERE id = ANY(ARRAY(SELECT id FROM mails WHERE created_at < now() - :age LIMIT :batch)) RETURNING 1
"""
_STATEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "pictures from Spotify": _PICTURES.replace("PROVIDER", "spotify"),
        "pictures from Ticketmaster": _PICTURES.replace("PROVIDER", "ticketmaster"),
        "ticket links of past shows": _TICKET_LINKS,
        "links to listings of past shows": _LISTING_LINKS,
        "marks of addresses": _ADDRESS_MARKS,
        "accounts without a confirmed address": _UNCONFIRMED,
        "mails": _MAILS,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """How long what a provider gave is kept, what votes tell of addresses, and mails."""

    spotify_pictures: timedelta
    ticketmaster_pictures: timedelta
    ticketmaster_events: timedelta  # after the show
    address_marks: timedelta  # of votes, after the show's lock
    unconfirmed_accounts: timedelta
    mails: timedelta

    def ages(self) -> Mapping[str, timedelta]:
        return {
            "pictures from Spotify": self.spotify_pictures,
            "pictures from Ticketmaster": self.ticketmaster_pictures,
            "ticket links of past shows": self.ticketmaster_events,
            "links to listings of past shows": self.ticketmaster_events,
            "marks of addresses": self.address_marks,
            "accounts without a confirmed address": self.unconfirmed_accounts,
            "mails": self.mails,
        }


def drop_kept_too_long(session: Session, name: str, age: timedelta) -> int:
    """A batch of what is older than that; fewer than BATCH: that was all."""
    return len(session.execute(text(_STATEMENTS[name]), {"age": age, "batch": BATCH}).all())
