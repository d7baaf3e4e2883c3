"""What can go wrong with a provider, in the few ways that callers tell apart.

The sentences are for people: they name the provider and never hold a URL, since a URL may hold a key.
"""

from datetime import datetime
from typing import ClassVar

LABELS = {
    "musicbrainz": "MusicBrainz",
    "ticketmaster": "Ticketmaster",
    "setlistfm": "setlist.fm",
    "spotify": "Spotify",
}


class ProviderError(Exception):
    """The only exception that leaves a client. `says` completes "Ticketmaster …"."""

    is_weather: ClassVar[bool] = False  # it passes by itself: whoever asks again later may be answered

    def __init__(self, provider: str, says: str) -> None:
        super().__init__(f"{LABELS.get(provider, provider)} {says}.")
        self.provider = provider


class NotFound(ProviderError):  # noqa: N818 - these six are named as the design names them
    """It answered, and has nothing under that id."""


class RateLimited(ProviderError):  # noqa: N818
    """It wants no more calls for now; `until` is None where nobody knows for how long.

    `is_ours`: our own budget refused the call, and none was sent; `spent` if that was the day's allowance.
    """

    is_weather = True

    def __init__(
        self, provider: str, says: str, *, until: datetime | None, spent: bool | None = None
    ) -> None:
        super().__init__(provider, says)
        self.until = until
        self.is_ours = spent is not None
        self.spent = bool(spent)


class Unavailable(ProviderError):  # noqa: N818
    """No answer, or one that says that it is down; `until` is set where a retry before it is pointless."""

    is_weather = True

    def __init__(self, provider: str, says: str, *, until: datetime | None = None) -> None:
        super().__init__(provider, says)
        self.until = until


class TimedOut(Unavailable):
    """It kept us waiting for as long as we wait."""


class BadAnswer(ProviderError):  # noqa: N818
    """It answered something that cannot be read."""

    is_weather = True


class Refused(BadAnswer):
    """It calls our request wrong. `detail` is its own short word for why, such as "Invalid limit"."""

    is_weather = False

    def __init__(self, provider: str, says: str, *, detail: str = "") -> None:
        super().__init__(provider, says)
        self.detail = detail


class Misconfigured(ProviderError):  # noqa: N818
    """Only the operator can help: a key is wrong, or an account lost its rights."""


class NotRecorded(Misconfigured):
    """Answers come from a folder of recorded ones, and it has none to this that can be used."""


class NotOffered(ProviderError):  # noqa: N818
    """The account has no access to this endpoint, and asking again will not change that."""
