"""What a sandbox is started with."""

from dataclasses import dataclass
from datetime import datetime

SPOTIFY_MODES = ("development", "extended")
MOST_ARTISTS = 100_000  # the shortest of the ids, setlist.fm's, has 17 bits for the artist


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxOptions:
    """The same seed gives the same catalogue, whatever its size: artist 12 of 400 is artist 12 of 20,000."""

    artists: int = 400
    seed: int = 7
    latency_ms: int = 20  # added to each answer of a provider; pictures come at once
    limits: bool = False  # whether the real providers' rate limits are enforced
    limit_speed: float = 1.0  # how fast the limits' clock runs: at 3600 a daily quota is back in 24 s
    spotify_mode: str = "development"  # or extended: larger pages, and batches of ids
    public_url: str | None = None  # the base of the URLs in answers; unset: as the client addressed it
    now: datetime | None = None  # freezes the time that the catalogue believes in; unset: the real one
    most_calendars: int = 2_000  # artists whose shows are kept in memory

    def __post_init__(self) -> None:
        if not 1 <= self.artists <= MOST_ARTISTS:
            raise ValueError(f"artists must be between 1 and {MOST_ARTISTS}, not {self.artists}")
        if self.spotify_mode not in SPOTIFY_MODES:
            raise ValueError(f"spotify_mode must be one of {', '.join(SPOTIFY_MODES)}")
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("now must have a time zone")
