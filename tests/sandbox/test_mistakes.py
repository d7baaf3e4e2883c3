"""Wrong, missing and doubled data: drawn by the entity, and told by nobody but the sandbox."""

import pytest
import requests

from setlist.sandbox.mistakes import DOUBLED
from setlist.sandbox.server import RunningSandbox

KEY = {"apikey": "sandbox"}


@pytest.fixture
def mistaken(sandbox: RunningSandbox):
    def ask(path: str, share: float, **params: str):
        switch = {"mistakes": share}
        requests.post(f"{sandbox.url}/_control", json=switch, timeout=5).raise_for_status()
        headers = {"User-Agent": "tests/1.0 ( tests@example.org )", "x-api-key": "sandbox"}
        headers["Accept"] = "application/json"
        return requests.get(f"{sandbox.url}/{path}", params=params, headers=headers, timeout=5).json()

    yield ask
    requests.delete(f"{sandbox.url}/_control", timeout=5).raise_for_status()


def attractions(mistaken, share: float) -> list[dict]:
    path = "ticketmaster/discovery/v2/attractions.json"
    return mistaken(path, share, size="200", **KEY)["_embedded"]["attractions"]


def test_without_mistakes_nothing_changes_and_with_them_the_same_each_time(mistaken) -> None:
    healthy, wrong = attractions(mistaken, 0), attractions(mistaken, 0.5)
    assert healthy != wrong
    assert attractions(mistaken, 0.5) == wrong
    assert attractions(mistaken, 0) == healthy


def test_some_are_doubled_some_without_links_some_with_another_s_id(mistaken) -> None:
    healthy = {act["id"]: act for act in attractions(mistaken, 0)}
    wrong = attractions(mistaken, 0.5)
    assert any(act["id"].endswith(DOUBLED) for act in wrong)
    kept = [act for act in wrong if act["id"] in healthy]
    assert any("externalLinks" not in act and "externalLinks" in healthy[act["id"]] for act in kept)
    named = [act for act in kept if "musicbrainz" in act.get("externalLinks", {})]
    assert any(act["externalLinks"] != healthy[act["id"]]["externalLinks"] for act in named)


def test_a_setlist_may_be_another_act_s(mistaken, sandbox: RunningSandbox) -> None:
    mbid = sandbox.sandbox.catalogue.mbid(3)
    body = mistaken(f"setlistfm/rest/1.0/artist/{mbid}/setlists", 1.0)
    acts = {setlist["artist"]["mbid"] for setlist in body["setlist"]}
    assert mbid in acts
    assert len(acts) > 1


def test_a_share_above_one_is_refused(sandbox: RunningSandbox) -> None:
    answer = requests.post(f"{sandbox.url}/_control", json={"mistakes": 1.5}, timeout=5)
    assert answer.status_code == 400
    assert "share" in answer.json()["error"]
