from datetime import UTC, datetime, timedelta

from setlist.admin.troubles import troubles
from setlist.models import Artist, SyncJob
from setlist.web.health import Health, Part, State

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WELL = Health(state=State.OK)


def _import(artist_id: int, state: str, hours_ago: float) -> SyncJob:
    sync = SyncJob(
        artist_id=artist_id, state=state, finished_at=NOW - timedelta(hours=hours_ago), error="why"
    )
    sync.artist = Artist(name=f"Artist {artist_id}")
    return sync


def test_nothing_wrong_is_nothing() -> None:
    assert troubles(WELL, [], [], [], NOW) == []


def test_what_serves_nobody_comes_before_what_is_slow() -> None:
    parts = {
        "redis": Part(state=State.DEGRADED, detail="no answer"),
        "migrations": Part(state=State.FAILED, detail="behind"),
        "clock": Part(state=State.UNKNOWN),
        "queues": Part(state=State.OK),
    }
    found = troubles(Health(state=State.FAILED, parts=parts), [], [], [], NOW)
    assert [trouble.what for trouble in found] == ["migrations: behind", "redis: no answer", "clock: unknown"]
    assert found[0].remedy == "Run `flask db upgrade`."


def test_a_failed_import_is_a_trouble_until_a_later_one_went_well_or_a_day_has_passed() -> None:
    imports = [
        _import(1, "done", 1),
        _import(1, "failed", 2),
        _import(2, "failed", 3),
        _import(2, "failed", 4),
        _import(3, "failed", 25),
        _import(4, "cancelled", 1),
    ]
    assert [trouble.what for trouble in troubles(WELL, [], [], imports, NOW)] == [
        "the import of Artist 2 failed"
    ]
