"""Names to try in the sandbox: nobody can guess what was invented."""

from functools import lru_cache

from config import Settings, Sources
from setlist.sandbox.catalogue.artists import Size, artist

LOOKED_AT = 60
SHOWN = 5


def names_to_try(settings: Settings) -> tuple[str, ...]:
    """Acts with many shows; nothing where the data is real."""
    if settings.data_sources is not Sources.SANDBOX:
        return ()
    return _busy_acts(settings.sandbox_seed, min(LOOKED_AT, settings.sandbox_artists))


@lru_cache(maxsize=4)
def _busy_acts(seed: int, among: int) -> tuple[str, ...]:
    acts = sorted((artist(seed, index) for index in range(among)), key=lambda act: (-act.size, act.index))
    busy = [act.name for act in acts if act.size > Size.SMALL]
    return tuple(dict.fromkeys(busy or [act.name for act in acts]))[:SHOWN]
