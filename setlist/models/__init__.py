"""The tables, one file a family. Importing this package registers all of them."""

from setlist.models.accounts import Account, AccountSession, Role
from setlist.models.base import Base
from setlist.models.bursts import VoteBurst, VoteBurstVote
from setlist.models.catalogue import Artist, Show, ShowArtist, Song, SongAlias, SongIsrc, Venue, VenueAlias
from setlist.models.identity import Doubt, ExternalId
from setlist.models.mails import Mail
from setlist.models.operations import (
    AuditLog,
    BreakerEvent,
    CronLog,
    CronMetric,
    ProviderState,
    ProviderUsage,
    SystemHealth,
    TimingDecision,
    Traffic,
)
from setlist.models.played import Setlist, SetlistSong
from setlist.models.queue import QueueJob, QueueJobAttempt, QueueMinute, QueuePause, Worker
from setlist.models.sync import ArtistSearch, FreshnessCount, SyncJob, SyncMark, SyncProgress, SyncSummary
from setlist.models.trending import TrendingArtist, TrendingShow
from setlist.models.voting import BallotSong, Fan, Score, Vote

__all__ = [
    "Account",
    "AccountSession",
    "Artist",
    "ArtistSearch",
    "AuditLog",
    "BallotSong",
    "Base",
    "BreakerEvent",
    "CronLog",
    "CronMetric",
    "Doubt",
    "ExternalId",
    "Fan",
    "FreshnessCount",
    "Mail",
    "ProviderState",
    "ProviderUsage",
    "QueueJob",
    "QueueJobAttempt",
    "QueueMinute",
    "QueuePause",
    "Role",
    "Score",
    "Setlist",
    "SetlistSong",
    "Show",
    "ShowArtist",
    "Song",
    "SongAlias",
    "SongIsrc",
    "SyncJob",
    "SyncMark",
    "SyncProgress",
    "SyncSummary",
    "SystemHealth",
    "TimingDecision",
    "Traffic",
    "TrendingArtist",
    "TrendingShow",
    "Venue",
    "VenueAlias",
    "Vote",
    "VoteBurst",
    "VoteBurstVote",
    "Worker",
]
