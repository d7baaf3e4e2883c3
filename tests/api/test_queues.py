from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import QueueJob
from setlist.queue.names import QUEUES


def test_every_queue_has_its_figures(client: FlaskClient, session: Session) -> None:
    session.add(QueueJob(queue="artist_import", args={}, max_attempts=5))
    session.commit()
    found = client.get("/api/queues/stats").json
    assert [queue["queue"] for queue in found["queues"]] == list(QUEUES)
    imports = next(queue for queue in found["queues"] if queue["queue"] == "artist_import")
    assert (imports["waiting"], imports["running"], imports["dead"]) == (1, 0, 0)
    assert imports["oldest_waiting_seconds"] >= 0
    assert found["count_cap"] > 0
