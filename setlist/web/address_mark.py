"""Where a vote came from, told without saying it: a keyed hash of the address, another one for each show.

Votes of one show that came from one address can be found together. Without the key nobody can try
addresses out, and no mark says anything about another show. The marks are wiped some days after the lock.
"""

import hashlib
import hmac

from flask import Flask, current_app

from config import Settings
from setlist.web.limits import NO_ADDRESS, address

KEY = "setlist.address_mark"
BYTES = 16


def install(app: Flask, settings: Settings) -> None:
    """The key is made of SECRET_KEY, and is not the one that signs cookies."""
    secret = settings.secret_key.get_secret_value().encode()
    app.extensions[KEY] = hmac.digest(secret, KEY.encode(), "sha256")


def address_mark(show_id: int) -> bytes | None:
    """16 bytes; an IPv6 address counts by its /64. None where the network tells no address."""
    found = address()
    if found == NO_ADDRESS:
        return None
    key: bytes = current_app.extensions[KEY]
    told = hashlib.blake2b(found.encode(), key=key, salt=show_id.to_bytes(BYTES), digest_size=BYTES)
    return told.digest()
