"""A worker process: Dramatiq's threads and consumers, for the queues of one group."""

from setlist.worker.boot import boot

__all__ = ["boot"]
