"""The tables, one file a family. Importing this package registers all of them."""

from setlist.models.accounts import Account, Role
from setlist.models.base import Base
from setlist.models.catalogue import Artist, Show, ShowArtist, Song, SongAlias, Venue
from setlist.models.identity import ExternalId
from setlist.models.operations import (
    AuditLog,
    BreakerEvent,
    CronLog,
    CronMetric,
    ProviderState,
    ProviderUsage,
    SystemHealth,
    Traffic,
)
from setlist.models.played import Setlist, SetlistSong
from setlist.models.queue import QueueJob, QueueJobAttempt, QueuePause, Worker
from setlist.models.sync import ArtistSearch, SyncJob, SyncMark, SyncProgress
from setlist.models.trending import TrendingArtist, TrendingShow
from setlist.models.voting import BallotSong, Fan, Score, Vote

__all__ = [
    "Account",
    "Artist",
    "ArtistSearch",
    "AuditLog",
    "BallotSong",
    "Base",
    "BreakerEvent",
    "CronLog",
    "CronMetric",
    "ExternalId",
    "Fan",
    "ProviderState",
    "ProviderUsage",
    "QueueJob",
    "QueueJobAttempt",
    "QueuePause",
    "Role",
    "Score",
    "Setlist",
    "SetlistSong",
    "Show",
    "ShowArtist",
    "Song",
    "SongAlias",
    "SyncJob",
    "SyncMark",
    "SyncProgress",
    "SystemHealth",
    "Traffic",
    "TrendingArtist",
    "TrendingShow",
    "Venue",
    "Vote",
    "Worker",
]
