"""The groups of workers: each has processes of its own, so that long imports never hold up short jobs."""

from collections.abc import Mapping
from types import MappingProxyType

SHORT = "short"
IMPORTS = "imports"
BACKGROUND = "background"
ALL = "all"  # workers for the queues of all groups, where there is room for one process only

# By name, in the order in which they are started and shown: what its jobs have in common.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        SHORT: "jobs of seconds, some of which a fan waits for",
        IMPORTS: "whole artists, minutes each, watched by fans",
        BACKGROUND: "what nobody waits for: refreshing, warming, cleaning up",
    }
)
