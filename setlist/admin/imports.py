"""What operators do about imports."""

from flask import Response, abort

from setlist.admin.dashboard import board
from setlist.extensions import db
from setlist.models import AuditLog, SyncJob
from setlist.models.sync import SyncState
from setlist.pipeline.start import start_import
from setlist.web.members import account_id

ENDED_BADLY = (SyncState.FAILED, SyncState.CANCELLED)
LARGEST_ID = 2**63 - 1  # PostgreSQL's bigint ends here, a typed address does not


def retry(sync_id: int) -> Response:
    """Import the artist again; where an import of theirs is active already, that is the one."""
    session = db.session()
    sync = session.get(SyncJob, sync_id) if sync_id <= LARGEST_ID else None
    if sync is None:
        abort(404, "There is no such import.")
    if sync.state not in ENDED_BADLY:
        abort(409, "This import did not fail, so there is nothing to try again.")
    started = start_import(session, sync.artist)
    session.add(
        AuditLog(
            account_id=account_id(),
            action="import_retried",
            target=f"artist {sync.artist_id}",
            details={"failed": sync.id, "started": started.id},
        )
    )
    session.commit()
    return board(f"{sync.artist.name} is being imported again.")
