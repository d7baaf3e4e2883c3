"""Dramatiq on Redis, stripped to what carries a job's id from here to a worker.

Retries, delays and age limits are rows in PostgreSQL (setlist/queue): Dramatiq's own strand when Redis
restarts. So its middleware stays off, but for time limits, and no queue gets a delay queue.
"""

from setlist.broker.jobs import NAMESPACE, JobBroker, make_client
from setlist.broker.sender import Sender

__all__ = ["NAMESPACE", "JobBroker", "Sender", "make_client"]
